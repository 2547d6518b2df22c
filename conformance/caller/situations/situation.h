/* The situations that a caller's program is put into, as cases of a catalogue, so that they are
 * selected, listed and reported as the cases of a server are. */
#ifndef CONFORMANCE_CALLER_SITUATIONS_SITUATION_H
#define CONFORMANCE_CALLER_SITUATIONS_SITUATION_H

#include "plan/catalogue.h"

#define SITUATION_CHOICE_DEFAULT 12

enum look_id {
#define LOOK(name, again) LOOK_ID_##name,
#include "caller/situations/looks.def"
    LOOK_COUNT
};

enum look {
#define LOOK(name, again) LOOK_##name = 1 << LOOK_ID_##name,
#include "caller/situations/looks.def"
};

/* Placeholders that the arguments must have for the situation to be judged. */
enum situation_needs { NEEDS_OUTPUT = 1, NEEDS_CHOICE = 2 };

struct situation {
    const char *slug;      /* "success/documented" */
    const char *title;     /* in one line */
    enum clause_id clause; /* that a failure blames */
    enum clause_id again;  /* that a call too many blames; CLAUSE_NONE: the same */
    unsigned looks;        /* of enum look */
    unsigned needs;        /* of enum situation_needs */
    /* Steps for the key's queue, as SCENARIOS.md describes them; NULL: the mock answers as usual.
     * In it {trap} is the URL of another host. */
    const char *steps;
    const char
        *tls_fault; /* that every connection meets, as `ailab-mock faults` names it; or NULL */
    const char *revision; /* NULL: the default */
    int choice;           /* asked for; 0: SITUATION_CHOICE_DEFAULT */
    int retry_after_s;    /* that the first answer names; 0: none */
    bool wrong_key;       /* the mock does not know the key */
    bool https;           /* the program is given the https address */
    bool png;             /* the result is a PNG */
    bool trap;            /* there is another host */
    bool own_address;     /* the mock closes its port, which another mock must not take meanwhile */
    bool slow;            /* takes seconds, so it starts early */
};

/* Every situation, a suite after the other. NULL when out of memory. */
struct catalogue *situations_catalogue(void);
/* NULL when there is none of this name. */
const struct situation *situation_find(const char *slug);
int situation_choice(const struct situation *situation);

#endif
