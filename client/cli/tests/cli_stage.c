/* Making, answering and clearing away. */
#include "cli_stage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int cli_stage_make(void **state)
{
    struct cli_stage *stage = calloc(1, sizeof(*stage));
    void *directory = NULL;
    if (!stage || folder_make(&directory) != 0) {
        free(stage);
        return -1;
    }
    stage->directory = directory;
    stage->picture = file_read(IMAGES "/cat.png", &stage->picture_size);
    stage->environment[0] = "AILAB_API_KEY=" KEY;
    stage->environment[1] = stage->url;
    stage->environment[2] = "TERM=xterm";
    *state = stage;
    return 0;
}

int cli_stage_remove(void **state)
{
    struct cli_stage *stage = *state;
    void *directory = stage->directory;
    scripted_free(stage->server);
    free(stage->reply.bytes);
    free(stage->picture);
    free(stage);
    return folder_remove(&directory);
}

void cli_stage_answer(struct cli_stage *stage, struct scripted_reply reply)
{
    scripted_free(stage->server);
    free(stage->reply.bytes);
    stage->reply = reply;
    stage->server = scripted_start_replies(&stage->reply, 1);
    assert_non_null(stage->server);
    snprintf(stage->url, sizeof(stage->url), "AILAB_BASE_URL=%s", stage->server->url);
}

struct program_call cli_stage_call(const struct cli_stage *stage, const char *const *words)
{
    return (struct program_call){.program = AILAB,
                                 .arguments = words,
                                 .environment = stage->environment,
                                 .directory = stage->directory};
}

void cli_assert_status(const struct program_outcome *outcome, int status)
{
    if (outcome->status != status)
        fail_msg("status %d instead of %d\nstdout: %.300s\nstderr: %s", outcome->status, status,
                 outcome->out, outcome->err);
    assert_null(strstr(outcome->err, KEY));
    assert_null(memmem(outcome->out, outcome->out_size, KEY, strlen(KEY)));
}
