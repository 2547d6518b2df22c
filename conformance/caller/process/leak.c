/* See leak.h. */
#include "caller/process/leak.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The whole groups of three bytes in the key from `from`: those that Base64 writes alike whatever
 * stands around them. */
static void add_base64(struct leak *leak, const char *key, size_t from)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = leak->forms[leak->form_count++];
    const size_t len = strlen(key);
    for (size_t i = from; i + 3 <= len; i += 3) {
        const unsigned group = (unsigned)(unsigned char)key[i] << 16 |
                               (unsigned)(unsigned char)key[i + 1] << 8 | (unsigned char)key[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            *out++ = alphabet[group >> shift & 63];
    }
    *out = '\0';
}

void leak_init(struct leak *leak, const char *key)
{
    *leak = (struct leak){0};
    if (!key || strlen(key) < LEAK_PIECE)
        return;
    char *plain = leak->forms[0], *capitals = leak->forms[1], *hex = leak->forms[2];
    snprintf(plain, LEAK_KEY_MAX + 1, "%s", key);
    for (size_t i = 0; plain[i]; i++) {
        capitals[i] = (char)toupper((unsigned char)plain[i]);
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)plain[i]);
    }
    leak->form_count = 3;
    for (size_t from = 0; from < 3; from++)
        add_base64(leak, plain, from);
}

/* Looks for the forms in carry and text together, a window at a time. */
static bool feed(struct leak_stream *stream, const struct leak *leak, size_t forms,
                 const char *text, size_t len)
{
    char window[4 * LEAK_FORM_SIZE];
    bool found = false;
    while (len > 0) {
        const size_t room = sizeof window - stream->carried, take = len < room ? len : room;
        memcpy(window, stream->carry, stream->carried);
        memcpy(window + stream->carried, text, take);
        const size_t size = stream->carried + take;
        for (size_t i = 0; i < forms && !found; i++)
            found = memmem(window, size, leak->forms[i], strlen(leak->forms[i])) != NULL;
        stream->carried = size < LEAK_FORM_SIZE - 1 ? size : LEAK_FORM_SIZE - 1;
        memcpy(stream->carry, window + size - stream->carried, stream->carried);
        text += take;
        len -= take;
    }
    return found;
}

void leak_feed(struct leak *leak, const char *text, size_t len)
{
    char letters[1024];
    if (leak->form_count == 0)
        return;
    if (!leak->found)
        leak->found = feed(&leak->whole, leak, leak->form_count, text, len);
    while (len > 0 && !leak->in_parts) {
        size_t count = 0, at = 0;
        for (; at < len && count < sizeof letters; at++)
            if (isalnum((unsigned char)text[at]))
                letters[count++] = text[at];
        leak->in_parts = feed(&leak->squeezed, leak, 1, letters, count);
        text += at;
        len -= at;
    }
}

/* How many characters from here on are a piece of some form. */
static size_t piece_here(const struct leak *leak, const char *text, size_t len)
{
    size_t longest = 0;
    for (size_t i = 0; i < leak->form_count; i++)
        for (const char *at = leak->forms[i]; *at; at++) {
            size_t same = 0;
            while (same < len && at[same] && at[same] == text[same])
                same++;
            longest = same > longest ? same : longest;
        }
    return longest >= LEAK_PIECE ? longest : 0;
}

void leak_mask(struct buf *out, const struct leak *leak, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        const size_t piece = piece_here(leak, text + at, len - at);
        if (piece > 0)
            buf_text(out, "***");
        else
            buf_add(out, text + at, 1);
        at += piece > 0 ? piece : 1;
    }
}
