/* What every case sends, needs and cites, compared with two files of conformance/. After an
 * intended change: run ci/update-fixtures (or this program with --write), and look at the
 * difference before it is committed. labels: slow
 *
 *   cases.jsonl  a line for each case: what ailab-conformance --list --json says of it
 *   wire.list    a line for each request of each case: CASE#STEP, the revision, the method, the
 *                bytes of head and body, and the hash of both
 *
 * A case is asked at the first revision that it applies to and, where it then sends something else,
 * at the last. Steps behind the first need answers: they come from a mock in this process. Host,
 * key and boundary are always the same; drawn pictures are words, as libjpeg and libpng differ. */
#include "base/clock.h"
#include "cases/suites.h"
#include "engine/target.h"
#include "engine/test.h"
#include "suite.h"
#include <ailab_mock.h>
#include <cjson/cJSON.h>
#include <nettle/sha2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CASES AILAB_SOURCE_DIR "/conformance/cases.jsonl"
#define WIRE AILAB_SOURCE_DIR "/conformance/wire.list"
#define STEPS_MAX 40 /* more than any case has */
#define HASH_BYTES 8
#define LINE_SIZE 128
#define PATIENCE_MS 30000

/* A mock at a revision, with the pictures and the keys of every session that asks it. */
struct stage {
    struct session model;
    struct target target;
};

static void stage_open(struct stage *stage, enum revision revision)
{
    char why[TARGET_WHY_SIZE] = "";
    struct session *model = &stage->model;
    *stage = (struct stage){0};
    assert_true(session_init(model));
    model->revision = revision;
    pictures_draw_in_words(model->pictures);
    if (target_open(&stage->target, model, "mock", NULL, why) != TARGET_OK)
        fail_msg("no mock: %s", why);
    snprintf(model->endpoint.url.authority, sizeof model->endpoint.url.authority, "localhost");
}

static void stage_close(struct stage *stage)
{
    target_close(&stage->target);
    session_clear(&stage->model);
}

/* Every session begins anew, as each answer that a run asks for once is kept in it. */
static void session_begin(struct session *out, const struct stage *stage)
{
    assert_true(session_init(out));
    picture_set_free(out->pictures);
    out->pictures = stage->model.pictures;
    out->revision = stage->model.revision;
    out->endpoint = stage->model.endpoint;
    out->secrets = stage->model.secrets;
    out->invariants = invariants_new(out->revision);
    assert_non_null(out->invariants);
    out->key_known = out->arm = true;
    out->timeout_ms = PATIENCE_MS;
    out->dry_wire = true;
}

static void session_end(struct session *session)
{
    session->pictures = NULL; /* the stage's */
    session_clear(session);
}

static void describe(char out[LINE_SIZE], const char *sent, size_t size)
{
    struct sha256_ctx context;
    uint8_t hash[HASH_BYTES];
    sha256_init(&context);
    sha256_update(&context, size, (const uint8_t *)sent);
    sha256_digest(&context, sizeof hash, hash);
    int used = snprintf(out, LINE_SIZE, "%.*s %zu ", (int)strcspn(sent, " "), sent, size);
    for (size_t i = 0; i < sizeof hash; i++)
        used += snprintf(out + used, LINE_SIZE - (size_t)used, "%02x", hash[i]);
}

/* "METHOD BYTES HASH" of the request number step; false when the case makes no such one. */
static bool ask(char out[LINE_SIZE], const struct stage *stage, const struct case_def *def,
                unsigned step)
{
    struct session session;
    struct result result = {0};
    char *sent = NULL;
    size_t size = 0;
    session_begin(&session, stage);
    session.dry = open_memstream(&sent, &size);
    assert_non_null(session.dry);
    session.dry_step = step;
    test_run(&result, &session, def, clock_ms() + PATIENCE_MS);
    fclose(session.dry);
    const bool printed = session.dry_step == 0;
    if (printed)
        describe(out, sent, size);
    free(sent);
    result_clear(&result);
    session_end(&session);
    return printed;
}

/* An account with a limit remembers the steps before: a mock of its own for each. */
static bool ask_at(char out[LINE_SIZE], const struct stage *stages, enum revision revision,
                   const struct case_def *def, unsigned step)
{
    if (def->account != ACCOUNT_LIMITED)
        return ask(out, &stages[revision], def, step);
    struct stage fresh;
    stage_open(&fresh, revision);
    const bool printed = ask(out, &fresh, def, step);
    stage_close(&fresh);
    return printed;
}

static enum revision first_of(const struct case_def *def)
{
    int revision = 0;
    while (!case_applies(def, (enum revision)revision))
        revision++;
    return (enum revision)revision;
}

static enum revision last_of(const struct case_def *def)
{
    int revision = REVISION_COUNT - 1;
    while (!case_applies(def, (enum revision)revision))
        revision--;
    return (enum revision)revision;
}

static void add_steps(struct buf *out, const struct stage *stages, const struct case_def *def)
{
    const enum revision first = first_of(def), last = last_of(def);
    const unsigned last_step = def->run ? STEPS_MAX : 1; /* a row asks once */
    unsigned step = 1;
    for (; step <= last_step; step++) {
        char early[LINE_SIZE] = "", late[LINE_SIZE] = "";
        const bool at_first = ask_at(early, stages, first, def, step);
        const bool at_last = last != first && ask_at(late, stages, last, def, step);
        if (at_first)
            buf_printf(out, "%s#%u %s %s\n", def->slug, step, revision_name(first), early);
        if (at_last && strcmp(early, late) != 0)
            buf_printf(out, "%s#%u %s %s\n", def->slug, step, revision_name(last), late);
        if (!at_first && !at_last)
            break;
    }
    if (step == 1)
        buf_printf(out, "%s sends nothing of its own\n", def->slug);
}

static char *wire_now(void)
{
    size_t count = 0;
    struct buf out = {0};
    struct stage stages[REVISION_COUNT];
    struct catalogue *catalogue = catalogue_of_all();
    assert_non_null(catalogue);
    for (int i = 0; i < REVISION_COUNT; i++)
        stage_open(&stages[i], (enum revision)i);
    const struct case_def *cases = catalogue_cases(catalogue, &count);
    for (size_t i = 0; i < count; i++)
        add_steps(&out, stages, &cases[i]);
    for (int i = 0; i < REVISION_COUNT; i++)
        stage_close(&stages[i]);
    catalogue_free(catalogue);
    return buf_take(&out);
}

static char *cases_now(void)
{
    struct program_outcome outcome;
    struct buf out = {0};
    const cJSON *item = NULL;
    suite_run(&outcome, NULL, "--list", "--json", "--level", "info", NULL);
    assert_int_equal(outcome.status, 0);
    cJSON *list = cJSON_Parse(outcome.out);
    cJSON_ArrayForEach(item, list)
    {
        char *line = cJSON_PrintUnformatted(item);
        buf_printf(&out, "%s\n", line);
        free(line);
    }
    cJSON_Delete(list);
    program_outcome_clear(&outcome);
    return buf_take(&out);
}

/* Fails with the first line that differs. */
static void assert_file(const char *path, const char *now)
{
    char *file = file_read(path, NULL);
    const char *was = file;
    for (size_t line = 1; *was || *now; line++) {
        const size_t a = strcspn(was, "\n"), b = strcspn(now, "\n");
        if (a != b || strncmp(was, now, a) != 0)
            fail_msg("%s:%zu\n  was  %.*s\n  is   %.*s\nIf that is wanted: ci/update-fixtures",
                     path, line, (int)a, was, (int)b, now);
        was += a + (was[a] != '\0');
        now += b + (now[b] != '\0');
    }
    free(file);
}

static void frozen_cases_cite_and_need_what_they_did(void **state)
{
    (void)state;
    char *now = cases_now();
    assert_file(CASES, now);
    free(now);
}

static void frozen_cases_send_what_they_did(void **state)
{
    (void)state;
    char *now = wire_now();
    assert_file(WIRE, now);
    free(now);
}

static int write_files(void)
{
    char *cases = cases_now(), *wire = wire_now();
    file_write(CASES, cases, strlen(cases));
    file_write(WIRE, wire, strlen(wire));
    free(cases);
    free(wire);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--write") == 0)
        return write_files();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frozen_cases_cite_and_need_what_they_did),
        cmocka_unit_test(frozen_cases_send_what_they_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
