/* A mock of its own for one run of a program, armed as a situation says, with a fresh key. */
#ifndef CONFORMANCE_CALLER_STAGE_STAGE_H
#define CONFORMANCE_CALLER_STAGE_STAGE_H

#include "ailab_mock.h"
#include "caller/situations/situation.h"

#define STAGE_KEY_SIZE 33
#define STAGE_WHY_SIZE (AILAB_MOCK_ERROR_SIZE + 64)

struct stage {
    struct ailab_mock *mock;
    struct ailab_mock *trap; /* another host; NULL when the situation has none */
    char key[STAGE_KEY_SIZE];
    char *armed; /* owned: the steps in the key's queue; NULL for none */
};

/* What all stages of an exam share. Borrowed. */
struct stage_files {
    const char *png;       /* the result of situations whose result is a PNG */
    const char *authority; /* folder of the certificate authority of the exam; it may be empty */
};

/* False: why says what failed. End it with stage_close() in any case. */
bool stage_open(struct stage *out, const struct situation *situation,
                const struct stage_files *files, char why[STAGE_WHY_SIZE]);
void stage_close(struct stage *stage);
/* The address that the program is given. Borrowed from the stage. */
const char *stage_url(const struct stage *stage, const struct situation *situation);
/* How many calls the mock has charged so far. */
unsigned stage_charged(struct stage *stage);

#endif
