/* Hints for what a head alone shows: path, method, key. */
#include "base/suggest.h"
#include "hints/hints_internal.h"

static const char *right_path(void)
{
    return endpoint_info(ENDPOINT_EMOTION_EDITOR)->path;
}

/* Paths */

bool hint_path_prefixed(const struct hint_subject *subject)
{
    char before[HINT_NAME_SIZE];
    const struct slice path = subject->request->head.path, right = slice_of(right_path());
    if (path.len <= right.len || memcmp(path.ptr + path.len - right.len, right.ptr, right.len) != 0)
        return false;
    return hint_say(subject, "'%s' before %s is too much; the base URL is scheme, host and port",
                    hint_name(before, subject, slice_make(path.ptr, path.len - right.len)),
                    right.ptr);
}

bool hint_path_slash(const struct hint_subject *subject)
{
    const struct slice path = subject->request->head.path;
    return path.len && path.ptr[path.len - 1] == '/' &&
           endpoint_find(slice_make(path.ptr, path.len - 1)) != ENDPOINT_UNKNOWN &&
           hint_say(subject, "the slash at the end is too much");
}

bool hint_path_case(const struct hint_subject *subject)
{
    for (enum endpoint_id id = ENDPOINT_UNKNOWN + 1; id < ENDPOINT_COUNT; id++)
        if (slice_equal_nocase(subject->request->head.path, slice_of(endpoint_info(id)->path)))
            return hint_say(subject, "upper and lower case matter in %s", endpoint_info(id)->path);
    return false;
}

/* The next piece of a path, without slashes. False at its end. */
static bool next_piece(struct slice *piece, struct slice *path)
{
    while (path->len && path->ptr[0] == '/')
        *path = slice_make(path->ptr + 1, path->len - 1);
    *piece = *path;
    if (!path->len)
        return false;
    const char *end = memchr(path->ptr, '/', path->len);
    *piece = slice_make(path->ptr, end ? (size_t)(end - path->ptr) : path->len);
    *path = slice_make(path->ptr + piece->len, path->len - piece->len);
    return true;
}

/* All pieces that came stand in the right path, in its order, and at least two of them. */
bool hint_path_piece(const struct hint_subject *subject)
{
    struct slice path = subject->request->head.path, right = slice_of(right_path());
    struct slice piece, wanted, missing = {NULL, 0};
    size_t common = 0;
    bool has = next_piece(&piece, &path);
    while (next_piece(&wanted, &right)) {
        if (has && slice_equal(piece, wanted)) {
            has = next_piece(&piece, &path);
            common++;
        } else if (!missing.len) {
            missing = wanted;
        }
    }
    return !has && common >= 2 && missing.len &&
           hint_say(subject, "the piece '%.*s' of %s is missing", (int)missing.len, missing.ptr,
                    right_path());
}

bool hint_path_near(const struct hint_subject *subject)
{
    struct suggestions near;
    const struct slice path = subject->request->head.path;
    suggestions_init(&near, path);
    for (enum endpoint_id id = ENDPOINT_UNKNOWN + 1; id < ENDPOINT_COUNT; id++)
        suggestions_consider(&near, endpoint_info(id)->path);
    const char *meant = path.len > 8 ? suggestions_meant(&near) : NULL;
    return meant && hint_say(subject, "the path is %s", meant);
}

/* Methods */

bool hint_method_get(const struct hint_subject *subject)
{
    const struct request_head *head = &subject->request->head;
    return head->endpoint == ENDPOINT_EMOTION_EDITOR &&
           (slice_equal(head->method, slice_of("GET")) || head->is_head) &&
           hint_say(subject, "many clients make a GET of a POST when they follow a redirect, such "
                             "as one from http:// to https://");
}

bool hint_method_credits(const struct hint_subject *subject)
{
    const struct request_head *head = &subject->request->head;
    return head->endpoint == ENDPOINT_QUERY_CREDITS &&
           slice_equal(head->method, slice_of("POST")) &&
           hint_say(subject, "the credits are asked for with GET, without a body");
}

/* Keys */

bool hint_key_header(const struct hint_subject *subject)
{
    char name[HINT_NAME_SIZE];
    const struct request_head *head = &subject->request->head;
    for (size_t i = 0; !head->key.len && i < head->header_count; i++)
        if (hint_means(head->headers[i].name, REQUEST_KEY_HEADER, ALIAS_KEY))
            return hint_say(subject,
                            "header '%s' came; the key's header is '" REQUEST_KEY_HEADER "'",
                            hint_name(name, subject, head->headers[i].name));
    return false;
}

bool hint_key_bearer(const struct hint_subject *subject)
{
    const struct request_head *head = &subject->request->head;
    return !head->key.len && request_header(head, "Authorization").len &&
           hint_say(subject, "header 'Authorization' came; the key stands alone in header "
                             "'" REQUEST_KEY_HEADER "', without 'Bearer'");
}

bool hint_key_query(const struct hint_subject *subject)
{
    char shown[HINT_NAME_SIZE];
    const struct request_head *head = &subject->request->head;
    struct slice name, query = head->query;
    while (!head->key.len && hint_next_parameter(&name, &query))
        if (hint_means(name, NULL, ALIAS_KEY) || hint_means(name, REQUEST_KEY_HEADER, ALIAS_KEY) ||
            slice_equal_nocase(name, slice_of(REQUEST_KEY_HEADER)))
            return hint_say(subject,
                            "the URL has a parameter '%s'; the key belongs into header "
                            "'" REQUEST_KEY_HEADER "', where no log shows it",
                            hint_name(shown, subject, name));
    return false;
}

bool hint_key_unset(const struct hint_subject *subject)
{
    const struct slice key = subject->request->head.key;
    return key.ptr && !key.len &&
           hint_say(subject, "the variable that should hold the key is not set");
}

bool hint_key_cue(const struct hint_subject *subject)
{
    const struct slice key = request_header(&subject->request->head, REQUEST_KEY_HEADER);
    return (hint_begins(key, "mock:") || hint_begins(key, "mock!")) &&
           !memchr(key.ptr, '@', key.len) &&
           hint_say(subject, "this mock accepts its own keys alone; write mock:NAME@KEY");
}

bool hint_key_wrapped(const struct hint_subject *subject)
{
    const struct slice key = subject->request->head.key;
    return (hint_begins_nocase(key, "Bearer ") || hint_begins(key, "\"") ||
            hint_begins(key, "'")) &&
           hint_say(subject, "the key stands alone, without 'Bearer' and without quotes");
}

bool hint_key_placeholder(const struct hint_subject *subject)
{
    const struct slice key = subject->request->head.key;
    return key.len &&
           (memchr("<$%{[", key.ptr[0], 5) || hint_begins_nocase(key, "your") ||
            hint_is_no_value(key)) &&
           hint_say(subject, "the key looks like a placeholder, or like the name of a variable "
                             "whose value was meant");
}
