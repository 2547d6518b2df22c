/* The suite of the client against its own promises: each name that the mock can be asked for has a
 * case, and a client that lies about one thing or does one thing wrong fails a case that says so.
 *
 * labels: threads */
#include "base/clock.h"
#include "engine/catalogue.h"
#include "engine/test.h"
#include "judge/error_table.h"
#include <ailab.h>
#include <ailab_mock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum lie {
    LIE_NONE,
    LIE_SENDS_TWICE,
    LIE_NEVER_RETRIES,
    LIE_RETRIES_MORE,
    LIE_IMPATIENT,
    LIE_WAITS_FOR_EVER,
    LIE_WRONG_IMAGE,
    LIE_IMAGE_ALWAYS,
    LIE_CODE_NUMBER,
    LIE_CODE_TEXT,
    LIE_STATUS,
    LIE_ERROR,
    LIE_RETRYABLE,
    LIE_SHOWS_KEY,
    LIE_HOARDS,
};

/* The linker sends the suite's calls of the client here (--wrap). One test at a time lies. */
static struct {
    enum lie lie;
    char key[64], text[128];
    unsigned char *image;
} liar;

enum ailab_error __real_ailab_new(struct ailab **out, const struct ailab_options *options);
enum ailab_error __wrap_ailab_new(struct ailab **out, const struct ailab_options *options);
enum ailab_error __real_ailab_edit(struct ailab_result **out, struct ailab *client, int choice,
                                   const struct ailab_image *image);
enum ailab_error __wrap_ailab_edit(struct ailab_result **out, struct ailab *client, int choice,
                                   const struct ailab_image *image);
const void *__real_ailab_result_image(const struct ailab_result *result, size_t *size_out);
const void *__wrap_ailab_result_image(const struct ailab_result *result, size_t *size_out);
enum ailab_code __real_ailab_result_code(const struct ailab_result *result);
enum ailab_code __wrap_ailab_result_code(const struct ailab_result *result);
const char *__real_ailab_result_code_text(const struct ailab_result *result);
const char *__wrap_ailab_result_code_text(const struct ailab_result *result);
long __real_ailab_result_http_status(const struct ailab_result *result);
long __wrap_ailab_result_http_status(const struct ailab_result *result);
enum ailab_error __real_ailab_result_error(const struct ailab_result *result);
enum ailab_error __wrap_ailab_result_error(const struct ailab_result *result);
bool __real_ailab_result_retryable(const struct ailab_result *result);
bool __wrap_ailab_result_retryable(const struct ailab_result *result);
const char *__real_ailab_result_error_text(const struct ailab_result *result);
const char *__wrap_ailab_result_error_text(const struct ailab_result *result);

enum ailab_error __wrap_ailab_new(struct ailab **out, const struct ailab_options *options)
{
    struct ailab_options other = *options;
    snprintf(liar.key, sizeof liar.key, "%s", options->api_key);
    if (liar.lie == LIE_NEVER_RETRIES)
        other.retries = 0;
    if (liar.lie == LIE_RETRIES_MORE)
        other.retries++;
    if (liar.lie == LIE_IMPATIENT)
        other.retry_wait_ms = 1;
    if (liar.lie == LIE_WAITS_FOR_EVER)
        other.timeout_ms = 60000;
    return __real_ailab_new(out, &other);
}

enum ailab_error __wrap_ailab_edit(struct ailab_result **out, struct ailab *client, int choice,
                                   const struct ailab_image *image)
{
    if (liar.lie == LIE_SENDS_TWICE) {
        __real_ailab_edit(out, client, choice, image);
        ailab_result_free(*out);
    }
    if (liar.lie == LIE_HOARDS) {
        size_t size = (size_t)40 * 1024 * 1024;
        char *hoard = malloc(size);
        assert_non_null(hoard);
        for (size_t i = 0; i < size; i += 4096)
            ((volatile char *)hoard)[i] = 1;
        free(hoard);
    }
    enum ailab_error error = __real_ailab_edit(out, client, choice, image);
    return liar.lie == LIE_ERROR && error == AILAB_REFUSED ? AILAB_BAD_ANSWER : error;
}

const void *__wrap_ailab_result_image(const struct ailab_result *result, size_t *size_out)
{
    const void *image = __real_ailab_result_image(result, size_out);
    if (liar.lie == LIE_IMAGE_ALWAYS && !image) {
        *size_out = 1;
        return "x";
    }
    if (liar.lie != LIE_WRONG_IMAGE || !image)
        return image;
    free(liar.image);
    liar.image = malloc(*size_out);
    assert_non_null(liar.image);
    memcpy(liar.image, image, *size_out);
    liar.image[*size_out / 2] ^= 1;
    return liar.image;
}

enum ailab_code __wrap_ailab_result_code(const struct ailab_result *result)
{
    enum ailab_code code = __real_ailab_result_code(result);
    return liar.lie == LIE_CODE_NUMBER && code == AILAB_CODE_UNKNOWN ? AILAB_CODE_NONE : code;
}

const char *__wrap_ailab_result_code_text(const struct ailab_result *result)
{
    const char *text = __real_ailab_result_code_text(result);
    return liar.lie == LIE_CODE_TEXT && *text ? text + 1 : text;
}

long __wrap_ailab_result_http_status(const struct ailab_result *result)
{
    return liar.lie == LIE_STATUS ? 200 : __real_ailab_result_http_status(result);
}

enum ailab_error __wrap_ailab_result_error(const struct ailab_result *result)
{
    enum ailab_error error = __real_ailab_result_error(result);
    return liar.lie == LIE_ERROR && error == AILAB_REFUSED ? AILAB_BAD_ANSWER : error;
}

bool __wrap_ailab_result_retryable(const struct ailab_result *result)
{
    return liar.lie == LIE_RETRYABLE || __real_ailab_result_retryable(result);
}

const char *__wrap_ailab_result_error_text(const struct ailab_result *result)
{
    const char *text = __real_ailab_result_error_text(result);
    if (liar.lie != LIE_SHOWS_KEY || !*text)
        return text;
    snprintf(liar.text, sizeof liar.text, "refused for %s", liar.key);
    return liar.text;
}

static int make(void **state)
{
    *state = catalogue_new();
    return *state ? 0 : -1;
}

static int clear(void **state)
{
    catalogue_free(*state);
    free(liar.image);
    return 0;
}

static size_t cases_of(const struct catalogue *catalogue, const char *name)
{
    static const char *const groups[] = {"fault", "deviation", "situation"};
    size_t found = code_find(name) != NULL; /* client/code/table has them all */
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        char slug[128];
        snprintf(slug, sizeof slug, "client/%s/%s", groups[i], name);
        found += catalogue_find(catalogue, slug) != NULL;
    }
    return found;
}

/* How many cases of the suite are named after something the mock has. */
static size_t named_cases(const struct catalogue *catalogue)
{
    size_t named = 0;
    const struct suite *suites = catalogue_suites(catalogue);
    for (size_t i = 0; i < CATALOGUE_SUITES; i++)
        for (size_t k = 0; k < suites[i].count; k++) {
            const char *slug = suites[i].cases[k].slug;
            named += strncmp(slug, "client/fault/", 13) == 0 ||
                     strncmp(slug, "client/deviation/", 17) == 0 ||
                     strncmp(slug, "client/situation/", 17) == 0;
        }
    return named;
}

static void client_cases_cover_every_name_of_the_mock(void **state)
{
    struct ailab_mock *mock = NULL;
    char why[AILAB_MOCK_ERROR_SIZE] = "", *text = NULL;
    int status = 0;
    size_t names = 0, code_names = 0;
    const cJSON *scenario = NULL;
    if (ailab_mock_start(&mock, NULL, why) != AILAB_MOCK_OK)
        fail_msg("%s", why);
    assert_int_equal(ailab_mock_admin(mock, "GET", "/__admin/scenarios", NULL, &status, &text),
                     AILAB_MOCK_OK);
    cJSON *root = cJSON_Parse(text);
    cJSON_ArrayForEach(scenario, cJSON_GetObjectItemCaseSensitive(root, "scenarios"))
    {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(scenario, "name"));
        assert_non_null(name);
        if (cases_of(*state, name) != 1)
            fail_msg("the mock's \"%s\" has %zu cases, not one", name, cases_of(*state, name));
        code_names += code_find(name) != NULL;
        names++;
    }
    assert_int_equal(code_names, 126);
    assert_int_equal(names - code_names, named_cases(*state)); /* and no case has a name too many */
    cJSON_Delete(root);
    free(text);
    ailab_mock_stop(mock);
}

static enum verdict judge(char actual[256], struct run *run, const struct case_def *def,
                          enum lie lie)
{
    struct result result;
    liar.lie = lie;
    trial_run(&result, run, def, clock_ms() + (double)run->timeout_ms);
    liar.lie = LIE_NONE;
    enum verdict verdict = result.verdict;
    snprintf(actual, 256, "%s", result.actual ? result.actual : result.reason ? result.reason : "");
    result_clear(&result);
    return verdict;
}

static void client_that_lies_is_noticed(void **state)
{
    static const struct {
        const char *why, *slug;
        enum lie lie;
    } rows[] = {
        {"it sends everything twice", "client/flow/success", LIE_SENDS_TWICE},
        {"it sends twice what is broken", "client/fault/json-garbage", LIE_SENDS_TWICE},
        {"it never tries again", "client/retry/limits", LIE_NEVER_RETRIES},
        {"it never tries a broken connection again", "client/fault/reset-before-answer",
         LIE_NEVER_RETRIES},
        {"it tries once more than allowed", "client/retry/few", LIE_RETRIES_MORE},
        {"it does not wait", "client/retry/back-off", LIE_IMPATIENT},
        {"it does not wait by default", "client/retry/default-wait", LIE_IMPATIENT},
        {"it waits for ever", "client/situation/stall", LIE_WAITS_FOR_EVER},
        {"a bit of the image is wrong", "client/fault/dribble", LIE_WRONG_IMAGE},
        {"it makes an image up", "client/deviation/missing-image", LIE_IMAGE_ALWAYS},
        {"it has no number for unknown codes", "client/code/unknown", LIE_CODE_NUMBER},
        {"it cuts the code's text", "client/code/unknown", LIE_CODE_TEXT},
        {"it cuts the text of a known code", "client/code/table", LIE_CODE_TEXT},
        {"it tells another status", "client/code/table", LIE_STATUS},
        {"it tells another error", "client/situation/no-face", LIE_ERROR},
        {"an error inside 200 is another", "client/deviation/error-in-200", LIE_ERROR},
        {"a success may be tried again", "client/flow/revision-2026-05", LIE_RETRYABLE},
        {"it tells the key", "client/retry/credits", LIE_SHOWS_KEY},
        {"it takes 40 MiB", "client/memory/json-huge", LIE_HOARDS},
    };
    struct run run;
    assert_true(run_init(&run));
    run.timeout_ms = 8000;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char actual[256];
        const struct case_def *def = catalogue_find(*state, rows[i].slug);
        assert_non_null(def);
        run.timeout_ms = rows[i].lie == LIE_WAITS_FOR_EVER ? 3000 : 20000;
        if (judge(actual, &run, def, LIE_NONE) != VERDICT_PASS)
            fail_msg("%s fails without a lie: %s", rows[i].slug, actual);
        if (judge(actual, &run, def, rows[i].lie) != VERDICT_FAIL)
            fail_msg("%s, and %s does not fail: %s", rows[i].why, rows[i].slug, actual);
    }
    run_clear(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_cases_cover_every_name_of_the_mock),
        cmocka_unit_test(client_that_lies_is_noticed),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
