/* A strict push reader of JSON: a state machine over bytes, whose state fits in a struct. It knows
 * the grammar and nothing of the API; which values matter is scan.c's affair. Bytes inside strings
 * are handed on as they are: whether they are UTF-8 is for who shows them. */
#include "json.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Where in a number we are. The named ones may be its end. */
enum {
    NUMBER_MINUS = 0,
    NUMBER_ZERO,
    NUMBER_INTEGER,
    NUMBER_POINT,
    NUMBER_FRACTION,
    NUMBER_E,
    NUMBER_E_SIGN,
    NUMBER_EXPONENT,
    NUMBER_NEVER,
};

__attribute__((format(printf, 2, 3))) static void refuse(struct ai_json *json, const char *format,
                                                         ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(json->why, sizeof json->why, format, arguments);
    va_end(arguments);
    json->state = JSON_BAD;
}

static void refuse_byte(struct ai_json *json, unsigned char byte, const char *wanted)
{
    if (byte > ' ' && byte < 0x7F)
        refuse(json, "'%c' at byte %zu, where %s is due", byte, json->offset + 1, wanted);
    else
        refuse(json, "0x%02x at byte %zu, where %s is due", byte, json->offset + 1, wanted);
}

static void tell(struct ai_json *json, enum ai_json_event event, const char *text, size_t size)
{
    json->handle(json->context, event, text, size);
}

static bool in_object(const struct ai_json *json)
{
    return json->depth > 0 && (json->objects >> (json->depth - 1) & 1);
}

static void value_ended(struct ai_json *json)
{
    json->state = json->depth ? JSON_WANT_COMMA_OR_END : JSON_DONE;
}

static void open_container(struct ai_json *json, bool object)
{
    if (json->depth == JSON_DEPTH_MAX) {
        refuse(json, "nested deeper than %d at byte %zu", JSON_DEPTH_MAX, json->offset + 1);
        return;
    }
    uint64_t bit = (uint64_t)1 << json->depth++;
    json->objects = object ? json->objects | bit : json->objects & ~bit;
    json->state = object ? JSON_WANT_KEY_OR_END : JSON_WANT_VALUE_OR_END;
    tell(json, object ? JSON_OBJECT : JSON_ARRAY, NULL, 0);
}

static void close_container(struct ai_json *json)
{
    bool object = in_object(json);
    json->depth--;
    value_ended(json);
    tell(json, object ? JSON_OBJECT_END : JSON_ARRAY_END, NULL, 0);
}

static void open_string(struct ai_json *json, bool key)
{
    json->in_key = key;
    json->state = JSON_IN_STRING;
    tell(json, key ? JSON_KEY : JSON_STRING, NULL, 0);
}

static void open_literal(struct ai_json *json, enum ai_json_event event, const char *rest)
{
    json->literal = rest;
    json->literal_event = event;
    json->state = JSON_IN_LITERAL;
}

/* Takes one byte of a number: the part it leads to, NUMBER_NEVER when the number ends before it. */
static unsigned number_step(unsigned part, char c)
{
    bool digit = c >= '0' && c <= '9';
    bool e = c == 'e' || c == 'E';
    switch (part) {
    case NUMBER_MINUS:
        return c == '0' ? NUMBER_ZERO : digit ? NUMBER_INTEGER : NUMBER_NEVER;
    case NUMBER_ZERO:
        return c == '.' ? NUMBER_POINT : e ? NUMBER_E : NUMBER_NEVER;
    case NUMBER_INTEGER:
        return digit ? NUMBER_INTEGER : c == '.' ? NUMBER_POINT : e ? NUMBER_E : NUMBER_NEVER;
    case NUMBER_POINT:
        return digit ? NUMBER_FRACTION : NUMBER_NEVER;
    case NUMBER_FRACTION:
        return digit ? NUMBER_FRACTION : e ? NUMBER_E : NUMBER_NEVER;
    case NUMBER_E:
        return c == '+' || c == '-' ? NUMBER_E_SIGN : digit ? NUMBER_EXPONENT : NUMBER_NEVER;
    default:
        return digit ? NUMBER_EXPONENT : NUMBER_NEVER;
    }
}

static bool number_may_end(unsigned part)
{
    return part == NUMBER_ZERO || part == NUMBER_INTEGER || part == NUMBER_FRACTION ||
           part == NUMBER_EXPONENT;
}

static void keep_digit(struct ai_json *json, char c)
{
    if (json->number_size < sizeof json->number)
        json->number[json->number_size++] = c;
}

static void open_number(struct ai_json *json, char c)
{
    json->state = JSON_IN_NUMBER;
    json->number_part = c == '-' ? NUMBER_MINUS : number_step(NUMBER_MINUS, c);
    json->number_size = 0;
    keep_digit(json, c);
}

static void end_number(struct ai_json *json)
{
    value_ended(json);
    tell(json, JSON_NUMBER, json->number, json->number_size);
}

/* True when the byte belonged to the number. */
static bool read_number(struct ai_json *json, char c)
{
    unsigned next = number_step(json->number_part, c);
    if (next != NUMBER_NEVER) {
        json->number_part = next;
        keep_digit(json, c);
        return true;
    }
    if (!number_may_end(json->number_part)) {
        refuse_byte(json, (unsigned char)c, "a digit");
        return true;
    }
    end_number(json);
    return false;
}

static void read_literal(struct ai_json *json, char c)
{
    if (c != *json->literal) {
        refuse_byte(json, (unsigned char)c, "the rest of true, false or null");
        return;
    }
    if (*++json->literal)
        return;
    value_ended(json);
    tell(json, json->literal_event, NULL, 0);
}

static void read_value(struct ai_json *json, char c)
{
    switch (c) {
    case '{':
    case '[':
        open_container(json, c == '{');
        return;
    case '"':
        open_string(json, false);
        return;
    case 't':
        open_literal(json, JSON_TRUE, "rue");
        return;
    case 'f':
        open_literal(json, JSON_FALSE, "alse");
        return;
    case 'n':
        open_literal(json, JSON_NULL, "ull");
        return;
    default:
        if (c == '-' || (c >= '0' && c <= '9'))
            open_number(json, c);
        else
            refuse_byte(json, (unsigned char)c, json->depth ? "a value" : "a JSON value");
    }
}

static void tell_character(struct ai_json *json, uint32_t value)
{
    char text[4];
    size_t size = 0;
    if (value < 0x80) {
        text[size++] = (char)value;
    } else if (value < 0x800) {
        text[size++] = (char)(0xC0 | value >> 6);
    } else if (value < 0x10000) {
        text[size++] = (char)(0xE0 | value >> 12);
        text[size++] = (char)(0x80 | (value >> 6 & 0x3F));
    } else {
        text[size++] = (char)(0xF0 | value >> 18);
        text[size++] = (char)(0x80 | (value >> 12 & 0x3F));
        text[size++] = (char)(0x80 | (value >> 6 & 0x3F));
    }
    if (value >= 0x80)
        text[size++] = (char)(0x80 | (value & 0x3F));
    tell(json, JSON_TEXT, text, size);
}

/* A first half of a surrogate pair whose other half did not follow stands for nothing. */
static void drop_surrogate(struct ai_json *json)
{
    if (json->high_surrogate)
        tell_character(json, 0xFFFD);
    json->high_surrogate = 0;
}

static void end_unicode(struct ai_json *json)
{
    uint32_t value = json->unicode;
    json->state = JSON_IN_STRING;
    if (value >= 0xDC00 && value <= 0xDFFF && json->high_surrogate) {
        uint32_t high = json->high_surrogate;
        json->high_surrogate = 0;
        tell_character(json, 0x10000 + ((high - 0xD800) << 10) + (value - 0xDC00));
        return;
    }
    drop_surrogate(json);
    if (value >= 0xD800 && value <= 0xDBFF)
        json->high_surrogate = value;
    else
        tell_character(json, value >= 0xDC00 && value <= 0xDFFF ? 0xFFFD : value);
}

static void read_unicode(struct ai_json *json, char c)
{
    uint32_t digit;
    if (c >= '0' && c <= '9')
        digit = (uint32_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
        digit = (uint32_t)(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
        digit = (uint32_t)(c - 'A' + 10);
    else {
        refuse_byte(json, (unsigned char)c, "a hexadecimal digit");
        return;
    }
    json->unicode = json->unicode << 4 | digit;
    if (++json->unicode_digits == 4)
        end_unicode(json);
}

static void read_escape(struct ai_json *json, char c)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    if (c == 'u') {
        json->unicode = 0;
        json->unicode_digits = 0;
        json->state = JSON_IN_UNICODE;
        return;
    }
    const char *letter = c ? strchr(letters, c) : NULL;
    if (!letter) {
        refuse_byte(json, (unsigned char)c, "an escape of JSON");
        return;
    }
    drop_surrogate(json);
    json->state = JSON_IN_STRING;
    tell(json, JSON_TEXT, &meanings[letter - letters], 1);
}

static bool is_special(char c)
{
    return c == '"' || c == '\\' || (unsigned char)c < ' ';
}

/* How many bytes from here on stand for themselves. Long strings are gone through in blocks without
 * a branch inside, which compilers turn into vector instructions. */
static size_t plain_run(const char *bytes, size_t size)
{
    enum { BLOCK = 64 };
    size_t i = 0;
    for (; size - i >= BLOCK; i += BLOCK) {
        unsigned char special = 0;
        for (size_t j = 0; j < BLOCK; j++) {
            unsigned char c = (unsigned char)bytes[i + j];
            special |= (unsigned char)((c == '"') | (c == '\\') | (c < ' '));
        }
        if (special)
            break;
    }
    while (i < size && !is_special(bytes[i]))
        i++;
    return i;
}

/* Returns the bytes taken, at least one. */
static size_t read_string(struct ai_json *json, const char *bytes, size_t size)
{
    size_t run = plain_run(bytes, size);
    if (run) {
        drop_surrogate(json);
        tell(json, JSON_TEXT, bytes, run);
        return run;
    }
    if (*bytes == '\\') {
        json->state = JSON_IN_ESCAPE;
    } else if (*bytes == '"') {
        drop_surrogate(json);
        if (json->in_key)
            json->state = JSON_WANT_COLON;
        else
            value_ended(json);
        tell(json, json->in_key ? JSON_KEY_END : JSON_STRING_END, NULL, 0);
    } else {
        refuse_byte(json, (unsigned char)*bytes, "a character or its escape");
    }
    return 1;
}

/* Between the tokens. */
static void read_between(struct ai_json *json, char c)
{
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
        return;
    bool end = c == (in_object(json) ? '}' : ']');
    switch (json->state) {
    case JSON_WANT_VALUE:
    case JSON_WANT_VALUE_OR_END:
        if (end && json->state == JSON_WANT_VALUE_OR_END)
            close_container(json);
        else
            read_value(json, c);
        return;
    case JSON_WANT_KEY:
    case JSON_WANT_KEY_OR_END:
        if (end && json->state == JSON_WANT_KEY_OR_END)
            close_container(json);
        else if (c == '"')
            open_string(json, true);
        else
            refuse_byte(json, (unsigned char)c, "a key");
        return;
    case JSON_WANT_COLON:
        if (c == ':')
            json->state = JSON_WANT_VALUE;
        else
            refuse_byte(json, (unsigned char)c, "a colon");
        return;
    case JSON_WANT_COMMA_OR_END:
        if (end)
            close_container(json);
        else if (c == ',')
            json->state = in_object(json) ? JSON_WANT_KEY : JSON_WANT_VALUE;
        else
            refuse_byte(json, (unsigned char)c, "a comma or the end of the container");
        return;
    default:
        refuse_byte(json, (unsigned char)c, "the end of the text");
    }
}

void ai_json_feed(struct ai_json *json, const char *bytes, size_t size)
{
    size_t taken;
    for (; size > 0 && json->state != JSON_BAD; bytes += taken, size -= taken) {
        taken = 1;
        switch (json->state) {
        case JSON_IN_STRING:
            taken = read_string(json, bytes, size);
            break;
        case JSON_IN_ESCAPE:
            read_escape(json, *bytes);
            break;
        case JSON_IN_UNICODE:
            read_unicode(json, *bytes);
            break;
        case JSON_IN_NUMBER:
            taken = read_number(json, *bytes) ? 1 : 0;
            break;
        case JSON_IN_LITERAL:
            read_literal(json, *bytes);
            break;
        default:
            read_between(json, *bytes);
        }
        json->offset += taken;
    }
}

bool ai_json_finish(struct ai_json *json)
{
    if (json->state == JSON_IN_NUMBER && json->depth == 0 && number_may_end(json->number_part))
        end_number(json);
    if (json->state == JSON_DONE || json->state == JSON_BAD)
        return json->state == JSON_DONE;
    if (json->offset == 0)
        refuse(json, "it is empty");
    else
        refuse(json, "it ends after byte %zu, in the middle of the JSON", json->offset);
    return false;
}
