/* Whether the client tries again: never for what does not come right by itself, a few times and
 * slower each time for what may, as long as the server asks, and never more than it was allowed. */
#include "judge/error_table.h"
#include "stage.h"
#include "tables.h"
#include <stdlib.h>
#include <string.h>

#define RETRIES 2
#define WAIT_MS 40L /* of the case that looks at the waits */
#define LATE_MS 2000

static bool is_limit(const struct code_row *row)
{
    return strcmp(row->name, "EXCEEDING_LIMITS") == 0;
}

static bool is_server(const struct code_row *row)
{
    return row->status_2026_01 >= 500 && row->status_2026_01 != 501;
}

static bool is_parameter(const struct code_row *row)
{
    return row->status_2026_01 == 400;
}

static bool is_authentication(const struct code_row *row)
{
    return row->status_2026_01 == 401 || row->status_2026_01 == 403;
}

static bool is_content(const struct code_row *row)
{
    return row->status_2026_01 == 413 || row->status_2026_01 == 415 || row->status_2026_01 == 422;
}

static bool is_credits(const struct code_row *row)
{
    return strcmp(row->name, "ERROR_NOT_ENOUGH_CREDITS") == 0;
}

/* A quota of the account, a path, a state: waiting changes none of them. */
static bool is_other(const struct code_row *row)
{
    return !is_limit(row) && !is_server(row) && !is_parameter(row) && !is_authentication(row) &&
           !is_content(row) && !is_credits(row);
}

static const struct {
    const char *name;
    bool (*takes)(const struct code_row *row);
    bool again;
} kinds[] = {
    {"parameters", is_parameter, false}, {"authentication", is_authentication, false},
    {"content", is_content, false},      {"credits", is_credits, false},
    {"others", is_other, false},         {"limits", is_limit, true},
    {"server-errors", is_server, true},
};

/* Each code of the kind once or, where it is tried again, as often as it may be. */
static void run_kind(struct trial *trial, const struct case_def *def)
{
    size_t count = 0, kind = 0, met = 0;
    struct client_stage stage;
    const struct code_row *rows = codes(&count);
    while (strcmp(kinds[kind].name, def->text) != 0)
        kind++;
    bool again = kinds[kind].again;
    bool going =
        client_stage_open(&stage, trial, "2026-01") &&
        client_stage_client(&stage, (struct ailab_options){.retries = RETRIES, .retry_wait_ms = 1});
    for (size_t i = 0; i < count && going; i++) {
        struct client_outcome expected = {.error = again ? AILAB_OK : AILAB_REFUSED,
                                          .code = again ? "" : rows[i].name,
                                          .attempts = again ? RETRIES + 1 : 1,
                                          .what = rows[i].name};
        if (!kinds[kind].takes(&rows[i]))
            continue;
        met++;
        going = client_stage_arm(&stage, "[{\"error\":\"%s\",\"times\":%d}]", rows[i].name,
                                 again ? RETRIES : 1) &&
                client_stage_call(&stage, &expected);
    }
    if (going && met == 0)
        trial_error(trial, "the table has no code of this kind");
    client_stage_close(&stage);
}

/* Answers without an envelope: the status alone says whether waiting helps. */
static void run_gateway(struct trial *trial, const struct case_def *def)
{
    static const struct {
        int status;
        bool again;
    } rows[] = {{500, true}, {502, true},  {503, true},  {504, true},  {408, true},
                {429, true}, {501, false}, {505, false}, {404, false}, {403, false}};
    struct client_stage stage;
    (void)def;
    bool going =
        client_stage_open(&stage, trial, "2026-01") &&
        client_stage_client(&stage, (struct ailab_options){.retries = 1, .retry_wait_ms = 1});
    for (size_t i = 0; i < COUNT_OF(rows) && going; i++) {
        char what[32];
        snprintf(what, sizeof what, "a bare %d", rows[i].status);
        const struct client_outcome expected = {.error =
                                                    rows[i].again ? AILAB_OK : AILAB_BAD_ANSWER,
                                                .attempts = rows[i].again ? 2 : 1,
                                                .what = what};
        going = client_stage_arm_body(&stage, rows[i].status, NULL, "<h1>gateway</h1>") &&
                client_stage_call(&stage, &expected);
    }
    client_stage_close(&stage);
}

/* Never more attempts than were allowed, and none when none were. */
static void run_few(struct trial *trial, const struct case_def *def)
{
    static const unsigned retries[] = {0, 1, 3};
    struct client_stage stage;
    (void)def;
    bool going = client_stage_open(&stage, trial, "2026-01");
    for (size_t i = 0; i < COUNT_OF(retries) && going; i++) {
        struct buf key = {0};
        buf_printf(&key, "client-with-%u-retries", retries[i]);
        const struct client_outcome expected = {
            .error = AILAB_REFUSED, .code = "EXCEEDING_LIMITS", .attempts = retries[i] + 1};
        going = client_stage_client(&stage, (struct ailab_options){.api_key = buf_str(&key),
                                                                   .retries = retries[i],
                                                                   .retry_wait_ms = 1}) &&
                client_stage_arm(&stage, "[{\"error\":\"EXCEEDING_LIMITS\",\"times\":100}]") &&
                client_stage_call(&stage, &expected);
        client_stage_client(&stage, (struct ailab_options){0}); /* forgets the key before it goes */
        buf_clear(&key);
    }
    client_stage_close(&stage);
}

/* When the requests came, by the mock's clock. Returns how many. */
static size_t arrivals(double *times_ms, size_t max, struct client_stage *stage)
{
    size_t count = 0;
    char *text = client_stage_journal(stage);
    cJSON *journal = text ? cJSON_Parse(text) : NULL;
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(journal, "requests"))
    {
        const cJSON *time = cJSON_GetObjectItemCaseSensitive(entry, "time_ms");
        if (count < max && cJSON_IsNumber(time))
            times_ms[count++] = time->valuedouble;
    }
    cJSON_Delete(journal);
    free(text);
    return count;
}

static int by_time(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* Each wait is from the upper half of a step, and each step twice the one before. */
static void run_back_off(struct trial *trial, const struct case_def *def)
{
    struct client_stage stage;
    double times_ms[4] = {0};
    const struct client_outcome expected = {.error = AILAB_OK, .code = "", .attempts = 4};
    (void)def;
    if (client_stage_open(&stage, trial, "2026-01") &&
        client_stage_client(&stage,
                            (struct ailab_options){.retries = 3, .retry_wait_ms = WAIT_MS}) &&
        client_stage_arm(&stage, "[{\"error\":\"EXCEEDING_LIMITS\",\"times\":3}]") &&
        client_stage_call(&stage, &expected)) {
        size_t count = arrivals(times_ms, COUNT_OF(times_ms), &stage);
        qsort(times_ms, count, sizeof *times_ms, by_time);
        for (size_t i = 1; i < COUNT_OF(times_ms); i++) {
            double step_ms = WAIT_MS * (1u << (i - 1));
            double waited_ms = times_ms[i] - times_ms[i - 1];
            if (waited_ms < step_ms / 2 - 2 || waited_ms > step_ms + LATE_MS)
                trial_fail(trial, NULL, "waits from 20, 40 and 80 ms, doubled at most",
                           "wait %zu took %.0f ms, of %zu requests", i, waited_ms, count);
        }
    }
    client_stage_close(&stage);
}

/* Who sets nothing waits about a second. */
static void run_default_wait(struct trial *trial, const struct case_def *def)
{
    struct client_stage stage;
    const struct client_outcome expected = {
        .error = AILAB_OK, .code = "", .attempts = 2, .least_ms = 500};
    (void)def;
    if (client_stage_open(&stage, trial, "2026-01") &&
        client_stage_client(&stage, (struct ailab_options){.retries = 1, .timeout_ms = 2000}) &&
        client_stage_arm(&stage, "[{\"error\":\"EXCEEDING_LIMITS\"}]"))
        client_stage_call(&stage, &expected);
    client_stage_close(&stage);
}

static bool retry_after(struct client_stage *stage, const char *value,
                        const struct client_outcome *expected)
{
    return client_stage_client(stage, (struct ailab_options){.retries = 1,
                                                             .retry_wait_ms = 1,
                                                             .retry_wait_max_ms = 5000}) &&
           client_stage_arm(
               stage, "[{\"error\":\"EXCEEDING_LIMITS\",\"headers\":{\"Retry-After\":\"%s\"}}]",
               value) &&
           client_stage_call(stage, expected);
}

static void run_retry_after(struct trial *trial, const struct case_def *def)
{
    struct client_stage stage;
    (void)def;
    if (client_stage_open(&stage, trial, "2026-01") &&
        retry_after(&stage, "3600",
                    &(struct client_outcome){.error = AILAB_REFUSED,
                                             .code = "EXCEEDING_LIMITS",
                                             .attempts = 1,
                                             .retry_after = 3600,
                                             .what = "an hour, which is too long"}) &&
        retry_after(
            &stage, "soon",
            &(struct client_outcome){
                .error = AILAB_OK, .code = "", .attempts = 2, .what = "a word, which is no time"}))
        retry_after(&stage, "1",
                    &(struct client_outcome){.error = AILAB_OK,
                                             .code = "",
                                             .attempts = 2,
                                             .least_ms = 1000,
                                             .what = "a second"});
    client_stage_close(&stage);
}

/* Damage on a connection that was kept is no reason to send a picture twice without being told. */
static void run_kept(struct trial *trial, const struct case_def *def)
{
    static const struct {
        const char *fault;
        enum ailab_error error;
    } rows[] = {
        {"reset-before-answer", AILAB_UNREACHABLE}, {"close-before-answer", AILAB_UNREACHABLE},
        {"garbage-status", AILAB_BAD_ANSWER},       {"reset-upload", AILAB_UNREACHABLE},
        {"close-upload", AILAB_UNREACHABLE},
    };
    struct client_stage stage;
    (void)def;
    bool going = client_stage_open(&stage, trial, "2026-01");
    for (size_t i = 0; i < COUNT_OF(rows) && going; i++)
        going = client_stage_call(&stage, &(struct client_outcome){.error = AILAB_OK,
                                                                   .attempts = 1,
                                                                   .what = "the call before"}) &&
                client_stage_arm(&stage, "[{\"fault\":\"%s\"}]", rows[i].fault) &&
                client_stage_call(&stage, &(struct client_outcome){.error = rows[i].error,
                                                                   .attempts = 1,
                                                                   .what = rows[i].fault});
    client_stage_close(&stage);
}

#define KIND(name_, clause_, title_)                                                               \
    {                                                                                              \
        .slug = "client/retry/" name_, .clauses = clause_, .title = title_, .text = name_,         \
        .run = run_kind, .needs = JUDGES_CLIENT                                                    \
    }
#define RETRY(name_, clause_, title_, run_, needs_)                                                \
    {                                                                                              \
        .slug = "client/retry/" name_, .clauses = clause_, .title = title_, .run = run_,           \
        .needs = JUDGES_CLIENT | (needs_)                                                          \
    }

const struct case_def client_retry_cases[] = {
    KIND("parameters", "client_retry_never", "no code about parameters is tried again"),
    KIND("authentication", "client_retry_never", "no code about the key or account is tried again"),
    KIND("content", "client_retry_never", "no code about the picture is tried again"),
    KIND("credits", "client_retry_never", "an empty balance is not tried again"),
    KIND("others", "client_retry_never",
         "nothing else that waiting does not change is tried again"),
    KIND("limits", "client_retry_transient", "EXCEEDING_LIMITS is tried again"),
    KIND("server-errors", "client_retry_transient", "every code of a 5xx is tried again"),
    RETRY("gateway", "client_retry_transient client_retry_never",
          "answers of a gateway, by their status", run_gateway, 0),
    RETRY("few", "client_retry_transient", "no more attempts than allowed", run_few, 0),
    RETRY("back-off", "client_retry_transient", "each wait is longer than the one before",
          run_back_off, WAITS),
    RETRY("default-wait", "client_retry_transient", "about a second, unless told otherwise",
          run_default_wait, WAITS),
    RETRY("retry-after", "client_retry_transient", "the server's Retry-After", run_retry_after,
          WAITS),
    RETRY("kept-connection", "client_retry_transient",
          "a kept connection that breaks is no hidden second request", run_kept, 0),
};
const size_t client_retry_count = COUNT_OF(client_retry_cases);
