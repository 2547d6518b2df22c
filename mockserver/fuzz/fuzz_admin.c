/* Fuzzes the admin API: the first line of a call is METHOD TARGET, the rest the body, so that a
 * corpus file reads like a request; a line of two percent signs stands before the next call. A
 * journal entry, a mapping and an account are there to be found. Aborts when a promise of admin.h
 * is broken; the tests judge what is answered. */
#include "admin/admin.h"
#include "mutate.h"
#include <cjson/cJSON.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BETWEEN "\n%%\n"
#define BETWEEN_SIZE (sizeof BETWEEN - 1)
#define CALLS_MAX 40

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void serve_one(struct state *state)
{
    struct visit visit;
    struct journal_entry entry = {.status = 400,
                                  .number = {.service_choice = 10},
                                  .method = "POST",
                                  .path = "/x",
                                  .code = "NEW"};
    state_enter(&visit, state, &(struct visit_head){VISIT_CALL, slice_of("k"), true, 1, 1});
    state_leave(&visit, &entry, slice_of("body"), false);
}

static struct state *state_to_ask(bool speaks_tls)
{
    static const char document[] =
        "{\"scenarios\":[{\"name\":\"m\",\"match\":{\"service_choice\":11},"
        "\"steps\":[{\"delay\":1}]}],\"accounts\":{\"k\":{\"credits\":12}}}";
    struct document parsed;
    struct document_error error;
    struct state *state = state_new(
        &(struct state_options){.settings = {.journal_bodies = true}, .speaks_tls = speaks_tls});
    expect(state && document_parse(&parsed, slice_of(document), &error));
    expect(state_load(state, &parsed));
    serve_one(state);
    return state;
}

static void expect_answer(const struct admin_answer *answer)
{
    if (answer->feed) {
        struct slice piece;
        expect(admin_feed_next(answer->feed, &piece, 0) && piece.len);
        expect(memcmp(piece.ptr, "event: hello\n", 13) == 0);
        return;
    }
    expect(answer->text && answer->size == strlen(answer->text));
    expect(answer->status == 200 || answer->status == 201 ||
           (answer->status >= 400 && answer->status < 500) || answer->status == 503 ||
           answer->status == 507);
    expect((answer->status == 405) == (answer->allow[0] != '\0'));
    if (strcmp(answer->content_type, "application/json") != 0)
        return;
    cJSON *json = cJSON_Parse(answer->text);
    expect(cJSON_IsObject(json));
    expect(answer->status < 400 || cJSON_HasObjectItem(json, "error"));
    cJSON_Delete(json);
}

/* Where the last call begins. */
static size_t last_call(const uint8_t *data, size_t size)
{
    size_t start = 0;
    for (size_t at = 0; at + BETWEEN_SIZE <= size; at++)
        if (memcmp(data + at, BETWEEN, BETWEEN_SIZE) == 0)
            start = at + BETWEEN_SIZE;
    return start;
}

/* Mostly the last call's body was edited as a document is. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    const size_t start = last_call(data, size);
    const uint8_t *end = size > start ? memchr(data + start, '\n', size - start) : NULL;
    const size_t head = end ? (size_t)(end - data) + 1 : 0;
    const size_t made = head && mutates_with_knowledge(seed)
                            ? mutate_json(data + head, size - head, max_size - head, seed)
                            : 0;
    return made ? head + made : mutate_plain(data, size, max_size);
}

/* Once, and once more over what the first one left. */
static void ask(struct state *state, struct slice call)
{
    /* Without waiting. */
    const struct admin_host host = {
        .version = "1", .revision = "2026-01", .uptime_ms = 1, .watchers_max = 1};
    const char *end = call.len ? memchr(call.ptr, '\n', call.len) : NULL;
    const struct slice line = slice_make(call.ptr, end ? (size_t)(end - call.ptr) : call.len);
    const char *space = line.len ? memchr(line.ptr, ' ', line.len) : NULL;
    if (!space)
        return;
    struct admin_request request = {.method = slice_make(line.ptr, (size_t)(space - line.ptr)),
                                    .accept = slice_of(call.len % 4 == 3 ? "text/html" : "*/*"),
                                    .can_follow = call.len % 4 != 2};
    request.path = slice_make(space + 1, line.len - request.method.len - 1);
    const char *mark = request.path.len ? memchr(request.path.ptr, '?', request.path.len) : NULL;
    if (mark) {
        size_t path = (size_t)(mark - request.path.ptr);
        request.query = slice_make(mark + 1, request.path.len - path - 1);
        request.path.len = path;
    }
    if (end)
        request.body = slice_make(end + 1, call.len - line.len - 1);
    (void)admin_owns(request.path);
    for (int i = 0; i < 2; i++) {
        struct admin_answer answer;
        admin_answer(&answer, state, &host, &request);
        expect_answer(&answer);
        admin_answer_clear(&answer);
        serve_one(state);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct state *state = state_to_ask(size % 16 != 15);
    struct slice rest = slice_make(data, size);
    for (int calls = 0; rest.len && calls < CALLS_MAX; calls++) {
        const char *between = memmem(rest.ptr, rest.len, BETWEEN, BETWEEN_SIZE);
        const size_t len = between ? (size_t)(between - rest.ptr) : rest.len;
        ask(state, slice_make(rest.ptr, len));
        const size_t used = between ? len + BETWEEN_SIZE : len;
        rest = slice_make(rest.ptr + used, rest.len - used);
    }
    state_free(state);
    return 0;
}
