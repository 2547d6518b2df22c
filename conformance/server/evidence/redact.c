/* See redact.h. */
#include "evidence/redact.h"
#include "base/count_of.h"
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WORD_BYTES_MAX 3 /* keys up to here are masked as whole words */
#define ESCAPES_MAX 8    /* backslashes in front of a character, for text inside text inside text */

static const char mask[] = "<redacted>";

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The two hexadecimal digits of c, in any case. */
static bool is_hex_of(const char *digits, char c)
{
    char hex[3];
    snprintf(hex, sizeof hex, "%02x", (unsigned char)c);
    return same(digits[0], hex[0]) && same(digits[1], hex[1]);
}

/* Length of c as HTML writes it, 0 when that is not what stands there. */
static size_t entity(const char *at, size_t left, char c)
{
    static const struct {
        char c;
        const char *name;
    } rows[] = {{'"', "&quot;"}, {'"', "&#34;"},  {'\'', "&#39;"}, {'\'', "&#x27;"},
                {'&', "&amp;"},  {'<', "&lt;"},   {'>', "&gt;"},   {'\'', "&apos;"},
                {'/', "&#x2F;"}, {'"', "&#x22;"}, {'&', "&#38;"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t len = strlen(rows[i].name);
        if (rows[i].c == c && len <= left && strncasecmp(at, rows[i].name, len) == 0)
            return len;
    }
    return 0;
}

/* How many bytes of the text stand for c: itself, or what JSON, a URL or HTML makes of it; 0 when
 * they stand for something else. */
static size_t spelled(const char *at, size_t left, char c)
{
    size_t slashes = 0;
    while (slashes < left && slashes < ESCAPES_MAX && at[slashes] == '\\')
        slashes++;
    const char *rest = at + slashes;
    if (slashes > 0 && left - slashes >= 5 && strncasecmp(rest, "u00", 3) == 0 &&
        is_hex_of(rest + 3, c))
        return slashes + 5;
    if (c == '\\' && slashes > 0)
        return slashes;
    if (slashes == 0 && left >= 3 && at[0] == '%' && is_hex_of(at + 1, c))
        return 3;
    size_t named = slashes == 0 && left > 0 && at[0] == '&' ? entity(at, left, c) : 0;
    if (named > 0)
        return named;
    return left > slashes && same(*rest, c) ? slashes + 1 : 0;
}

/* Whether a word ends in front of at: "\n" in JSON ends one, too. */
static bool word_begins(const char *text, const char *at)
{
    if (at == text || !isalnum((unsigned char)at[-1]))
        return true;
    return at - text >= 2 && at[-2] == '\\';
}

/* Bytes that spell the key, as it is or otherwise; 0 when it is not there. */
static size_t key_spelled(const char *at, const char *end, const char *key)
{
    const char *from = at;
    size_t len = strlen(key);
    if ((size_t)(end - at) >= len && strncasecmp(at, key, len) == 0)
        return len;
    for (const char *c = key; *c; c++) {
        size_t used = spelled(at, (size_t)(end - at), *c);
        if (used == 0)
            return 0;
        at += used;
        while (c[0] == '\\' && c[1] == '\\') /* the run of backslashes was taken as one */
            c++;
    }
    return (size_t)(at - from);
}

/* Bytes of the key at this place of the text, 0 when it is not there. */
static size_t key_here(const char *text, const char *at, const char *end, const char *key)
{
    if (!key || !key[0] || !*at || (!same(*at, key[0]) && !strchr("\\%&", *at)))
        return 0;
    size_t len = key_spelled(at, end, key);
    if (len == 0 || strlen(key) > WORD_BYTES_MAX)
        return len;
    bool ends = at + len == end || !isalnum((unsigned char)at[len]);
    return ends && word_begins(text, at) ? len : 0;
}

static size_t any_key_here(const struct secrets *secrets, const char *text, const char *at,
                           const char *end)
{
    size_t longest = 0;
    for (size_t i = 0; i < ACCOUNT_COUNT; i++) {
        size_t len = key_here(text, at, end, secrets->keys[i]);
        longest = len > longest ? len : longest;
    }
    return longest;
}

static bool stays(const char *text, const char *at, const char *end, enum redact_as how)
{
    unsigned char c = (unsigned char)*at;
    if (c == '\n')
        return how == REDACT_LINES;
    if (how != REDACT_RECORD || c < 0x80)
        return c >= ' ' && c < 0x7f;
    /* U+0080 to U+009F are control characters as well */
    bool leads = c == 0xc2 && at + 1 < end && (unsigned char)at[1] < 0xa0;
    return !leads && !(c < 0xa0 && at > text && (unsigned char)at[-1] == 0xc2);
}

size_t redact_add(struct buf *out, const struct secrets *secrets, const char *text, size_t len,
                  size_t max, enum redact_as how)
{
    const char *at = text, *end = text + len;
    size_t from = out->len;
    while (at < end && out->len - from < max && !out->failed) {
        size_t key = any_key_here(secrets, text, at, end);
        if (key > 0)
            buf_text(out, mask);
        else if (how == REDACT_LINES && at[0] == '\r' && at + 1 < end && at[1] == '\n')
            key = 1; /* nothing is lost with it */
        else if (stays(text, at, end, how))
            buf_add(out, at, 1);
        else
            buf_printf(out, "\\x%02x", (unsigned char)*at);
        at += key > 0 ? key : 1;
    }
    if (at < end && max != SIZE_MAX)
        buf_printf(out, "... (%zu bytes in all)", len);
    return (size_t)(at - text);
}

char *redact_line(struct buf *raw, const struct secrets *secrets)
{
    struct buf text = {0};
    redact_add(&text, secrets, buf_str(raw), raw->len, REDACT_TEXT_MAX, REDACT_LINE);
    text.failed = text.failed || raw->failed;
    buf_clear(raw);
    buf_text(&text, ""); /* "" and not NULL when there was nothing to say */
    return buf_take(&text);
}

bool redact_finds_key(const struct secrets *secrets, const char *text)
{
    const char *end = text + strlen(text);
    for (const char *at = text; at < end; at++)
        if (any_key_here(secrets, text, at, end) > 0)
            return true;
    return false;
}
