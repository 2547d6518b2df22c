/* The machine behind the tables: walks an object field by field, keeps the JSON pointer of the
 * place, and words the complaint "found …, expected …". What the fields mean is not known here. */
#include "documents/fields.h"
#include "base/suggest.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The place */

/* RFC 6901's escapes; control characters, which are nobody's names, become question marks. A token
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
    if (reader->account)
        used = snprintf(error->message, sizeof error->message, "account %zu: ", reader->account);
    va_start(args, format);
    vsnprintf(error->message + used, sizeof error->message - (size_t)used, format, args);
    va_end(args);
    error->message[utf8_length(slice_of(error->message))] = '\0'; /* nothing half at a cut */
    return false;
}

bool reader_no_memory(struct reader *reader)
{
    reader->error->pointer[0] = '\0';
    reader->account = 0;
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

static const char *describe(char *out, size_t size, const cJSON *value, bool secret)
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
                           describe(text, sizeof text, found, false), expected);
}

static bool refuse_by_row(struct reader *reader, const cJSON *found, const struct field *field)
{
    char text[QUOTED_SIZE + 16];
    describe(text, sizeof text, found, field->flags & FIELD_SECRET);
    if (field->expected)
        return reader_complain(reader, "found %s, expected %s", text, field->expected);
    return reader_complain(reader, "found %s, expected a whole number from %lld to %lld", text,
                           (long long)field->minimum, (long long)field->maximum);
}

static bool refuse_unknown(struct reader *reader, const char *name, const struct field *fields,
                           size_t count)
{
    char list[160] = "", quoted[QUOTED_SIZE];
    size_t used = 0;
    struct suggestions nearest;
    suggestions_init(&nearest, slice_of(name));
    for (size_t i = 0; i < count; i++) {
        suggestions_consider(&nearest, fields[i].name);
        if (used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
                                     fields[i].name);
    }
    return reader_complain(reader,
                           "found the unknown field \"%s\", expected one of %s; did you mean %s?",
                           quote(quoted, name), list, nearest.names[0]);
}

/* Objects */

bool read_object(struct reader *reader, void *out, const cJSON *value, const struct field *fields,
                 size_t count)
{
    unsigned seen = 0; /* one bit a row */
    if (!cJSON_IsObject(value))
        return false;
    for (const cJSON *member = value->child; member; member = member->next) {
        size_t row = 0, mark = reader_enter(reader, member->string);
        while (row < count && strcmp(fields[row].name, member->string) != 0)
            row++;
        if (row == count)
            return refuse_unknown(reader, member->string, fields, count);
        if (seen & 1U << row)
            return reader_complain(reader, "found the field \"%s\" twice, expected it once",
                                   fields[row].name);
        seen |= 1U << row;
        const struct field *field = &fields[row];
        if (!field->parse(reader, (char *)out + field->offset, field, member))
            return refuse_by_row(reader, member, field);
        reader_leave(reader, mark);
    }
    for (size_t row = 0; row < count; row++)
        if (fields[row].flags & FIELD_REQUIRED && !(seen & 1U << row))
            return reader_complain(reader, "found no field \"%s\", expected %s", fields[row].name,
                                   fields[row].expected ? fields[row].expected : "a whole number");
    return true;
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

bool field_u32(struct reader *reader, void *at, const struct field *field, const cJSON *value)
{
    int64_t number;
    (void)reader;
    if (!read_whole(&number, value, field->minimum, field->maximum))
        return false;
    *(uint32_t *)at = (uint32_t)number;
    return true;
}

bool field_u64(struct reader *reader, void *at, const struct field *field, const cJSON *value)
{
    int64_t number;
    (void)reader;
    if (!read_whole(&number, value, field->minimum, field->maximum))
        return false;
    *(uint64_t *)at = (uint64_t)number;
    return true;
}

bool field_int(struct reader *reader, void *at, const struct field *field, const cJSON *value)
{
    int64_t number;
    (void)reader;
    if (!read_whole(&number, value, field->minimum, field->maximum))
        return false;
    *(int *)at = (int)number;
    return true;
}

bool field_double(struct reader *reader, void *at, const struct field *field, const cJSON *value)
{
    int64_t number;
    (void)reader;
    if (!read_whole(&number, value, field->minimum, field->maximum))
        return false;
    *(double *)at = (double)number;
    return true;
}

bool field_probability(struct reader *reader, void *at, const struct field *field,
                       const cJSON *value)
{
    (void)reader;
    (void)field;
    if (!cJSON_IsNumber(value) || !(value->valuedouble >= 0) || value->valuedouble > 1)
        return false;
    *(double *)at = value->valuedouble;
    return true;
}

bool field_bool(struct reader *reader, void *at, const struct field *field, const cJSON *value)
{
    (void)reader;
    (void)field;
    if (!cJSON_IsBool(value))
        return false;
    *(bool *)at = cJSON_IsTrue(value);
    return true;
}

bool is_plain_text(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return false;
    return true;
}

bool field_text(struct reader *reader, void *at, const struct field *field, const cJSON *value)
{
    struct slice text = slice_of(cJSON_GetStringValue(value));
    if (!text.ptr || text.len < (size_t)field->minimum || text.len > (size_t)field->maximum ||
        !is_plain_text(text))
        return false;
    char *copy = read_copy(reader, text);
    memcpy(at, &copy, sizeof copy);
    return copy != NULL;
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
