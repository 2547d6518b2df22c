/* Examples are run as they stand in README.md, SCENARIOS.md and ailab_mock.h: every call of the
 * admin API by curl, and every call of the library. One that is refused, or counts nothing where it
 * should count the call made here, is wrong. */
#include "scenarios_fixture.h"
#include "testing/files.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TEXT_SIZE (64 * 1024)

/* The file with a NUL behind it, to be freed. */
static char *read_file(const char *path, size_t *size)
{
    char *text = calloc(1, 4 * TEXT_SIZE);
    FILE *file = fopen(path, "rb");
    assert_true(text && file);
    *size = fread(text, 1, 4 * TEXT_SIZE - 1, file);
    assert_true(feof(file));
    fclose(file);
    return text;
}

/* What the examples look for: a call with my-key, choice 12 and a wide picture, answered with 422,
 * and one that was answered as usual. */
static void make_calls(struct ailab_mock *mock)
{
    size_t size;
    char *picture = read_file(AILAB_SOURCE_DIR "/fixtures/images/portrait.jpg", &size);
    const struct scenarios_call usual = {
        .key = "my-key", .choice = "12", .image = slice_make(picture, size)};
    scenarios_expect(mock, &usual, 200, "", "as usual");
    scenarios_arm(mock, "my-key", "[{\"error\": \"ERROR_BLURRY_FACE\"}]");
    scenarios_expect(mock, &usual, 422, "ERROR_BLURRY_FACE", "as armed");
    free(picture);
}

static double number_of(const cJSON *document, const char *name)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(document, name);
    return cJSON_IsNumber(number) ? number->valuedouble : -1;
}

/* line is one command, with the path at url. */
static void run_curl(struct ailab_mock *mock, char *line, char *url)
{
    char method[16] = "", *path = url + strlen("http://127.0.0.1:8080");
    char *body = strstr(line, "-d '"), *given = strstr(line, "-X ");
    path[strcspn(path, " '`\t\n")] = '\0'; /* one with a query of two stands in quotes */
    if (body && body < url) {
        body += strlen("-d '");
        body[strcspn(body, "'")] = '\0';
    } else
        body = NULL;
    if (given && given < url)
        sscanf(given, "-X %15[A-Z]", method);
    else
        snprintf(method, sizeof method, "%s", body ? "POST" : "GET");
    print_message("%s %s %s\n", method, path, body ? body : "");
    cJSON *answer = scenarios_admin(mock, method, path, body, 200);
    const char *last = strrchr(path, '/');
    if (strcmp(last, "/count") == 0)
        assert_true(number_of(answer, "count") == 1);
    if (strcmp(last, "/near-misses") == 0)
        assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(answer, "nearMisses")),
                         2);
    cJSON_Delete(answer);
}

/* Returns how many commands there were. */
static size_t run_commands(struct ailab_mock *mock, const char *path)
{
    size_t size, commands = 0;
    char *text = read_file(path, &size), *rest = text, *line;
    make_calls(mock);
    while ((line = strsep(&rest, "\n"))) {
        char *url = strstr(line, "http://127.0.0.1:8080/__admin");
        if (!url)
            continue;
        run_curl(mock, line, url);
        commands++;
    }
    free(text);
    return commands;
}

static void documentation_shows_right_commands_in_the_readme(void **state)
{
    assert_in_range(run_commands(*state, AILAB_SOURCE_DIR "/README.md"), 6, 50);
}

static void documentation_shows_right_commands_in_the_scenarios(void **state)
{
    assert_in_range(run_commands(*state, AILAB_SOURCE_DIR "/mockserver/SCENARIOS.md"), 2, 50);
}

/* The text behind mark up to end, to be freed; C's \" is a quote. */
static char *example(const char *text, const char *mark, const char *end)
{
    const char *at = strstr(text, mark);
    assert_non_null(at);
    at += strlen(mark);
    const char *stop = strstr(at, end);
    assert_non_null(stop);
    char *made = calloc(1, (size_t)(stop - at) + 1), *to = made;
    assert_non_null(made);
    for (; at < stop; at++)
        if (*at != '\\')
            *to++ = *at;
    print_message("%s\n", made);
    return made;
}

static void documentation_shows_right_calls_in_the_header(void **state)
{
    size_t size, count;
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    char *text = read_file(AILAB_SOURCE_DIR "/mockserver/include/ailab_mock.h", &size);
    char *steps = example(text, "ailab_mock_arm(mock, \"my-key\", \"", "\", why)");
    char *by_code = example(text, "ailab_mock_count(mock, \"", "\", &count");
    char *by_key = example(text, "How many requests in the journal match: ", ". NULL");
    char *accounts = example(text, "Sets credits, limits and locks: ", ". What");
    if (ailab_mock_set_accounts(*state, accounts, why) ||
        ailab_mock_arm(*state, "my-key", steps, why))
        fail_msg("%s", why);
    scenarios_expect(*state, &(struct scenarios_call){.key = "my-key"}, 422, "ERROR_BLURRY_FACE",
                     "as armed");
    const char *const queries[] = {by_code, by_key};
    for (size_t i = 0; i < ROWS(queries); i++) {
        if (ailab_mock_count(*state, queries[i], &count, why))
            fail_msg("%s: %s", queries[i], why);
        assert_int_equal(count, 1);
    }
    free(steps);
    free(by_code);
    free(by_key);
    free(accounts);
    free(text);
}

/* Some of the commands arm faults of TLS. No connection comes by TLS, so the authority's files are
 * not asked for again. */
static int start_with_https(void **state)
{
    char *folder = folder_new();
    *state = scenarios_start(&(struct ailab_mock_options){.https = true, .ca_dir = folder});
    folder_free(folder);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_with_https, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(documentation_shows_right_commands_in_the_readme),
        TEST(documentation_shows_right_commands_in_the_scenarios),
        TEST(documentation_shows_right_calls_in_the_header),
    };
    return cmocka_run_group_tests_name("documentation", tests, NULL, NULL);
}
