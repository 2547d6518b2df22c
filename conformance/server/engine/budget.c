/* See budget.h. */
#include "engine/budget.h"

bool budget_init(struct budget *budget)
{
    *budget = (struct budget){.bound = -1};
    return pthread_mutex_init(&budget->lock, NULL) == 0;
}

void budget_clear(struct budget *budget)
{
    pthread_mutex_destroy(&budget->lock);
}

bool budget_reserve(struct budget *budget, unsigned credits)
{
    if (budget->bound < 0 || credits == 0)
        return true;
    pthread_mutex_lock(&budget->lock);
    bool enough = budget->spent + budget->reserved + (long)credits <= budget->bound;
    if (enough)
        budget->reserved += (long)credits;
    pthread_mutex_unlock(&budget->lock);
    return enough;
}

void budget_release(struct budget *budget)
{
    pthread_mutex_lock(&budget->lock);
    budget->reserved = 0;
    pthread_mutex_unlock(&budget->lock);
}

/* Calls in flight use up the reservation first, if they are charged at all: the bound holds what is
 * reserved in any case. A bound that is not even worth one call was meant to forbid the risk as
 * well. */
static bool holds_one_more(const struct budget *budget)
{
    const long at_risk = CALL_CREDITS * ((long)budget->in_flight + 1);
    return budget->bound < 0 || budget->spent + at_risk <= budget->bound ||
           (budget->in_flight == 0 && !budget->surprised && budget->bound >= CALL_CREDITS);
}

bool budget_admit(struct budget *budget)
{
    pthread_mutex_lock(&budget->lock);
    bool admitted = holds_one_more(budget);
    if (admitted)
        budget->in_flight++;
    pthread_mutex_unlock(&budget->lock);
    return admitted;
}

unsigned budget_settle(struct budget *budget, enum charge charge, bool *unplanned)
{
    pthread_mutex_lock(&budget->lock);
    bool planned = budget->reserved >= CALL_CREDITS;
    bool counts = charge == CHARGE_MADE || (charge == CHARGE_UNSURE && planned);
    budget->in_flight--;
    *unplanned = counts && !planned && budget->bound >= 0;
    if (counts) {
        budget->spent += CALL_CREDITS;
        budget->unsure += charge == CHARGE_UNSURE ? CALL_CREDITS : 0;
        budget->reserved -= planned ? CALL_CREDITS : 0;
        budget->surprised = budget->surprised || !planned;
    }
    pthread_mutex_unlock(&budget->lock);
    return charge == CHARGE_MADE ? CALL_CREDITS : 0;
}
