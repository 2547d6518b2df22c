/* See attempt.h. */
#include "caller/exam/attempt.h"
#include "base/clock.h"
#include "caller/exam/exhibit.h"
#include "caller/exam/folder.h"
#include "evidence/redact.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE_SIZE 640

static char *line_of(const char *text, const struct secrets *secrets)
{
    struct buf raw = {0};
    buf_text(&raw, text);
    return redact_line(&raw, secrets);
}

static void set_plain(struct result *out, enum verdict verdict, const char *reason,
                      const struct secrets *secrets)
{
    out->verdict = verdict;
    out->reason = line_of(reason, secrets);
}

/* Why the situation says nothing about this command; NULL when it does. */
static const char *reason_to_skip(const struct candidate *candidate,
                                  const struct situation *situation)
{
    if ((situation->needs & NEEDS_OUTPUT) && !(candidate->used >> PLACEHOLDER_output & 1))
        return "the command has no {output}, so its file cannot be looked at";
    if ((situation->needs & NEEDS_CHOICE) && !(candidate->used >> PLACEHOLDER_choice & 1))
        return "the command has no {choice}, so it cannot be told what to ask for";
    return NULL;
}

/* The environment of the program: ours, with the way to the mock in it. */
static char **environment_of(const struct candidate *candidate, const struct stage *stage,
                             const struct situation *situation, const struct run_folder *folder)
{
    char url[VARIABLE_SIZE], key[VARIABLE_SIZE], own_key[VARIABLE_SIZE], scratch[VARIABLE_SIZE];
    char authority[VARIABLE_SIZE], no_proxy[VARIABLE_SIZE], capitals[VARIABLE_SIZE];
    const char *const additions[] = {url,       key,      own_key,  scratch,
                                     authority, no_proxy, capitals, NULL};
    const char *address = strstr(ailab_mock_url(stage->mock), "://") + 3;
    snprintf(url, sizeof url, "AILAB_BASE_URL=%s", stage_url(stage, situation));
    snprintf(authority, sizeof authority, "AILAB_CA_FILE=%s", ailab_mock_ca_file(stage->mock));
    snprintf(no_proxy, sizeof no_proxy, "no_proxy=localhost,127.0.0.1,::1,%.*s",
             (int)strcspn(address, ":"), address);
    snprintf(capitals, sizeof capitals, "NO_PROXY%s", strchr(no_proxy, '='));
    snprintf(key, sizeof key, "AILAB_API_KEY=%s", stage->key);
    snprintf(own_key, sizeof own_key, "%s=%s", candidate->key_env, stage->key);
    snprintf(scratch, sizeof scratch, "TMPDIR=%s", folder->scratch);
    return arguments_environment(ailab_mock_environment(stage->mock), additions);
}

/* Runs the command. False when memory ran out. */
static bool run_command(struct seen *seen, const struct candidate *candidate,
                        const struct stage *stage, const struct run_folder *folder)
{
    char choice[16];
    snprintf(choice, sizeof choice, "%d", situation_choice(seen->situation));
    const char *const values[PLACEHOLDER_COUNT] = {[PLACEHOLDER_picture] = candidate->picture,
                                                   [PLACEHOLDER_choice] = choice,
                                                   [PLACEHOLDER_output] = folder->output,
                                                   [PLACEHOLDER_key] = stage->key,
                                                   [PLACEHOLDER_url] =
                                                       stage_url(stage, seen->situation)};
    char **words = arguments_fill(candidate->words, values);
    char **environment = environment_of(candidate, stage, seen->situation, folder);
    char *path = words ? strdup(candidate->path) : NULL;
    const bool fine = words && environment && path;
    if (fine) {
        free(words[0]);
        words[0] = path;
        run_program(&seen->run,
                    &(const struct run_call){words, environment, stage->key, candidate->patience_ms,
                                             candidate->cancel_fd});
    } else {
        free(path);
    }
    arguments_free(words);
    arguments_free(environment);
    return fine;
}

static bool look_around(struct seen *seen, struct stage *stage, const struct run_folder *folder)
{
    const bool fine = calls_read(&seen->calls, stage->mock,
                                 (seen->situation->looks & LOOK_secret) ? stage->key : NULL);
    seen->charged = stage_charged(stage);
    seen->tls_faults = calls_tls_faults(stage->mock);
    seen->trapped = stage->trap ? calls_total(stage->trap) : 0;
    folder_look(&seen->file, seen->left, folder);
    return fine;
}

static void fail(struct result *out, struct finding *finding, const struct candidate *candidate,
                 const struct seen *seen, const struct stage *stage, double start_ms)
{
    out->verdict = VERDICT_FAIL;
    out->blamed = clause_of(finding->blamed);
    out->advice = finding->advice;
    out->expected = redact_line(&finding->expected, candidate->secrets);
    out->actual = redact_line(&finding->actual, candidate->secrets);
    out->exchange = exhibit(seen, stage, candidate->secrets, start_ms);
    out->curl =
        exhibit_repeat(seen->situation, candidate->words, candidate->options, candidate->secrets);
}

/* From the armed stage to the verdict. */
static void perform(struct result *out, const struct candidate *candidate, struct seen *seen,
                    struct stage *stage, const struct run_folder *folder)
{
    struct finding finding = {0};
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    const double start_ms = (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
    seen->url = stage_url(stage, seen->situation);
    if (!run_command(seen, candidate, stage, folder))
        set_plain(out, VERDICT_ERROR, "out of memory", candidate->secrets);
    else if (seen->run.ending == RUN_CANCELLED)
        set_plain(out, VERDICT_SKIP, "interrupted", candidate->secrets);
    else if (!look_around(seen, stage, folder))
        set_plain(out, VERDICT_ERROR, "the journal of the mock could not be read",
                  candidate->secrets);
    else if (seen->run.ending == RUN_NOT_STARTED)
        set_plain(out, VERDICT_ERROR, strerror(seen->run.code), candidate->secrets);
    else if (!judge(&finding, seen))
        fail(out, &finding, candidate, seen, stage, start_ms);
    finding_clear(&finding);
}

void attempt(struct result *out, const struct candidate *candidate, const struct case_def *def)
{
    char why[STAGE_WHY_SIZE] = "";
    struct stage stage = {0};
    struct run_folder folder = {0};
    const struct situation *situation = situation_find(def->slug);
    const char *skip = reason_to_skip(candidate, situation);
    const double start_ms = clock_ms();
    struct seen *seen = calloc(1, sizeof *seen);
    *out = case_result(def);
    if (skip)
        set_plain(out, VERDICT_SKIP, skip, candidate->secrets);
    else if (!seen)
        set_plain(out, VERDICT_ERROR, "out of memory", candidate->secrets);
    else if (!run_folder_make(&folder, candidate->folder, why, sizeof why))
        set_plain(out, VERDICT_ERROR, why, candidate->secrets);
    else {
        seen->situation = situation;
        seen->success_code = candidate->success_code;
        seen->patience_ms = candidate->patience_ms;
        seen->has_output = candidate->used >> PLACEHOLDER_output & 1;
        if (stage_open(&stage, situation, &candidate->files, why))
            perform(out, candidate, seen, &stage, &folder);
        else
            set_plain(out, VERDICT_ERROR, why, candidate->secrets);
        stage_close(&stage);
        run_folder_remove(folder.path);
    }
    out->ms = clock_ms() - start_ms;
    free(seen);
}
