/* Headers as text and back. */
#include "scenarios/request_headers.h"
#include "base/count_of.h"

/* Reading */

static bool next_of_head(struct header_field *out, const struct request_head *head, size_t *at)
{
    if (*at == head->header_count)
        return false;
    const struct header_field *field = &head->headers[(*at)++];
    *out = (struct header_field){field->name, header_value(field)};
    return true;
}

static bool next_of_text(struct header_field *out, const char *kept, size_t *at)
{
    const char *line = kept + *at, *end = strchr(line, '\n');
    const char *colon = end ? strstr(line, ": ") : NULL;
    if (!colon)
        return false;
    out->name = slice_make(line, (size_t)(colon - line));
    out->value = slice_make(colon + 2, (size_t)(end - colon - 2));
    *at += (size_t)(end - line) + 1;
    return true;
}

bool request_headers_next(struct header_field *out, const struct request_headers *headers,
                          size_t *at)
{
    if (headers->head)
        return next_of_head(out, headers->head, at);
    return headers->kept && next_of_text(out, headers->kept, at);
}

/* Keeping */

static bool ends_with(struct slice name, const char *end, size_t len)
{
    return name.len >= len &&
           slice_equal_nocase(slice_make(name.ptr + name.len - len, len), slice_make(end, len));
}

#define ENDS_WITH(name, end) ends_with(name, end, sizeof(end) - 1)

static bool is_key(struct slice name)
{
    return ENDS_WITH(name, "key") && !ENDS_WITH(name, "Idempotency-Key") &&
           !ENDS_WITH(name, "Sec-WebSocket-Key");
}

/* Callers send a key under many names: x-api-key, ailab-api-key, access_token, a misspelt one.
 * Every header of every request is asked, so the last letter decides first. */
static bool is_secret(struct slice name)
{
    if (name.len > 5 && slice_equal_nocase(slice_make(name.ptr, 5), slice_make("ailab", 5)))
        return true;
    switch (name.len ? slice_lower(name.ptr[name.len - 1]) : '\0') {
    case 'y':
        return is_key(name);
    case 'n':
        return ENDS_WITH(name, "token") || ENDS_WITH(name, "authorization") ||
               ENDS_WITH(name, "authentication");
    case 't':
        return ENDS_WITH(name, "secret");
    case 'h':
        return ENDS_WITH(name, "auth");
    case 'e':
        return ENDS_WITH(name, "cookie");
    case 'd':
        return ENDS_WITH(name, "password");
    default:
        return false;
    }
}

static void mask(char *text, size_t len, char what)
{
    const char *end = text + len;
    while ((text = memchr(text, what, (size_t)(end - text))) != NULL)
        *text++ = '?';
}

/* What would end the line or the text becomes a question mark. */
static char *put(char *at, struct slice text)
{
    if (!text.len)
        return at;
    memcpy(at, text.ptr, text.len);
    mask(at, text.len, '\n');
    mask(at, text.len, '\0');
    return at + text.len;
}

size_t request_headers_keep(char out[KEPT_HEADERS_SIZE], const struct request_head *head)
{
    size_t kept = 0;
    char *at = out;
    for (; kept < head->header_count; kept++) {
        const struct slice name = head->headers[kept].name;
        struct slice value = header_value(&head->headers[kept]);
        if (head->doubt || is_secret(name))
            value = slice_of(KEPT_SECRET);
        value.len = value.len < KEPT_VALUE_MAX ? value.len : KEPT_VALUE_MAX;
        if (name.len + value.len + 3 > (size_t)(out + KEPT_HEADERS_MAX - at))
            break;
        at = put(at, name);
        *at++ = ':';
        *at++ = ' ';
        at = put(at, value);
        *at++ = '\n';
    }
    *at = '\0';
    return kept;
}
