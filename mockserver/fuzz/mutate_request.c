/* Edits a request as it goes over the wire: header lines come, go and double, cues among them; the
 * form in the body is edited as mutate_multipart.c does, and Content-Length says how long it is
 * then. */
#include "api/contract.h"
#include "api/deviation.h"
#include "api/fault.h"
#include "base/count_of.h"
#include "mutate.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 200
#define LENGTH_NAME "Content-Length: "
#define TYPE_NAME "Content-Type: "

struct text {
    uint8_t *bytes;
    size_t size, room;
};

/* Puts len bytes in the place of the `old` ones at `at`. */
static bool splice(struct text *text, size_t at, size_t old, const void *bytes, size_t len)
{
    if (text->size - old + len > text->room)
        return false;
    memmove(text->bytes + at + len, text->bytes + at + old, text->size - at - old);
    memcpy(text->bytes + at, bytes, len);
    text->size += len - old;
    return true;
}

/* Where the body begins; 0 when the head has no end. */
static size_t body_of(const struct text *text)
{
    const uint8_t *end = memmem(text->bytes, text->size, "\r\n\r\n", 4);
    return end ? (size_t)(end - text->bytes) + 4 : 0;
}

/* The value of a header, written as the corpus writes it. */
static bool find_value(size_t *at, size_t *len, const struct text *text, const char *name)
{
    const size_t head = body_of(text);
    const uint8_t *found = memmem(text->bytes, head, name, strlen(name));
    if (!found)
        return false;
    *at = (size_t)(found - text->bytes) + strlen(name);
    const uint8_t *end = memchr(text->bytes + *at, '\r', head - *at);
    *len = end ? (size_t)(end - text->bytes) - *at : 0;
    return end != NULL;
}

/* The start of the nth line of the head behind the first, and its length with its end. */
static size_t nth_line(size_t *len, const struct text *text, uint32_t n)
{
    size_t at = 0;
    const size_t head = body_of(text) - 2;
    for (;; n--) {
        const uint8_t *end = memchr(text->bytes + at, '\n', text->size - at);
        const size_t next = (size_t)(end - text->bytes) + 1;
        *len = next - at;
        if (n == 0 || next >= head)
            return at;
        at = next;
    }
}

static const char *any_scenario(struct chance *chance)
{
    static const char *const others[] = {"success", "slow", "gateway-html-502", "no-such", "queue"};
    size_t count;
    const struct deviation *deviations = deviation_table(&count);
    switch (chance_below(chance, 4)) {
    case 0:
        return error_info((enum error_code)(1 + chance_below(chance, ERROR_COUNT - 1)))->name;
    case 1:
        return deviations[chance_below(chance, (uint32_t)count)].name;
    case 2:
        return CHANCE_OF_ROWS(chance, others);
    default:
        return fault_info((enum fault_id)(1 + chance_below(chance, FAULT_COUNT - 1)))->name;
    }
}

static bool add_line(struct text *text, struct chance *chance)
{
    static const char *const formats[] = {
        "X-Mock-Scenario: %s\r\n",         "X-Mock-Scenario: !%s\r\n",
        "ailabapi-api-key: mock:%s@k\r\n", "x-api-key: %s\r\n",
        "Authorization: Bearer %s\r\n",    "Expect: 100-continue\r\n",
        "Transfer-Encoding: chunked\r\n",  "Connection: close\r\n",
        "Content-Encoding: gzip\r\n",      "Origin: http://%s\r\n",
        "Content-Length: 0\r\n",           "Accept: text/html\r\n",
    };
    char line[LINE_MAX_BYTES];
    size_t len, which = chance_below(chance, COUNT_OF(formats));
    const char *percent = strchr(formats[which], '%');
    const int before = percent ? (int)(percent - formats[which]) : (int)strlen(formats[which]);
    const int made = snprintf(line, sizeof line, "%.*s%s%s", before, formats[which],
                              percent ? any_scenario(chance) : "", percent ? percent + 2 : "");
    const size_t at = nth_line(&len, text, 1 + chance_below(chance, 8));
    return made > 0 && splice(text, at ? at : len, 0, line, (size_t)made);
}

static bool double_line(struct text *text, struct chance *chance)
{
    size_t len;
    const size_t at = nth_line(&len, text, 1 + chance_below(chance, 8));
    uint8_t line[LINE_MAX_BYTES];
    if (len > sizeof line)
        return false;
    memcpy(line, text->bytes + at, len);
    return splice(text, at + len, 0, line, len);
}

static bool drop_line(struct text *text, struct chance *chance)
{
    size_t len;
    const size_t at = nth_line(&len, text, 1 + chance_below(chance, 8));
    return at > 0 && splice(text, at, len, "", 0);
}

static bool set_length(struct text *text)
{
    char digits[24];
    size_t at, len;
    if (!find_value(&at, &len, text, LENGTH_NAME))
        return true;
    const int made = snprintf(digits, sizeof digits, "%zu", text->size - body_of(text));
    return splice(text, at, len, digits, (size_t)made);
}

/* The Content-Type's value and the body, as mutate_multipart() wants them, and back. */
static bool edit_form(struct text *text, unsigned seed)
{
    size_t at, len;
    const size_t body = body_of(text), body_size = text->size - body;
    if (!find_value(&at, &len, text, TYPE_NAME))
        return false;
    const size_t room = text->room;
    uint8_t *form = malloc(room);
    bool done = false;
    if (form && len + 1 + body_size <= room) {
        memcpy(form, text->bytes + at, len);
        form[len] = '\n';
        memcpy(form + len + 1, text->bytes + body, body_size);
        const size_t made = mutate_multipart(form, len + 1 + body_size, room, seed);
        const uint8_t *end = made ? memchr(form, '\n', made) : NULL;
        const size_t line = end ? (size_t)(end - form) : 0;
        done = end && splice(text, body, body_size, end + 1, made - line - 1) &&
               splice(text, at, len, form, line) && set_length(text);
    }
    free(form);
    return done;
}

size_t mutate_request(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct chance chance = chance_of(seed);
    struct text text = {data, size, max_size};
    bool done = false;
    if (!body_of(&text))
        return 0;
    switch (chance_below(&chance, 6)) {
    case 0:
    case 1:
        done = add_line(&text, &chance);
        break;
    case 2:
        done = drop_line(&text, &chance);
        break;
    case 3:
        done = double_line(&text, &chance);
        break;
    default:
        done = edit_form(&text, seed);
        break;
    }
    return done ? text.size : 0;
}
