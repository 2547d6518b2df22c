/* How much memory the client takes for an answer that is much too large. A suite of its own, since
 * the peak is one of the whole process: nothing else may run meanwhile. */
#include "cases/suites.h"
#include "stage.h"
#include <stdlib.h>
#include <string.h>

#define GROWTH_MAX (24L * 1024 * 1024)
#define HUGE_BYTES 52428800L

/* Peak of memory since the last forget_peak(), or since the process began where the kernel does
 * not let one forget. */
static long peak_bytes(void)
{
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "re");
    if (!status)
        return -1;
    while (fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    fclose(status);
    return kib * 1024;
}

static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "we");
    if (!file)
        return;
    fputs("5", file);
    fclose(file);
}

static bool meet(struct client_stage *stage, size_t max_answer_bytes,
                 const struct client_outcome *expected)
{
    return client_stage_client(stage,
                               (struct ailab_options){.max_answer_bytes = max_answer_bytes}) &&
           client_stage_arm(stage, "[{\"fault\":{\"name\":\"json-huge\",\"amount\":%ld}}]",
                            HUGE_BYTES) &&
           client_stage_call(stage, expected);
}

static void run_huge(struct trial *trial, const struct case_def *def)
{
    struct client_stage stage;
    static const struct {
        const char *what;
        size_t max_answer_bytes;
        enum ailab_error error;
        long growth_max; /* the client holds one body, and no second copy of it */
    } rows[] = {
        {"50 MiB, beyond the bound", (size_t)1024 * 1024, AILAB_BAD_ANSWER, GROWTH_MAX},
        {"50 MiB within the bound, most of it an unknown field", 0, AILAB_OK,
         HUGE_BYTES + GROWTH_MAX},
    };
    (void)def;
    bool going =
        client_stage_open(&stage, trial, "2026-01") &&
        client_stage_call(&stage, &(struct client_outcome){
                                      .error = AILAB_OK, .attempts = 1, .what = "the call before"});
    for (size_t i = 0; i < COUNT_OF(rows) && going; i++) {
        const struct client_outcome expected = {
            .error = rows[i].error, .code = "", .attempts = 1, .what = rows[i].what};
        forget_peak();
        long before = peak_bytes();
        going = meet(&stage, rows[i].max_answer_bytes, &expected);
        long grown = peak_bytes() - before;
        if (before < 0)
            trial_error(trial, "the memory in use cannot be read from /proc/self/status");
        else if (grown > rows[i].growth_max)
            trial_fail(trial, NULL, "one body and at most 24 MiB", "%s: %ld MiB more at the peak",
                       rows[i].what, grown / (1024 * 1024));
    }
    client_stage_close(&stage);
}

static const struct case_def cases[] = {
    {.slug = "client/memory/json-huge",
     .clauses = "client_flow",
     .title = "50 MiB of answer in little memory",
     .run = run_huge,
     .needs = JUDGES_CLIENT | NEEDS_QUIET},
};

const struct suite suite_client_memory = {"client/memory", "The client's memory", cases,
                                          COUNT_OF(cases), true};
