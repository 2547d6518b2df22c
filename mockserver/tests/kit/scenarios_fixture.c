/* Starting, arming, reading tables; see the header. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Pictures */

static char portrait[65536];
static size_t portrait_size;
static pthread_once_t portrait_once = PTHREAD_ONCE_INIT;

static void read_portrait(void)
{
    FILE *file = fopen(AILAB_SOURCE_DIR "/fixtures/images/portrait-small.jpg", "rb");
    if (!file)
        return;
    portrait_size = fread(portrait, 1, sizeof portrait, file);
    fclose(file);
}

struct slice scenarios_portrait(void)
{
    pthread_once(&portrait_once, read_portrait);
    return slice_make(portrait, portrait_size);
}

char *scenarios_marked(size_t *size, const char *comment)
{
    struct slice plain = scenarios_portrait();
    size_t len = strlen(comment);
    char *made = malloc(plain.len + len + 4);
    if (!made || plain.len < 2)
        return made;
    const unsigned char segment[4] = {0xff, 0xfe, (unsigned char)((len + 2) >> 8),
                                      (unsigned char)(len + 2)};
    memcpy(made, plain.ptr, 2); /* SOI */
    memcpy(made + 2, segment, 4);
    memcpy(made + 6, comment, len);
    memcpy(made + 6 + len, plain.ptr + 2, plain.len - 2);
    *size = plain.len + len + 4;
    return made;
}

/* The mock */

struct ailab_mock *scenarios_start(const struct ailab_mock_options *options)
{
    struct ailab_mock *mock = NULL;
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    assert_true(scenarios_portrait().len > 1000);
    if (ailab_mock_start(&mock, options, why) != AILAB_MOCK_OK)
        fail_msg("no start: %s", why);
    return mock;
}

int scenarios_setup(void **state)
{
    *state = scenarios_start(NULL);
    return 0;
}

int scenarios_teardown(void **state)
{
    ailab_mock_stop(*state);
    return 0;
}

void scenarios_arm(struct ailab_mock *mock, const char *key, const char *format, ...)
{
    char steps[4096], why[AILAB_MOCK_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(steps, sizeof steps, format, args);
    va_end(args);
    assert_in_range(len, 2, sizeof steps - 1);
    if (ailab_mock_arm(mock, key, steps, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", steps, why);
}

void scenarios_load(struct ailab_mock *mock, const char *document)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    if (ailab_mock_load(mock, document, why) != AILAB_MOCK_OK)
        fail_msg("%.200s: %s", document, why);
}

void scenarios_reset(struct ailab_mock *mock)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    if (ailab_mock_reset(mock, NULL, why) != AILAB_MOCK_OK)
        fail_msg("no reset: %s", why);
}

size_t scenarios_count(struct ailab_mock *mock, const char *match)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    size_t count = 0;
    if (ailab_mock_count(mock, match, &count, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", match ? match : "all", why);
    return count;
}

struct cJSON *scenarios_admin(struct ailab_mock *mock, const char *method, const char *path,
                              const char *body, int status)
{
    int got = 0;
    char *answer = NULL;
    assert_int_equal(ailab_mock_admin(mock, method, path, body, &got, &answer), AILAB_MOCK_OK);
    if (got != status)
        fail_msg("%s %s: %d, not %d: %.300s", method, path, got, status, answer);
    cJSON *document = cJSON_Parse(answer);
    if (!document)
        fail_msg("%s %s: no JSON: %.300s", method, path, answer);
    free(answer);
    return document;
}

void scenarios_expect(struct ailab_mock *mock, const struct scenarios_call *call, int status,
                      const char *code, const char *why)
{
    struct scenarios_answer answer;
    scenarios_ask(&answer, ailab_mock_port(mock), call);
    if (!scenarios_is(&answer, status, code))
        fail_msg("%s: expected %d '%s', got %d '%s': %.400s", why, status, code, answer.status,
                 scenarios_code(&answer), answer.size ? answer.bytes : "(nothing)");
    scenarios_clear(&answer);
}

/* The table */

static const struct scenarios_error errors[] = {
#define AILAB_ERROR_WITNESS(number, name, status_2025_09, status_2026_01, endpoint, passing,       \
                            description)                                                           \
    {#name, description, status_2025_09, status_2026_01, #endpoint[0] != 'N'},
#include "witness/errors.def"
};
_Static_assert(ROWS(errors) == SCENARIOS_ERRORS, "the witness has a row for each code");

const struct scenarios_error *scenarios_errors(void)
{
    return errors;
}
