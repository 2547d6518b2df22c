/* See judge.h. */
#include "caller/judge/judge.h"
#include "caller/judge/looks.h"
#include <stdio.h>
#include <string.h>

struct look_row {
    bool (*look)(struct finding *out, const struct seen *seen);
    bool again;
};

static const struct look_row rows[LOOK_COUNT] = {
#define LOOK(name, again) {&look_##name, again},
#include "caller/situations/looks.def"
};

bool judge(struct finding *out, const struct seen *seen)
{
    const struct situation *situation = seen->situation;
    *out = (struct finding){.blamed = situation->clause};
    if (!look_ends(out, seen) || !look_calls(out, seen))
        return false;
    for (unsigned i = 0; i < LOOK_COUNT; i++)
        if ((situation->looks >> i & 1) != 0 && !rows[i].look(out, seen)) {
            if (rows[i].again && situation->again != CLAUSE_NONE)
                out->blamed = situation->again;
            return false;
        }
    return true;
}

void finding_clear(struct finding *finding)
{
    buf_clear(&finding->expected);
    buf_clear(&finding->actual);
}

static void describe_exit(struct buf *out, const struct seen *seen)
{
    const struct run *run = &seen->run;
    buf_printf(out, "exit code %d%s", run->code,
               run->code == seen->success_code ? ", which is success," : "");
}

void judge_describe_end(struct buf *out, const struct seen *seen)
{
    const struct run *run = &seen->run;
    switch (run->ending) {
    case RUN_EXITED:
        describe_exit(out, seen);
        break;
    case RUN_SIGNALLED:
        buf_printf(out, "ended by signal %d (%s)", run->code, strsignal(run->code));
        break;
    case RUN_LATE:
        buf_text(out, "killed, still running");
        break;
    case RUN_FLOODED:
        buf_printf(out, "killed, because it printed more than %lu MiB", RUN_OUTPUT_MAX >> 20);
        break;
    case RUN_CANCELLED:
        buf_text(out, "killed, because the exam was interrupted");
        break;
    case RUN_NOT_STARTED:
        buf_printf(out, "not started: %s", strerror(run->code));
        return;
    }
    buf_printf(out, " after %.1f s", run->ms / 1e3);
    if (run->strays > 0)
        buf_printf(out, "; %u process%s that outlived it %s killed", run->strays,
                   run->strays == 1 ? "" : "es", run->strays == 1 ? "was" : "were");
}
