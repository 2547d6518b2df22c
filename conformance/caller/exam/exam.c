/* See exam.h. */
#include "caller/exam/exam.h"
#include <stdlib.h>
#include <string.h>

struct exam {
    const struct candidate *candidate;
    const struct plan *plan;
    const struct exam_options *options;
    struct result *results;
};

static void sit(void *context, size_t index)
{
    const struct exam *exam = context;
    attempt(&exam->results[index], exam->candidate, exam->plan->items[index].def);
}

static void tell(void *context, size_t index)
{
    const struct exam *exam = context;
    exam->options->emit(exam->options->context, index);
}

/* The slow situations first. NULL when memory ran out. The caller frees it. */
static size_t *order_of(const struct plan *plan)
{
    size_t *order = calloc(plan->count + 1, sizeof *order), count = 0;
    for (int slow = 1; order && slow >= 0; slow--)
        for (size_t i = 0; i < plan->count; i++)
            if (situation_find(plan->items[i].def->slug)->slow == slow)
                order[count++] = i;
    return order;
}

/* Those that the candidate did not sit. */
static void fill_rest(struct workers *workers, const struct exam *exam)
{
    for (size_t i = 0; i < exam->plan->count; i++)
        if (!workers_did(workers, i)) {
            exam->results[i] = case_result(exam->plan->items[i].def);
            exam->results[i].verdict = VERDICT_SKIP;
            exam->results[i].reason = strdup("interrupted");
            workers_finish(workers, i);
        }
}

bool exam_run(struct result *results, const struct candidate *candidate, const struct plan *plan,
              const struct exam_options *options)
{
    struct exam exam = {candidate, plan, options, results};
    struct workers workers;
    size_t *order = order_of(plan);
    const bool ready =
        order && workers_init(&workers, &(struct workers_options){
                                            .count = plan->count,
                                            .work = sit,
                                            .tell = tell,
                                            .context = &exam,
                                            .stop_fd = options->stop_fd,
                                            .cancel_write_fd = options->cancel_write_fd,
                                        });
    bool whole = false;
    if (ready) {
        workers_run(&workers, order, plan->count, options->jobs);
        fill_rest(&workers, &exam);
        whole = !workers_were_stopped(&workers);
        workers_clear(&workers);
    }
    free(order);
    return whole;
}
