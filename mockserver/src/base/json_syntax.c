/* Judges whether bytes are a JSON text as RFC 8259 has it, and where they stop being one. cJSON
 * takes them apart afterwards; it alone would take leading zeros, control characters, bytes that
 * are no UTF-8 and texts cut off at a NUL, and could not say where. */
#include "base/json_syntax.h"
#include "base/count_of.h"
#include "base/utf8.h"
#include <stdio.h>

#define DEPTH_MAX 16
#define VALUES_MAX 250000 /* bounds what the tree takes: about 20 MB */
#define NUMBER_LENGTH_MAX 40

struct scanner {
    struct slice json;
    size_t at;
    unsigned depth;
    size_t values;
    struct document_error *error;
};

/* Lines and columns count from 1, columns in characters. */
static bool refuse(struct scanner *scanner, const char *expected)
{
    size_t line = 1, column = 1;
    char found[32] = "the end";
    for (size_t i = 0; i < scanner->at; i++) {
        unsigned char c = (unsigned char)scanner->json.ptr[i];
        line += c == '\n';
        column = c == '\n' ? 1 : column + ((c & 0xc0) != 0x80);
    }
    if (scanner->at < scanner->json.len) {
        unsigned char c = (unsigned char)scanner->json.ptr[scanner->at];
        if (c > ' ' && c < 0x7f)
            snprintf(found, sizeof found, "%c", c);
        else
            snprintf(found, sizeof found, "byte 0x%02x", c);
    }
    scanner->error->pointer[0] = '\0';
    snprintf(scanner->error->message, sizeof scanner->error->message,
             "no JSON: line %zu, column %zu: found %s, expected %s", line, column, found, expected);
    return false;
}

/* -1 at the end. */
static int peek(const struct scanner *scanner)
{
    return scanner->at < scanner->json.len ? (unsigned char)scanner->json.ptr[scanner->at] : -1;
}

static bool take(struct scanner *scanner, char c)
{
    if (peek(scanner) != c)
        return false;
    scanner->at++;
    return true;
}

static void skip_space(struct scanner *scanner)
{
    while (take(scanner, ' ') || take(scanner, '\t') || take(scanner, '\n') || take(scanner, '\r'))
        ;
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

/* Four hexadecimal digits; -1 when they are not there. */
static int scan_hex(struct scanner *scanner)
{
    int value = 0;
    for (int i = 0; i < 4; i++, scanner->at++) {
        int c = peek(scanner), low = c | 0x20;
        if (is_digit(c))
            value = value * 16 + (c - '0');
        else if (low >= 'a' && low <= 'f')
            value = value * 16 + (low - 'a' + 10);
        else
            return -1;
    }
    return value;
}

static bool scan_escape(struct scanner *scanner)
{
    int c = peek(scanner);
    if (c != 'u') {
        if (c <= 0 || !strchr("\"\\/bfnrt", c))
            return refuse(scanner, "one of \" \\ / b f n r t u after \\");
        scanner->at++;
        return true;
    }
    size_t start = scanner->at++;
    int unit = scan_hex(scanner);
    if (unit < 0)
        return refuse(scanner, "four hexadecimal digits after \\u");
    bool high = unit >= 0xd800 && unit <= 0xdbff;
    if (high && take(scanner, '\\') && take(scanner, 'u')) {
        unit = scan_hex(scanner);
        high = unit < 0xdc00 || unit > 0xdfff;
    } else
        high = high || (unit >= 0xdc00 && unit <= 0xdfff);
    if (!high && unit)
        return true;
    scanner->at = start;
    return refuse(scanner, unit ? "whole surrogate pairs" : "no \\u0000, which texts cannot hold");
}

static bool scan_text(struct scanner *scanner)
{
    if (!take(scanner, '"'))
        return refuse(scanner, "a text in double quotes");
    while (!take(scanner, '"')) {
        if (peek(scanner) < 0)
            return refuse(scanner, "the closing double quote of a text");
        if (peek(scanner) < ' ')
            return refuse(scanner, "control characters in texts to be escaped");
        if (take(scanner, '\\')) {
            if (!scan_escape(scanner))
                return false;
        } else
            scanner->at++;
    }
    return true;
}

static bool scan_digits(struct scanner *scanner)
{
    if (!is_digit(peek(scanner)))
        return refuse(scanner, "a digit");
    while (is_digit(peek(scanner)))
        scanner->at++;
    return true;
}

static bool scan_number(struct scanner *scanner)
{
    size_t start = scanner->at;
    take(scanner, '-');
    if (take(scanner, '0')) {
        if (is_digit(peek(scanner)))
            return refuse(scanner, "no digit after a leading zero");
    } else if (!scan_digits(scanner))
        return false;
    if (take(scanner, '.') && !scan_digits(scanner))
        return false;
    if (take(scanner, 'e') || take(scanner, 'E')) {
        if (!take(scanner, '+'))
            take(scanner, '-');
        if (!scan_digits(scanner))
            return false;
    }
    if (scanner->at - start <= NUMBER_LENGTH_MAX)
        return true;
    scanner->at = start;
    return refuse(scanner, "a number of at most " TEXT_OF(NUMBER_LENGTH_MAX) " characters");
}

static bool scan_word(struct scanner *scanner, const char *word)
{
    size_t len = strlen(word);
    if (scanner->json.len - scanner->at < len ||
        memcmp(scanner->json.ptr + scanner->at, word, len) != 0)
        return refuse(scanner, "a value");
    scanner->at += len;
    return true;
}

static bool scan_value(struct scanner *scanner);

/* The inside of an object or array, from behind its opening bracket. */
static bool scan_members(struct scanner *scanner, bool object)
{
    char close = object ? '}' : ']';
    skip_space(scanner);
    if (take(scanner, close))
        return true;
    for (;;) {
        skip_space(scanner);
        if (object) {
            if (!scan_text(scanner))
                return false;
            skip_space(scanner);
            if (!take(scanner, ':'))
                return refuse(scanner, "a colon after the name");
        }
        if (!scan_value(scanner))
            return false;
        skip_space(scanner);
        if (take(scanner, close))
            return true;
        if (!take(scanner, ','))
            return refuse(scanner, object ? "a comma or }" : "a comma or ]");
    }
}

static bool scan_value(struct scanner *scanner)
{
    skip_space(scanner);
    if (++scanner->values > VALUES_MAX)
        return refuse(scanner, "at most " TEXT_OF(VALUES_MAX) " values");
    int c = peek(scanner);
    switch (c) {
    case '{':
    case '[':
        if (++scanner->depth > DEPTH_MAX)
            return refuse(scanner, "at most " TEXT_OF(DEPTH_MAX) " levels of nesting");
        scanner->at++;
        if (!scan_members(scanner, c == '{'))
            return false;
        scanner->depth--;
        return true;
    case '"':
        return scan_text(scanner);
    case 't':
        return scan_word(scanner, "true");
    case 'f':
        return scan_word(scanner, "false");
    case 'n':
        return scan_word(scanner, "null");
    default:
        return c == '-' || is_digit(c) ? scan_number(scanner) : refuse(scanner, "a value");
    }
}

bool syntax_check(struct slice json, struct document_error *error)
{
    struct scanner scanner = {.json = json, .error = error};
    error->pointer[0] = '\0';
    if (json.len > DOCUMENT_BYTES_MAX) {
        snprintf(error->message, sizeof error->message,
                 "found %zu bytes, expected a document of at most " TEXT_OF(DOCUMENT_BYTES_MAX),
                 json.len);
        return false;
    }
    scanner.at = utf8_length(json);
    if (scanner.at < json.len)
        return refuse(&scanner, "UTF-8");
    scanner.at = json.len >= 3 && memcmp(json.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (!scan_value(&scanner))
        return false;
    skip_space(&scanner);
    return scanner.at == json.len || refuse(&scanner, "nothing after the document");
}
