/* What a test of `ailab edit` plays on: a directory to run in, a picture that a success delivers, a
 * server that answers as told, and an environment that leads the program there. */
#ifndef AILAB_CLI_STAGE_H
#define AILAB_CLI_STAGE_H

#include "cli_reply.h"
#include "testing/files.h"
#include "testing/program.h"
#include "testing/scripted.h"

#define AILAB AILAB_BIN_DIR "/ailab"
#define PORTRAIT IMAGES "/portrait.jpg"
#define KEY "k3y-of-a-test"

struct cli_stage {
    char *directory;
    char *picture; /* what a success delivers: a PNG */
    size_t picture_size;
    struct scripted_reply reply;
    struct scripted *server;
    char url[128];
    const char *environment[4];
};

/* A cmocka set-up and tear-down: *state is the stage, still without a server. */
int cli_stage_make(void **state);
int cli_stage_remove(void **state);

/* From now on a new server answers so; the stage owns the reply. */
void cli_stage_answer(struct cli_stage *stage, struct scripted_reply reply);

struct program_call cli_stage_call(const struct cli_stage *stage, const char *const *words);

/* Also that the key is nowhere in what was written. */
void cli_assert_status(const struct program_outcome *outcome, int status);

#endif
