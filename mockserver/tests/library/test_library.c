/* Tests of the mock as a library, over real sockets: options, starting and stopping, several at
 * once, what the log callback sees. */
#include "ailab_mock.h"
#include "mock_sockets.h"
#include "testing/image_make.h"
#include <cjson/cJSON.h>
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static struct mock_call right(void **state)
{
    return mock_call_right(image_make_slice(*state));
}

static struct ailab_mock *start(const struct ailab_mock_options *options)
{
    struct ailab_mock *mock = NULL;
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    if (ailab_mock_start(&mock, options, why) != AILAB_MOCK_OK)
        fail_msg("no start: %s", why);
    assert_non_null(mock);
    assert_string_equal(why, "");
    return mock;
}

static int status_of(struct ailab_mock *mock, const struct mock_call *call)
{
    struct mock_reply reply = mock_exchange_with(ailab_mock_port(mock), call);
    int status = reply.status;
    mock_reply_clear(&reply);
    return status;
}

static void mock_answers_at_its_url_once_started(void **state)
{
    char url[64];
    struct ailab_mock *mock = start(NULL);
    struct mock_call call = right(state);
    assert_true(ailab_mock_port(mock) > 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)ailab_mock_port(mock));
    assert_string_equal(ailab_mock_url(mock), url);
    assert_int_equal(status_of(mock, &call), 200);
    ailab_mock_stop(mock);
    assert_int_equal(mock_connect((uint16_t)atoi(strrchr(url, ':') + 1)), -1);
    ailab_mock_stop(NULL);
    assert_string_equal(ailab_mock_version(), AILAB_VERSION_STRING);
}

static void mock_runs_several_at_once_on_different_revisions(void **state)
{
    static const struct {
        const char *revision, *choice;
        int status;
    } rows[] = {
        {"1.0.0", "0", 200},    {"1.0.0", "12", 400},   {"1.0.1", "12", 200}, {"2025-09", "0", 400},
        {"2026-01", "12", 200}, {"2026-05", "12", 200}, {NULL, "3", 400},
    };
    struct ailab_mock *mocks[ROWS(rows)];
    for (size_t i = 0; i < ROWS(rows); i++)
        mocks[i] = start(&(struct ailab_mock_options){.revision = rows[i].revision});
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        call.choice = slice_of(rows[i].choice);
        int status = status_of(mocks[i], &call);
        if (status != rows[i].status)
            fail_msg("%s in %s: %d", rows[i].choice, rows[i].revision, status);
    }
    for (size_t i = 0; i < ROWS(rows); i += 2)
        ailab_mock_stop(mocks[i]); /* the others go on */
    for (size_t i = 1; i < ROWS(rows); i += 2) {
        struct mock_call call = right(state);
        assert_int_equal(status_of(mocks[i], &call), 200);
        ailab_mock_stop(mocks[i]);
    }
}

static void mock_refuses_bad_options_and_says_which(void **state)
{
    (void)state;
    static const char *const empty_key[] = {"good", ""};
    static const char *const null_key[] = {NULL};
    static const char *const bad_rule[] = {"image_size", "image_taste"};
    static const char *const null_rule[] = {NULL};
    static const struct {
        const char *why;
        struct ailab_mock_options options;
        enum ailab_mock_error error;
        const char *says[3];
    } rows[] = {
        {"no port", {.listen = "127.0.0.1"}, AILAB_MOCK_ARGUMENT, {"'127.0.0.1'", "HOST:PORT"}},
        {"an empty address", {.listen = ""}, AILAB_MOCK_ARGUMENT, {"HOST:PORT"}},
        {"an empty port", {.listen = "127.0.0.1:"}, AILAB_MOCK_ARGUMENT, {"0 to 65535"}},
        {"a large port", {.listen = "127.0.0.1:65536"}, AILAB_MOCK_ARGUMENT, {"0 to 65535"}},
        {"a long port", {.listen = "127.0.0.1:000000"}, AILAB_MOCK_ARGUMENT, {"0 to 65535"}},
        {"a port with a sign", {.listen = "127.0.0.1:+80"}, AILAB_MOCK_ARGUMENT, {"0 to 65535"}},
        {"a port for TLS", {.listen = "127.0.0.1:0s"}, AILAB_MOCK_ARGUMENT, {"0 to 65535"}},
        {"two addresses", {.listen = "127.0.0.1:0,1:0"}, AILAB_MOCK_ARGUMENT, {"listen address"}},
        {"IPv6 bare", {.listen = "::1:0"}, AILAB_MOCK_ARGUMENT, {"'::1:0'", "[::1]"}},
        {"IPv6 wrong", {.listen = "[::g]:0"}, AILAB_MOCK_ARGUMENT, {"'[::g]:0'", "IPv6"}},
        {"no path", {.listen = "unix:"}, AILAB_MOCK_ARGUMENT, {"unix:PATH"}},
        {"no folder", {.listen = "unix:/nonexistent/s"}, AILAB_MOCK_ADDRESS, {"No such file"}},
        {"a name", {.listen = "example.com:0"}, AILAB_MOCK_ARGUMENT, {"IPv4 address"}},
        {"no host", {.listen = ":0"}, AILAB_MOCK_ARGUMENT, {"IPv4"}},
        {"not of this machine", {.listen = "192.0.2.1:0"}, AILAB_MOCK_ADDRESS, {"192.0.2.1:0"}},
        {"revision",
         {.revision = "2026-02"},
         AILAB_MOCK_ARGUMENT,
         {"'2026-02'", "1.0.0, 1.0.1, 2025-09, 2026-01, 2026-05"}},
        {"an empty revision", {.revision = ""}, AILAB_MOCK_ARGUMENT, {"revision ''"}},
        {"an empty key",
         {.api_keys = empty_key, .api_key_count = 2},
         AILAB_MOCK_ARGUMENT,
         {"API key number 2 is empty"}},
        {"a key of NULL",
         {.api_keys = null_key, .api_key_count = 1},
         AILAB_MOCK_ARGUMENT,
         {"API key number 1"}},
        {"keys of NULL", {.api_key_count = 1}, AILAB_MOCK_ARGUMENT, {"api_key"}},
        {"a rule",
         {.rules_off = bad_rule, .rules_off_count = 2},
         AILAB_MOCK_ARGUMENT,
         {"'image_taste'", "ailab-mock rules"}},
        {"a rule of NULL",
         {.rules_off = null_rule, .rules_off_count = 1},
         AILAB_MOCK_ARGUMENT,
         {"rule"}},
        {"rules of NULL", {.rules_off_count = 1}, AILAB_MOCK_ARGUMENT, {"rules_off"}},
        {"a small body",
         {.max_body_bytes = 5242879},
         AILAB_MOCK_ARGUMENT,
         {"max_body_bytes 5242879", "5242880 to 1073741824"}},
        {"a large body", {.max_body_bytes = 1073741825}, AILAB_MOCK_ARGUMENT, {"1073741825"}},
        {"a large budget",
         {.body_budget_bytes = 1073741825},
         AILAB_MOCK_ARGUMENT,
         {"body_budget_bytes 1073741825", "1 to 1073741824"}},
        {"connections",
         {.max_connections = 1025},
         AILAB_MOCK_ARGUMENT,
         {"max_connections 1025", "1 to 1024"}},
        {"faults of TLS without TLS",
         {.scenarios = "{\"tls\": [{\"fault\": \"tls-stall\"}]}"},
         AILAB_MOCK_ARGUMENT,
         {"'/tls'", "https"}},
        {"no such file",
         {.result = "/nonexistent/picture.jpg"},
         AILAB_MOCK_ARGUMENT,
         {"'/nonexistent/picture.jpg'", "'annotate'", "No such file"}},
        {"a folder", {.result = "/"}, AILAB_MOCK_ARGUMENT, {"'/'"}},
        {"an empty file", {.result = "/dev/null"}, AILAB_MOCK_ARGUMENT, {"'/dev/null'"}},
        {"no picture",
         {.result = AILAB_SOURCE_DIR "/CMakeLists.txt"},
         AILAB_MOCK_ARGUMENT,
         {"CMakeLists.txt", "not a sound JPEG or PNG"}},
        {"an empty name", {.result = ""}, AILAB_MOCK_ARGUMENT, {"result ''"}},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char why[AILAB_MOCK_ERROR_SIZE] = "";
        struct ailab_mock *mock = (struct ailab_mock *)&why;
        enum ailab_mock_error error = ailab_mock_start(&mock, &rows[i].options, why);
        if (error != rows[i].error || mock)
            fail_msg("%s: error %d, %s", rows[i].why, (int)error, why);
        for (size_t k = 0; k < ROWS(rows[i].says) && rows[i].says[k]; k++)
            if (!strstr(why, rows[i].says[k]))
                fail_msg("%s: '%s' does not say '%s'", rows[i].why, why, rows[i].says[k]);
        assert_int_equal(ailab_mock_start(&mock, &rows[i].options, NULL), rows[i].error);
    }
}

static void mock_arms_no_tls_fault_without_https(void **state)
{
    (void)state;
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct ailab_mock *mock = NULL;
    assert_int_equal(ailab_mock_start(&mock, NULL, why), AILAB_MOCK_OK);
    assert_int_equal(ailab_mock_arm_tls(mock, "tls-expired", 1, why), AILAB_MOCK_ARGUMENT);
    assert_non_null(strstr(why, "https"));
    ailab_mock_stop(mock);
}

static void mock_says_that_the_port_is_taken(void **state)
{
    (void)state;
    char listen[32], why[AILAB_MOCK_ERROR_SIZE];
    struct ailab_mock *second = NULL, *first = start(NULL);
    snprintf(listen, sizeof listen, "127.0.0.1:%u", (unsigned)ailab_mock_port(first));
    const struct ailab_mock_options options = {.listen = listen};
    assert_int_equal(ailab_mock_start(&second, &options, why), AILAB_MOCK_ADDRESS);
    assert_null(second);
    assert_non_null(strstr(why, listen));
    assert_non_null(strstr(why, "another program"));
    ailab_mock_stop(first);
}

static void mock_starts_again_on_the_same_port_at_once(void **state)
{
    char listen[32];
    struct mock_call call = right(state);
    struct ailab_mock *mock = start(NULL);
    snprintf(listen, sizeof listen, "127.0.0.1:%u", (unsigned)ailab_mock_port(mock));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(status_of(mock, &call), 200); /* leaves a connection in TIME_WAIT */
        ailab_mock_stop(mock);
        mock = start(&(struct ailab_mock_options){.listen = listen});
    }
    assert_int_equal(status_of(mock, &call), 200);
    ailab_mock_stop(mock);
}

static void mock_copies_its_options(void **state)
{
    char key[] = "copied-key", revision[] = "1.0.0", result[] = "echo", listen[] = "localhost:0";
    const char *keys[] = {key};
    const struct ailab_mock_options options = {.listen = listen,
                                               .api_keys = keys,
                                               .api_key_count = 1,
                                               .revision = revision,
                                               .result = result};
    struct ailab_mock *mock = start(&options);
    memset(key, 'x', sizeof key - 1);
    memset(revision, 'x', sizeof revision - 1);
    memset(result, 'x', sizeof result - 1);
    memset(listen, 'x', sizeof listen - 1);
    struct mock_call call = right(state);
    assert_int_equal(status_of(mock, &call), 401);
    mock_call_header(&call, "ailabapi-api-key", NULL);
    mock_call_header(&call, "ailabapi-api-key", "copied-key");
    call.choice = slice_of("0"); /* accepted in 1.0.0 only */
    assert_int_equal(status_of(mock, &call), 200);
    ailab_mock_stop(mock);
}

struct journal {
    pthread_mutex_t lock;
    struct mock_text text;
    unsigned entries;
    bool sane;
};

static void note(void *context, const struct ailab_mock_log_entry *entry)
{
    struct journal *journal = context;
    char line[2048];
    snprintf(line, sizeof line, "%s|%s|%d|%s|%s|%s|%s\n", entry->method, entry->path, entry->status,
             entry->code, entry->message, entry->request_id, entry->remote);
    pthread_mutex_lock(&journal->lock);
    mock_text_add(&journal->text, slice_of(line));
    journal->entries++;
    journal->sane &= entry->time_ms > INT64_C(1700000000000) && entry->duration_ms >= 0 &&
                     entry->duration_ms < 60000 && entry->bytes_out > 0 &&
                     strlen(entry->request_id) == 36 &&
                     strncmp(entry->remote, "127.0.0.1:", 10) == 0;
    pthread_mutex_unlock(&journal->lock);
}

static void mock_logs_each_request_once_and_no_key(void **state)
{
    static const char *const keys[] = {"known-wxyz"};
    static const struct {
        const char *method, *path, *key, *line;
    } rows[] = {
        {"POST", MOCK_PATH, "known-wxyz", "POST|" MOCK_PATH "|200|||"},
        {"POST", MOCK_PATH, "other-wxyz", "POST|" MOCK_PATH "|401|ERROR_USER_NOT_EXISTS|"},
        {"POST", MOCK_PATH "?key=known-wxyz", "known-wxyz", "POST|" MOCK_PATH "|200|"},
        {"POST", "/nothing?key=known-wxyz", "known-wxyz", "POST|/nothing|404|"},
        {"PUT", MOCK_PATH, "known-wxyz", "PUT|" MOCK_PATH "|405|"},
    };
    struct journal journal = {.sane = true};
    pthread_mutex_init(&journal.lock, NULL);
    struct ailab_mock *mock = start(&(struct ailab_mock_options){
        .api_keys = keys, .api_key_count = 1, .log = note, .log_context = &journal});
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = right(state);
        call.method = rows[i].method;
        call.path = rows[i].path;
        mock_call_header(&call, "ailabapi-api-key", NULL);
        mock_call_header(&call, "ailabapi-api-key", rows[i].key);
        status_of(mock, &call);
    }
    ailab_mock_stop(mock); /* after it no callback runs */
    assert_int_equal(journal.entries, ROWS(rows));
    assert_true(journal.sane);
    assert_null(strstr(journal.text.ptr, "wxyz"));
    for (size_t i = 0; i < ROWS(rows); i++)
        if (!strstr(journal.text.ptr, rows[i].line))
            fail_msg("no line '%s' in %s", rows[i].line, journal.text.ptr);
    mock_text_clear(&journal.text);
    pthread_mutex_destroy(&journal.lock);
}

static void mock_reports_coverage_in_each_format(void **state)
{
    static const struct {
        const char *format, *key, *holds;
    } rows[] = {
        {"text", NULL, " of all keys\n"},   {"json", NULL, "\"met\":3"},
        {"html", NULL, "3 met</li>"},       {"json", MOCK_KEY, "\"met\":3"},
        {"json", "other&key", "\"met\":0"}, {"text", MOCK_KEY, " of key:"},
    };
    char why[AILAB_MOCK_ERROR_SIZE], *report = NULL;
    struct mock_call call = right(state);
    struct ailab_mock *mock = start(&(struct ailab_mock_options){0});
    assert_int_equal(status_of(mock, &call), 200);
    for (size_t i = 0; i < ROWS(rows); i++) {
        assert_int_equal(ailab_mock_coverage(mock, rows[i].format, rows[i].key, &report, why),
                         AILAB_MOCK_OK);
        if (!strstr(report, rows[i].holds))
            fail_msg("no '%s' in %.300s", rows[i].holds, report);
        assert_null(strstr(report, MOCK_KEY));
        free(report);
    }
    assert_int_equal(ailab_mock_coverage(mock, "pdf", NULL, &report, why), AILAB_MOCK_ARGUMENT);
    assert_null(report);
    assert_string_equal(why, "at '': query: format is not one of json, text and html");
    ailab_mock_stop(mock);
}

/* Of a thread of this process. False when it has ended. */
static bool thread_takes_signal(const char *thread, int number)
{
    char path[64], line[128];
    unsigned long long blocked = ~0ULL;
    snprintf(path, sizeof path, "/proc/self/task/%.20s/status", thread);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "SigBlk:", 7) == 0)
            blocked = strtoull(line + 7, NULL, 16);
    if (file)
        fclose(file);
    return !(blocked >> (number - 1) & 1);
}

static int threads_that_take_signal(int number)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/task");
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.' && thread_takes_signal(entry->d_name, number);
    closedir(folder);
    return count;
}

static void mock_leaves_signals_to_the_threads_of_the_program(void **state)
{
    const int numbers[] = {SIGHUP,  SIGINT,  SIGUSR1, SIGUSR2,  SIGALRM,
                           SIGTERM, SIGCHLD, SIGIO,   SIGWINCH, SIGRTMAX};
    int before[ROWS(numbers)];
    for (size_t i = 0; i < ROWS(numbers); i++) {
        before[i] = threads_that_take_signal(numbers[i]);
        assert_true(before[i] > 0);
    }
    struct ailab_mock *mock = start(NULL);
    struct mock_call call = right(state);
    assert_int_equal(status_of(mock, &call), 200);
    for (size_t i = 0; i < ROWS(numbers); i++)
        assert_int_equal(threads_that_take_signal(numbers[i]), before[i]);
    ailab_mock_stop(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mock_answers_at_its_url_once_started),
        cmocka_unit_test(mock_leaves_signals_to_the_threads_of_the_program),
        cmocka_unit_test(mock_runs_several_at_once_on_different_revisions),
        cmocka_unit_test(mock_refuses_bad_options_and_says_which),
        cmocka_unit_test(mock_arms_no_tls_fault_without_https),
        cmocka_unit_test(mock_says_that_the_port_is_taken),
        cmocka_unit_test(mock_starts_again_on_the_same_port_at_once),
        cmocka_unit_test(mock_copies_its_options),
        cmocka_unit_test(mock_logs_each_request_once_and_no_key),
        cmocka_unit_test(mock_reports_coverage_in_each_format),
    };
    return cmocka_run_group_tests_name("mock", tests, image_make_state, image_free_state);
}
