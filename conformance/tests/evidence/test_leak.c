/* Servers that send the key back in every field they have: no report, no record and no message of
 * the program holds it, whole or cut. Nor do control characters get there. */
#include "base/buf.h"
#include "suite.h"
#include "testing/scripted.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LONG_KEY "Zq9vK2xWp7Lt4RmW8bYdTt3H"
#define ODD_KEY "Zq9vK2\"x\\W/p7+Lt4RmW8b'Yd&Tt3H"
#define ODD_KEY_IN_JSON "Zq9vK2\\\"x\\\\W\\/p7+Lt4RmW8b'Yd&Tt3H"
#define ODD_KEY_IN_URL "Zq9vK2%22x%5CW%2Fp7%2BLt4RmW8b%27Yd%26Tt3H"
#define SHORT_KEY "q-key-z"

#define FORGED "\\u001b[31m\\nnot ok 99 - forged\\nBail out! forged"

/* Of each key, pieces that nothing else in a report holds: the first half and the last. */
static const char *const long_pieces[] = {"Zq9vK2xWp7Lt", "4RmW8bYdTt3H", NULL};
static const char *const odd_pieces[] = {"Zq9vK2", "Lt4RmW8b", NULL};
static const char *const short_pieces[] = {SHORT_KEY, NULL};

struct reflection {
    const char *why, *key, *in_json, *elsewhere;
    const char *const *pieces;
    const char *status;
};

static const struct reflection reflections[] = {
    {"a long key, refused", LONG_KEY, LONG_KEY, LONG_KEY, long_pieces, "401 No " LONG_KEY},
    {"a long key, taken", LONG_KEY, LONG_KEY, LONG_KEY, long_pieces, "200 OK " LONG_KEY},
    {"a key to be escaped, refused", ODD_KEY, ODD_KEY_IN_JSON, ODD_KEY_IN_URL, odd_pieces,
     "401 No"},
    {"a key to be escaped, taken", ODD_KEY, ODD_KEY_IN_JSON, ODD_KEY, odd_pieces, "200 OK"},
    {"a short key, refused", SHORT_KEY, SHORT_KEY, SHORT_KEY, short_pieces, "401 No"},
};
#define REFLECTIONS (sizeof reflections / sizeof reflections[0])

/* Behind so many characters that a cut leaves half of the key, and once more. */
static void put_field(struct buf *out, const char *name, size_t before, const char *key)
{
    buf_printf(out, "\"%s\":\"", name);
    for (size_t i = 0; i < before; i++)
        buf_text(out, i % 10 == 9 ? " " : "x");
    buf_printf(out, "the key %s is not known %s", key, FORGED);
    buf_text(out, "\",");
}

static void make_answer(struct buf *out, const struct reflection *row, size_t shift, bool twice)
{
    size_t half = strlen(row->key) / 2;
    buf_printf(out,
               "HTTP/1.1 %s\r\nContent-Type: text/%s\r\nX-Echo: %s\r\nLocation: /?key=%s\r\n"
               "Connection: close\r\n\r\n{",
               row->status, row->elsewhere, row->elsewhere, row->elsewhere);
    put_field(out, "request_id", shift + 60 - 8 - half, row->in_json);
    put_field(out, "log_id", shift + 60 - 8 - half, row->in_json);
    put_field(out, "error_code", shift, row->in_json);
    put_field(out, "error_code_str", shift + 80 - 8 - half, row->in_json);
    put_field(out, "error_msg", shift + 120 - 8 - half, row->in_json);
    if (twice)
        put_field(out, row->in_json, 0, "x");
    put_field(out, row->in_json, 1, row->in_json);
    buf_text(out, "\"error_detail\":{");
    put_field(out, "code_message", shift + 120 - 8 - half, row->in_json);
    put_field(out, "message", shift + 160 - 8 - half, row->in_json);
    buf_printf(out, "\"code\":\"%s\"},\"data\":{\"image\":\"%s%s\"}}",
               strncmp(row->status, "200", 3) == 0 ? "" : row->in_json, row->in_json, row->in_json);
}

static void assert_clean(const char *why, const char *where, const char *text, size_t size,
                         const char *const *pieces)
{
    for (; *pieces; pieces++)
        if (memmem(text, size, *pieces, strlen(*pieces)))
            fail_msg("%s: %s holds \"%s\":\n%s", why, where, *pieces, text);
    if (memchr(text, '\x1b', size))
        fail_msg("%s: %s holds an escape character", why, where);
    if (strstr(text, "\nnot ok 99") || strstr(text, "\nBail out!"))
        fail_msg("%s: %s holds a forged line", why, where);
}

/* Every file that the run has written. */
static size_t assert_files_clean(const struct reflection *row, const char *directory)
{
    size_t count = 0;
    DIR *stream = opendir(directory);
    assert_non_null(stream);
    for (struct dirent *entry = NULL; (entry = readdir(stream));) {
        char path[512];
        size_t size;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (entry->d_name[0] == '.' || entry->d_type == DT_DIR)
            continue;
        char *text = file_read(path, &size);
        assert_true(size > 0);
        assert_clean(row->why, entry->d_name, text, size, row->pieces);
        free(text);
        count++;
    }
    closedir(stream);
    return count;
}

static void judge(const struct reflection *row, const char *url, const char *directory)
{
    static const char *const kinds[] = {"text", "tap", "junit", "json", "html"};
    char key[128], reports[5][160], records[96];
    const char *env[] = {key, NULL};
    struct program_outcome outcome;
    snprintf(key, sizeof key, "AILAB_API_KEY=%s", row->key);
    snprintf(records, sizeof records, "%s/records", directory);
    for (size_t i = 0; i < 5; i++)
        snprintf(reports[i], sizeof reports[i], "%s:%s/report.%s", kinds[i], directory, kinds[i]);
    suite_run(&outcome, env, "--target", url, "--level", "info", "--report", "text", "--report",
              reports[0], "--report", reports[1], "--report", reports[2], "--report", reports[3],
              "--report", reports[4], "--record", records, "--run", "call/*", "--run", "envelope/*",
              "--run", "every-answer/*", "--run", "key/*", "--run", "cors/*", NULL);
    if (outcome.status != 1)
        fail_msg("%s: exit %d\n%s", row->why, outcome.status, outcome.err);
    assert_clean(row->why, "standard output", outcome.out, outcome.out_size, row->pieces);
    assert_clean(row->why, "standard error", outcome.err, outcome.err_size, row->pieces);
    program_outcome_clear(&outcome);
    assert_int_equal(assert_files_clean(row, directory), 5);
    assert_true(assert_files_clean(row, records) > 0);

    suite_run(&outcome, env, "--target", url, "--revision", "auto", NULL);
    assert_int_equal(outcome.status, 3);
    assert_non_null(strstr(outcome.err, "could not be found out"));
    assert_clean(row->why, "standard error", outcome.err, outcome.err_size, row->pieces);
    program_outcome_clear(&outcome);
}

static const char *say(void *context, const char *request, size_t len)
{
    (void)request;
    (void)len;
    return context;
}

static void leak_of_the_key_is_nowhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < REFLECTIONS; i++)
        for (size_t k = 0; k < 2; k++) {
            char *directory = folder_new();
            struct scripted *canned;
            struct buf answer = {0};
            make_answer(&answer, &reflections[i], k * 1100, k > 0);
            assert_false(answer.failed);
            assert_non_null(directory);
            assert_non_null(canned = scripted_start_choosing(say, answer.ptr));
            judge(&reflections[i], canned->url, directory);
            scripted_free(canned);
            folder_free(directory);
            buf_clear(&answer);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leak_of_the_key_is_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
