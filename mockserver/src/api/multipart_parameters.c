/* Headers as clients write them: liberal with quotes and white space, strict where two readings are
 * possible. */
#include "api/multipart_parameters.h"

#include <stdarg.h>
#include <stdio.h>

bool multipart_refuse(char why[MULTIPART_WHY_SIZE], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, MULTIPART_WHY_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

struct multipart_echo multipart_echo(struct slice raw)
{
    struct multipart_echo echo;
    size_t kept = raw.len < ECHO_MAX ? raw.len : ECHO_MAX;
    for (size_t i = 0; i < kept; i++)
        echo.text[i] = (char)(raw.ptr[i] >= 0x20 && raw.ptr[i] < 0x7f ? raw.ptr[i] : '?');
    memcpy(echo.text + kept, raw.len > kept ? "..." : "", raw.len > kept ? 4 : 1);
    return echo;
}

void multipart_skip(struct slice *rest, size_t count)
{
    rest->ptr += count;
    rest->len -= count;
}

bool multipart_starts_with(struct slice text, struct slice prefix)
{
    return text.len >= prefix.len && memcmp(text.ptr, prefix.ptr, prefix.len) == 0;
}

bool multipart_is_token(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_letter_or_digit(text.ptr[i]) && !is_one_of(text.ptr[i], "!#$%&'*+-.^_`|~"))
            return false;
    return text.len > 0;
}

bool multipart_has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_control(text.ptr[i]))
            return true;
    return false;
}

static bool is_blank(char c)
{
    return is_one_of(c, " \t\r\n");
}

static void skip_blanks(struct slice *rest)
{
    while (rest->len > 0 && is_blank(*rest->ptr))
        multipart_skip(rest, 1);
}

struct slice multipart_trim(struct slice text)
{
    skip_blanks(&text);
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

struct slice multipart_take_type(struct slice *rest)
{
    const char *semicolon = rest->len ? memchr(rest->ptr, ';', rest->len) : NULL;
    struct slice type = {rest->ptr, semicolon ? (size_t)(semicolon - rest->ptr) : rest->len};
    multipart_skip(rest, type.len);
    return multipart_trim(type);
}

/* Takes a quoted value off *rest, which starts at the opening quote. A backslash hides the next
 * character from the search for the closing quote and stays in the slice, which reads both
 * filename="a\"b.jpg" and filename="C:\x\y.jpg" as their senders meant them. Returns what is
 * wrong, or NULL. */
static const char *take_quoted(struct slice *rest, struct slice *value)
{
    multipart_skip(rest, 1);
    for (size_t i = 0; i < rest->len; i++) {
        if (is_control(rest->ptr[i]))
            return "breaks its line inside quotes; expected it on one line";
        if (rest->ptr[i] == '"') {
            *value = slice_make(rest->ptr, i);
            multipart_skip(rest, i + 1);
            return NULL;
        }
        if (rest->ptr[i] == '\\')
            i++; /* at the end this leaves the loop: not closed */
    }
    return "has an opening quote and no closing one";
}

/* Takes an unquoted value off *rest. Wider than RFC 9110's token: clients send boundaries with '='
 * and file names with '/' or letters beyond ASCII unquoted, and only white space, ';' and quotes
 * could be read in two ways. The empty value of "name=" is one, too. */
static const char *take_unquoted(struct slice *rest, struct slice *value)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != ';' && !is_blank(rest->ptr[len])) {
        if (rest->ptr[len] == '"')
            return "has a quote inside its value; expected quotes around it all";
        len++;
    }
    *value = slice_make(rest->ptr, len);
    multipart_skip(rest, len);
    return NULL;
}

/* Takes one name=value off *rest, which starts at the name. Returns what is wrong, or NULL. */
static const char *take_parameter(struct slice *rest, struct slice *name, struct slice *value)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != '=' && rest->ptr[len] != ';')
        len++;
    *name = slice_make(rest->ptr, len);
    if (len == rest->len || rest->ptr[len] != '=' || !multipart_is_token(*name))
        return "is not of the form name=value";
    multipart_skip(rest, len + 1);
    bool quoted = rest->len > 0 && *rest->ptr == '"';
    const char *wrong = quoted ? take_quoted(rest, value) : take_unquoted(rest, value);
    if (wrong)
        return wrong;
    skip_blanks(rest);
    if (rest->len > 0 && *rest->ptr != ';')
        return "is followed by text; expected ';', or quotes around it all";
    return NULL;
}

/* Whether the parameter is key in a spelling of RFC 2231: name*, name*0 and the like. Not for a key
 * whose spelling with a star is one of the keys. */
static bool spells_again(struct slice name, const char *const keys[], size_t count, size_t key)
{
    const size_t len = strlen(keys[key]);
    if (name.len <= len || name.ptr[len] != '*' ||
        !slice_equal_nocase(slice_make(name.ptr, len), slice_of(keys[key])))
        return false;
    for (size_t k = 0; k < count; k++)
        if (strncmp(keys[k], keys[key], len) == 0 && strcmp(keys[k] + len, "*") == 0)
            return false;
    return true;
}

/* Parsers that know RFC 2231 take the other spelling for the value, and the rest the plain one. */
static bool check_spellings(const struct slice found[], unsigned again, const char *where,
                            const char *const keys[], size_t count, char why[MULTIPART_WHY_SIZE])
{
    for (size_t k = 0; k < count; k++)
        if (found[k].ptr && again & 1u << k)
            return multipart_refuse(
                why,
                "%s: parameter %s is also given as %s*, which parsers read differently; "
                "expected it once",
                where, keys[k], keys[k]);
    return true;
}

bool multipart_read_parameters(struct slice rest, const char *where, const char *const keys[],
                               struct slice found[], size_t count, char why[MULTIPART_WHY_SIZE])
{
    unsigned again = 0; /* a bit for each key that came in a second spelling */
    for (;;) {
        while (rest.len > 0 && (*rest.ptr == ';' || is_blank(*rest.ptr)))
            multipart_skip(&rest,
                           1); /* empty parameters and a trailing ';' are harmless, and sent */
        if (rest.len == 0)
            return check_spellings(found, again, where, keys, count, why);
        struct slice name, value;
        const char *wrong = take_parameter(&rest, &name, &value);
        if (wrong)
            return multipart_refuse(why, "%s: parameter %s %s", where,
                                    multipart_echo(multipart_trim(name)).text, wrong);
        for (size_t k = 0; k < count; k++) {
            again |= spells_again(name, keys, count, k) ? 1u << k : 0;
            if (!slice_equal_nocase(name, slice_of(keys[k])))
                continue;
            if (found[k].ptr)
                return multipart_refuse(why, "%s: parameter %s is given twice; expected once",
                                        where, keys[k]);
            found[k] = value;
        }
    }
}
