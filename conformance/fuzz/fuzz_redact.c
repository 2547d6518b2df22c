/* Fuzzes what stands between a target's bytes and a report: no key of the run comes through, in no
 * spelling and however the bytes are cut; a terminal gets no control character; and a second look
 * changes nothing. */
#include "caller/process/leak.h"
#include "evidence/redact.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define KEY "S3cr\"t&<y\\%/'x9" /* each character that some format escapes */
#define WORD "q7"               /* so short that it is masked as a word alone */
#define PLAIN "kQ7mZp4vXw2R"    /* for the leak: letters and digits */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void redact(const struct secrets *secrets, const char *text, size_t len, size_t max,
                   enum redact_as how)
{
    struct buf out = {0};
    const size_t read = redact_add(&out, secrets, text, len, max, how);
    const char *made = buf_str(&out);
    expect(!out.failed && read <= len && (read == len || out.len >= max));
    /* What is cut or masked may leave the letters of a short key standing as a word. */
    const struct secrets long_ones = {.keys = {KEY}};
    expect(!redact_finds_key(&long_ones, made));
    for (size_t i = 0; i < out.len; i++) {
        const unsigned char c = (unsigned char)made[i];
        expect(c != 0x7f && (c >= ' ' || (c == '\n' && how == REDACT_LINES)));
        expect(c < 0x80 || how == REDACT_RECORD);
    }
    buf_clear(&out);
}

/* Fed whole and in pieces: the same finding; and what is masked has no piece of the key. */
static void leak(const char *text, size_t len)
{
    struct leak whole, cut, again;
    struct buf masked = {0};
    leak_init(&whole, PLAIN);
    leak_init(&cut, PLAIN);
    leak_init(&again, PLAIN);
    leak_feed(&whole, text, len);
    for (size_t at = 0, piece; at < len; at += piece) {
        piece = 1 + at * 7 % 29;
        piece = piece < len - at ? piece : len - at;
        leak_feed(&cut, text + at, piece);
    }
    expect(whole.found == cut.found && whole.in_parts == cut.in_parts);
    leak_mask(&masked, &whole, text, len);
    leak_feed(&again, buf_str(&masked), masked.len);
    expect(!masked.failed && !again.found);
    buf_clear(&masked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct secrets secrets = {.keys = {KEY, WORD}};
    char *text = malloc(size + 1);
    expect(text != NULL);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    redact(&secrets, text, size, SIZE_MAX, REDACT_LINE);
    redact(&secrets, text, size, SIZE_MAX, REDACT_LINES);
    redact(&secrets, text, size, SIZE_MAX, REDACT_RECORD);
    redact(&secrets, text, size, size / 2, REDACT_LINE);
    struct buf raw = {0};
    buf_add(&raw, text, size);
    char *line = redact_line(&raw, &secrets);
    expect(line && !raw.ptr);
    free(line);
    (void)redact_finds_key(&secrets, text);
    leak(text, size);
    free(text);
    return 0;
}
