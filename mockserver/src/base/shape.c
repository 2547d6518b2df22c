/* Walks an object field by field, keeps the JSON pointer of the place, and words the complaint
 * "found ..., expected ..." from the rows. */
#include "base/shape.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The place */

/* RFC 6901's escapes; control characters become question marks. A token
 * that does not fit is cut with "...". */
size_t reader_enter(struct reader *reader, const char *name)
{
    char *pointer = reader->error->pointer;
    size_t mark = strlen(pointer), used = mark;
    const size_t end = sizeof reader->error->pointer - sizeof "...";
    if (used >= end)
        return mark;
    pointer[used++] = '/';
    for (; *name; name++) {
        const char *token = *name == '~' ? "~0" : *name == '/' ? "~1" : NULL;
        if (used + 2 > end) {
            /* No half character before the dots. */
            while (used > mark + 1 && (pointer[used - 1] & 0x80) != 0)
                used--;
            memcpy(pointer + used, "...", 3);
            used += 3;
            break;
        }
        if (token) {
            memcpy(pointer + used, token, 2);
            used += 2;
        } else
            pointer[used++] = (unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name;
    }
    pointer[used] = '\0';
    return mark;
}

size_t reader_enter_at(struct reader *reader, size_t index)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", index);
    return reader_enter(reader, number);
}

void reader_leave(struct reader *reader, size_t mark)
{
    reader->error->pointer[mark] = '\0';
}

/* The complaint */

bool reader_complain(struct reader *reader, const char *format, ...)
{
    struct document_error *error = reader->error;
    va_list args;
    if (error->message[0])
        return false;
    int used = 0;
    if (reader->number)
        used = snprintf(error->message, sizeof error->message, "%s %zu: ", reader->thing,
                        reader->number);
    va_start(args, format);
    vsnprintf(error->message + used, sizeof error->message - (size_t)used, format, args);
    va_end(args);
    error->message[utf8_length(slice_of(error->message))] = '\0'; /* nothing half at a cut */
    return false;
}

bool reader_no_memory(struct reader *reader)
{
    if (reader->error->message[0])
        return false;
    reader->error->pointer[0] = '\0';
    reader->error->no_memory = true;
    reader->number = 0;
    return reader_complain(reader, "memory ran out");
}

#define QUOTED_BYTES 40

const char *quote(char out[QUOTED_SIZE], const char *text)
{
    size_t len = strlen(text), used = len < QUOTED_BYTES ? len : QUOTED_BYTES;
    memcpy(out, text, used);
    used = utf8_length(slice_make(out, used));
    for (size_t i = 0; i < used; i++)
        if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
            out[i] = '?';
    snprintf(out + used, QUOTED_SIZE - used, "%s", used < len ? "..." : "");
    return out;
}

static const char *found_text(char *out, size_t size, const cJSON *value, bool secret)
{
    char quoted[QUOTED_SIZE];
    if (cJSON_IsString(value) && !secret)
        snprintf(out, size, "the text \"%s\"", quote(quoted, value->valuestring));
    else if (cJSON_IsNumber(value))
        snprintf(out, size, "%.16g", value->valuedouble);
    else
        snprintf(out, size, "%s",
                 cJSON_IsString(value)   ? "a text"
                 : cJSON_IsBool(value)   ? (cJSON_IsTrue(value) ? "true" : "false")
                 : cJSON_IsArray(value)  ? "an array"
                 : cJSON_IsObject(value) ? "an object"
                                         : "null");
    return out;
}

bool reader_refuse(struct reader *reader, const cJSON *found, const char *expected)
{
    char text[QUOTED_SIZE + 16];
    return reader_complain(reader, "found %s, expected %s",
                           found_text(text, sizeof text, found, false), expected);
}

/* What a row expects */

#define EXPECTED_SIZE 200

static void expect_word(char out[EXPECTED_SIZE], const struct shape_row *row)
{
    size_t used = 0;
    int64_t last = row->maximum;
    out[0] = '\0';
    for (int64_t i = row->minimum; i <= last; i++)
        if (row->of.words[i] && used < EXPECTED_SIZE)
            used += (size_t)snprintf(out + used, EXPECTED_SIZE - used, "%s\"%s\"",
                                     !used       ? ""
                                     : i == last ? " or "
                                                 : ", ",
                                     row->of.words[i]);
}

static void expect_number(char out[EXPECTED_SIZE], const struct shape_row *row)
{
    bool null = row->flags & SHAPE_NULL;
    snprintf(out, EXPECTED_SIZE, "a %snumber from %lld to %lld%s%s%s",
             row->kind == SHAPE_WHOLE ? "whole " : "", (long long)row->minimum,
             (long long)row->maximum, null ? ", or null (" : "", null ? row->of.noun : "",
             null ? ")" : "");
}

static void expect_text(char out[EXPECTED_SIZE], const struct shape_row *row)
{
    char least[32] = "at most";
    if (row->minimum)
        snprintf(least, sizeof least, "%lld to", (long long)row->minimum);
    snprintf(out, EXPECTED_SIZE, "%s of %s %lld bytes without control characters",
             row->of.noun ? row->of.noun : "a text", least, (long long)row->maximum);
}

static const char *expected(char out[EXPECTED_SIZE], const struct shape_row *row)
{
    switch (row->kind) {
    case SHAPE_WHOLE:
    case SHAPE_REAL:
        expect_number(out, row);
        return out;
    case SHAPE_TEXT:
        expect_text(out, row);
        return out;
    case SHAPE_WORD:
        expect_word(out, row);
        return out;
    case SHAPE_LIST:
        snprintf(out, EXPECTED_SIZE, "an array of %lld to %lld %s", (long long)row->minimum,
                 (long long)row->maximum, row->of.shape->plural);
        return out;
    case SHAPE_FLAG:
        return "true or false";
    case SHAPE_OBJECT:
        return row->of.shape->what;
    case SHAPE_OTHER:
        break;
    }
    return row->of.other->expected;
}

static bool refuse_by_row(struct reader *reader, const cJSON *found, const struct shape_row *row)
{
    char text[QUOTED_SIZE + 16], wanted[EXPECTED_SIZE];
    return reader_complain(reader, "found %s, expected %s",
                           found_text(text, sizeof text, found, row->flags & SHAPE_SECRET),
                           expected(wanted, row));
}

static bool refuse_unknown(struct reader *reader, const char *name, const struct shape *shape)
{
    char list[160] = "", quoted[QUOTED_SIZE];
    size_t used = 0;
    struct suggestions nearest;
    suggestions_init(&nearest, slice_of(name));
    for (size_t i = 0; i < shape->count; i++) {
        suggestions_consider(&nearest, shape->rows[i].name);
        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
                                     shape->rows[i].name);
    }
    return reader_complain(reader,
                           "found the unknown field \"%s\", expected one of %s; did you mean %s?",
                           quote(quoted, name), list, nearest.names[0]);
}

/* Single values */

bool read_whole(int64_t *out, const cJSON *value, int64_t minimum, int64_t maximum)
{
    double number = cJSON_IsNumber(value) ? value->valuedouble : NAN;
    /* The limits are within 2^53, so that these comparisons are exact. NaN fails the first. */
    if (!(number >= (double)minimum) || number > (double)maximum || number != floor(number))
        return false;
    *out = (int64_t)number;
    return true;
}

char *read_copy(struct reader *reader, struct slice text)
{
    char *copy = malloc(text.len + 1);
    if (!copy) {
        reader_no_memory(reader);
        return NULL;
    }
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

/* To an integer of 4 or 8 bytes, an enum, or a double. */
static bool put_whole(void *at, const struct shape_row *row, int64_t number)
{
    const uint32_t half = (uint32_t)number;
    const double real = (double)number;
    if (row->flags & SHAPE_DOUBLE)
        memcpy(at, &real, sizeof real);
    else if (row->size == sizeof half)
        memcpy(at, &half, sizeof half);
    else
        memcpy(at, &number, sizeof number);
    return true;
}

static bool read_number(void *at, const struct shape_row *row, const cJSON *value)
{
    int64_t number;
    return read_whole(&number, value, row->minimum, row->maximum) && put_whole(at, row, number);
}

static bool read_real(void *at, const struct shape_row *row, const cJSON *value)
{
    double number = cJSON_IsNumber(value) ? value->valuedouble : NAN;
    if (!(number >= (double)row->minimum) || number > (double)row->maximum)
        return false;
    memcpy(at, &number, sizeof number);
    return true;
}

static bool read_flag(void *at, const cJSON *value)
{
    if (!cJSON_IsBool(value))
        return false;
    *(bool *)at = cJSON_IsTrue(value);
    return true;
}

static bool read_text(struct reader *reader, void *at, const struct shape_row *row,
                      const cJSON *value)
{
    struct slice text = slice_of(cJSON_GetStringValue(value));
    if (!text.ptr || text.len < (size_t)row->minimum || text.len > (size_t)row->maximum ||
        !is_plain_text(text))
        return false;
    char *copy = read_copy(reader, text);
    memcpy(at, &copy, sizeof copy);
    return copy != NULL;
}

static bool read_word(void *at, const struct shape_row *row, const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    for (int64_t i = row->minimum; text && i <= row->maximum; i++)
        if (row->of.words[i] && strcmp(text, row->of.words[i]) == 0)
            return put_whole(at, row, i);
    return false;
}

static bool read_list(struct reader *reader, void *at, size_t *count, const struct shape_row *row,
                      const cJSON *value)
{
    const struct shape *shape = row->of.shape;
    int length = cJSON_GetArraySize(value);
    if (!cJSON_IsArray(value))
        return false;
    if (length < row->minimum || length > row->maximum)
        return reader_complain(reader, "found %d %s, expected %lld to %lld", length, shape->plural,
                               (long long)row->minimum, (long long)row->maximum);
    char *items = calloc((size_t)length + 1, shape->size);
    memcpy(at, &items, sizeof items);
    if (!items)
        return reader_no_memory(reader);
    for (const cJSON *item = value->child; item; item = item->next) {
        size_t mark = reader_enter_at(reader, *count);
        if (!shape_read(reader, items + (*count)++ * shape->size, shape, item))
            return false;
        reader_leave(reader, mark);
    }
    return true;
}

static bool read_null(void *at, const struct shape_row *row)
{
    return row->kind == SHAPE_OBJECT || put_whole(at, row, row->minimum - 1);
}

static bool read_by_kind(struct reader *reader, char *out, const struct shape_row *row,
                         const cJSON *value)
{
    void *at = out + row->offset;
    if (row->flags & SHAPE_NULL && cJSON_IsNull(value))
        return read_null(at, row);
    switch (row->kind) {
    case SHAPE_WHOLE:
        return read_number(at, row, value);
    case SHAPE_REAL:
        return read_real(at, row, value);
    case SHAPE_FLAG:
        return read_flag(at, value);
    case SHAPE_TEXT:
        return read_text(reader, at, row, value);
    case SHAPE_WORD:
        return read_word(at, row, value);
    case SHAPE_OBJECT:
        return shape_read_rows(reader, at, row->of.shape, value);
    case SHAPE_LIST:
        return read_list(reader, at, (size_t *)(void *)(out + row->given - 1), row, value);
    case SHAPE_OTHER:
        break;
    }
    return row->of.other->read(reader, at, row, value);
}

/* Objects */

static bool read_member(struct reader *reader, char *out, const struct shape_row *row,
                        const cJSON *member)
{
    if (row->given && row->kind != SHAPE_LIST)
        *(bool *)(out + row->given - 1) = true;
    return read_by_kind(reader, out, row, member) || refuse_by_row(reader, member, row);
}

static bool require(struct reader *reader, const struct shape *shape, uint64_t seen)
{
    char wanted[EXPECTED_SIZE];
    for (size_t i = 0; i < shape->count; i++)
        if (shape->rows[i].flags & SHAPE_REQUIRED && !(seen >> i & 1))
            return reader_complain(reader, "found no field \"%s\", expected %s",
                                   shape->rows[i].name, expected(wanted, &shape->rows[i]));
    return true;
}

bool shape_read_rows(struct reader *reader, void *out, const struct shape *shape,
                     const cJSON *value)
{
    uint64_t seen = 0; /* one bit a row */
    if (!cJSON_IsObject(value))
        return false;
    for (const cJSON *member = value->child; member; member = member->next) {
        size_t i = 0, mark = reader_enter(reader, member->string);
        while (i < shape->count && strcmp(shape->rows[i].name, member->string) != 0)
            i++;
        if (i == shape->count)
            return refuse_unknown(reader, member->string, shape);
        if (seen >> i & 1)
            return reader_complain(reader, "found the field \"%s\" twice, expected it once",
                                   shape->rows[i].name);
        seen |= UINT64_C(1) << i;
        if (!read_member(reader, out, &shape->rows[i], member))
            return false;
        reader_leave(reader, mark);
    }
    return require(reader, shape, seen) && (!shape->check || shape->check(reader, out, value));
}

bool shape_read(struct reader *reader, void *out, const struct shape *shape, const cJSON *value)
{
    if (shape->initial)
        memcpy(out, shape->initial, shape->size);
    else
        memset(out, 0, shape->size);
    return shape_read_rows(reader, out, shape, value) || reader_refuse(reader, value, shape->what);
}

cJSON *reader_parse(struct reader *reader, struct slice json)
{
    *reader->error = (struct document_error){.message = ""};
    if (!syntax_check(json, reader->error))
        return NULL;
    cJSON *root = cJSON_ParseWithLength(json.ptr, json.len);
    if (!root)
        reader_no_memory(reader);
    return root;
}

bool shape_parse(void *out, const struct shape *shape, struct slice json,
                 struct document_error *error)
{
    struct reader reader = {.error = error};
    memset(out, 0, shape->size);
    cJSON *root = reader_parse(&reader, json);
    bool done = root && shape_read(&reader, out, shape, root);
    cJSON_Delete(root);
    if (done)
        reader_leave(&reader, 0); /* the place is only kept beside a complaint */
    return done;
}
