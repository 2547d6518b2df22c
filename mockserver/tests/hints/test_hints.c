/* Each mistake of hints.def as a real program makes it (callers.def), and what it is told: in the
 * answer, in the journal, and never the key. */
#include "exchange/exchange.h"
#include "hints/hints.h"
#include "mock_requests.h"
#include "testing/image_make.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define CALLER_KEY "my-key-5a1c"

struct caller {
    enum hint_id hint;
    enum revision_id revision;
    const char *program;
    struct slice request;
    const char *expected;
};

static const struct caller callers[] = {
#define CALLER(hint, revision, program, request, expected)                                         \
    {HINT_##hint, REVISION_##revision, program, {request, sizeof(request) - 1}, expected},
#include "callers.def"
};

#define CALLERS (sizeof callers / sizeof callers[0])

static struct slice take_until(struct slice *text, const char *end)
{
    const char *found = memmem(text->ptr, text->len, end, strlen(end));
    assert_non_null(found);
    const struct slice taken = slice_make(text->ptr, (size_t)(found - text->ptr));
    const size_t used = taken.len + strlen(end);
    *text = slice_make(text->ptr + used, text->len - used);
    return taken;
}

/* Cuts recorded bytes into head and body, as a transport does. */
static void read_request(struct request_head *head, struct slice *body, struct slice text)
{
    struct slice line = take_until(&text, "\r\n");
    head->method = take_until(&line, " ");
    struct slice target = take_until(&line, " ");
    head->version = slice_make(line.ptr + 5, line.len - 5);
    const char *question = memchr(target.ptr, '?', target.len);
    head->path = question ? take_until(&target, "?") : target;
    head->query = question ? target : slice_of("");
    for (line = take_until(&text, "\r\n"); line.len; line = take_until(&text, "\r\n")) {
        struct header_field *field = &head->headers[head->header_count++];
        field->name = take_until(&line, ":");
        field->value = line;
    }
    *body = text;
}

static struct mock *mock_for(enum revision_id revision, bool strict)
{
    static const char *const keys[] = {CALLER_KEY};
    struct mock_options options = mock_options_in(revision);
    options.api_keys = keys;
    options.api_key_count = 1;
    options.state.settings.strict = strict;
    struct mock *mock = mock_new(&options);
    assert_non_null(mock);
    return mock;
}

struct told {
    struct mock_answer answer;
    struct journal_entry entry;
};

static struct told ask(const struct caller *caller, bool strict)
{
    struct slice body;
    struct told told;
    struct exchange exchange = {0};
    const struct exchange_figures figures = {.bytes_out = 1};
    struct mock *mock = mock_for(caller->revision, strict);
    read_request(&exchange.request.head, &body, caller->request);
    if (exchange_begin(&exchange, mock, MOCK_NOW) == EXCHANGE_READ_BODY)
        exchange_body(&exchange, body, BODY_COMPLETE);
    told.answer = mock_answer_of(&exchange);
    exchange_finish(&exchange, &figures);
    told.entry = exchange.entry;
    exchange_end(&exchange);
    mock_free(mock);
    return told;
}

static void hint_says_what_was_nearly_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < CALLERS; i++) {
        const struct caller *caller = &callers[i];
        char expected[HINT_SIZE + 16];
        struct told told = ask(caller, false);
        const char *message = mock_answer_message(&told.answer);
        snprintf(expected, sizeof expected, ". Hint: %s.", caller->expected);
        if (strcmp(told.entry.hint, caller->expected) != 0)
            fail_msg("%s of %s: the journal says '%s', expected '%s'; message: %s",
                     hint_info(caller->hint)->name, caller->program, told.entry.hint,
                     caller->expected, message);
        const char *end = strstr(message, ". Hint: ");
        if (!end || strcmp(end, expected) != 0)
            fail_msg("%s of %s: the answer says '%s'", hint_info(caller->hint)->name,
                     caller->program, message);
        assert_int_equal(told.entry.rule, hint_info(caller->hint)->rule);
        assert_string_equal(told.entry.message, message);
        mock_answer_clear(&told.answer);
    }
}

/* The row that speaks is the row of the caller's mistake. */
static void hint_comes_from_its_own_row(void **state)
{
    (void)state;
    const struct account_verdict account = {.known = true};
    for (size_t i = 0; i < CALLERS; i++) {
        char text[HINT_SIZE];
        struct request request = {.body_end = BODY_COMPLETE};
        struct verdict verdict;
        struct account_verdict asked = account;
        const struct rule_context context = {
            .revision = revision_info(callers[i].revision),
            .account = &asked,
            .judge = mock_plain_judge(),
            .max_body_bytes = MOCK_BODY_MAX,
        };
        read_request(&request.head, &request.body, callers[i].request);
        request_head_derive(&request.head);
        asked.known = slice_equal(request.head.key, slice_of(CALLER_KEY));
        rules_judge(&verdict, STAGE_HEAD, &request, &context);
        if (!verdict.rule)
            rules_judge(&verdict, STAGE_BODY, &request, &context);
        assert_int_equal(hint_find(text, verdict.rule, &request, context.revision),
                         callers[i].hint);
    }
}

static void hint_leaves_the_message_alone_when_strict(void **state)
{
    (void)state;
    for (size_t i = 0; i < CALLERS; i++) {
        struct told told = ask(&callers[i], true), loose = ask(&callers[i], false);
        const char *message = mock_answer_message(&told.answer);
        assert_null(strstr(message, "Hint"));
        assert_true(message[0] != '\0');
        assert_memory_equal(mock_answer_message(&loose.answer), message, strlen(message));
        assert_string_equal(told.entry.hint, loose.entry.hint);
        mock_answer_clear(&told.answer);
        mock_answer_clear(&loose.answer);
    }
}

static void assert_holds_no_key(const struct caller *caller, const void *bytes, size_t len,
                                const char *where)
{
    if (memmem(bytes, len, CALLER_KEY, strlen(CALLER_KEY)))
        fail_msg("%s of %s: the key is in %s", hint_info(caller->hint)->name, caller->program,
                 where);
}

/* In whichever place the caller put it: header, query, Authorization. */
static void hint_never_shows_the_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < CALLERS; i++) {
        struct told told = ask(&callers[i], false);
        assert_holds_no_key(&callers[i], &told.entry, sizeof told.entry, "the journal");
        assert_holds_no_key(&callers[i], told.answer.sent.ptr, told.answer.sent.len, "the answer");
        mock_answer_clear(&told.answer);
    }
}

static void hint_hides_a_key_that_names_a_part_or_is_the_choice(void **state)
{
    (void)state;
    static const char swapped[] =
        "POST " MOCK_PATH " HTTP/1.1\r\nHost: x\r\nailabapi-api-key: " CALLER_KEY
        "\r\nContent-Type: " MOCK_FORM "\r\nContent-Length: 300\r\n\r\n"
        "--" MOCK_BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
        "--" MOCK_BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\nx\r\n"
        "--" MOCK_BOUNDARY "--\r\n";
    static const char *const parts[][3] = {
        {CALLER_KEY, "12", "other"}, /* the parts that came */
        {"service_choice", CALLER_KEY, "image_target"},
    };
    for (size_t i = 0; i < 2; i++) {
        char text[1024];
        struct caller caller = {
            .hint = HINT_image_parts, .revision = REVISION_R2026_01, .program = "swapped"};
        snprintf(text, sizeof text, swapped, parts[i][0], parts[i][1], parts[i][2]);
        caller.request = slice_of(text);
        struct told told = ask(&caller, false);
        assert_int_equal(told.answer.status, 400);
        assert_holds_no_key(&caller, told.answer.sent.ptr, told.answer.sent.len, "the answer");
        assert_holds_no_key(&caller, told.entry.message, sizeof told.entry.message, "the journal");
        assert_holds_no_key(&caller, told.entry.hint, sizeof told.entry.hint, "the journal");
        mock_answer_clear(&told.answer);
    }
}

/* What recorded bytes would make too long. */
static void hint_counts_what_is_too_much(void **state)
{
    (void)state;
    const struct image_png_recipe recipe = {
        .width = 4096, .height = 1, .colour = 0, .depth = 1, .flat = true};
    struct image_file wide = image_make_png(&recipe);
    char *large = calloc(1, (size_t)LIMIT_IMAGE_BYTES_MAX + 60000);
    const struct {
        struct slice image;
        const char *expected;
    } rows[] = {
        {image_make_slice(&wide), "Hint: 4096 px is one too many: each side must be less."},
        {slice_make(large, 5242881), "Hint: 1 byte too many."},
        {slice_make(large, 5242890), "Hint: 10 bytes too many."},
        {slice_make(large, 5302880), NULL},
    };
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mock_call call = mock_call_right(rows[i].image);
        struct mock_answer answer = mock_answer_to(&call, mock);
        const char *hint = strstr(mock_answer_message(&answer), "Hint: ");
        assert_int_equal(answer.status, 413);
        if (rows[i].expected)
            assert_string_equal(hint ? hint : mock_answer_message(&answer), rows[i].expected);
        else
            assert_null(hint);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
    free(large);
    free(wide.data);
}

static void hint_has_a_caller_for_each_row(void **state)
{
    (void)state;
    bool has[HINT_COUNT] = {[HINT_image_over] = true, [HINT_side_over] = true};
    for (size_t i = 0; i < CALLERS; i++)
        has[callers[i].hint] = true;
    for (enum hint_id id = HINT_NONE + 1; id < HINT_COUNT; id++)
        if (!has[id])
            fail_msg("callers.def has no request for %s", hint_info(id)->name);
}

/* Refused, and nothing was nearly right. */
static void hint_is_silent_when_nothing_was_near(void **state)
{
    (void)state;
    static const struct {
        const char *why, *path, *choice, *image;
        int status;
    } rows[] = {
        {"another path", "/index.html", "12", "x", 404},
        {"a number of no revision", MOCK_PATH, "17", "x", 400},
        {"a word of no expression", MOCK_PATH, "happy", "x", 400},
        {"bytes of no kind", MOCK_PATH, "12", "GIF89a..", 415},
    };
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mock_call call = mock_call_right(slice_of(rows[i].image));
        call.path = rows[i].path;
        call.choice = slice_of(rows[i].choice);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, rows[i].status);
        if (strstr(mock_answer_message(&answer), "Hint"))
            fail_msg("%s: %s", rows[i].why, mock_answer_message(&answer));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* A step's own error is answered as the scenario says it. */
static void hint_stays_out_of_a_scenario_s_error(void **state)
{
    (void)state;
    struct mock *mock = mock_new_in(REVISION_R2026_01);
    struct mock_call call = mock_call_right(slice_of("https://example.com/me.jpg"));
    mock_call_header(&call, "X-Mock-Scenario", "!no-face");
    struct mock_answer answer = mock_answer_to(&call, mock);
    assert_string_equal(mock_answer_message(&answer), "pic not has face");
    mock_answer_clear(&answer);
    mock_free(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hint_says_what_was_nearly_right),
        cmocka_unit_test(hint_comes_from_its_own_row),
        cmocka_unit_test(hint_leaves_the_message_alone_when_strict),
        cmocka_unit_test(hint_never_shows_the_key),
        cmocka_unit_test(hint_hides_a_key_that_names_a_part_or_is_the_choice),
        cmocka_unit_test(hint_counts_what_is_too_much),
        cmocka_unit_test(hint_has_a_caller_for_each_row),
        cmocka_unit_test(hint_is_silent_when_nothing_was_near),
        cmocka_unit_test(hint_stays_out_of_a_scenario_s_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
