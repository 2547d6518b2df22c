/* Values: a text is judged by its option's row, wherever it comes from. */
#include "internal.h"
#include "text.h"
#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

bool refuse(char why[CMDLINE_WHY_SIZE], const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_print_list(why, CMDLINE_WHY_SIZE, format, list);
    va_end(list);
    return false;
}

const char *flag_name(char out[CMDLINE_NAME_SIZE], const struct cmdline_option *option)
{
    snprintf(out, CMDLINE_NAME_SIZE, "--%s", option->name);
    for (char *at = out; (at = strchr(at, '_')) != NULL;)
        *at = '-';
    return out;
}

const char *variable_name(char out[CMDLINE_NAME_SIZE], const struct cmdline_program *program,
                          const struct cmdline_option *option)
{
    snprintf(out, CMDLINE_NAME_SIZE, "%s%s", program->prefix, option->name);
    for (char *at = out; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    return out;
}

const char *cmdline_source(char out[CMDLINE_NAME_SIZE], const struct cmdline *line, size_t id)
{
    const struct cmdline_option *option = &line->program->options[id];
    if (line->values[id].source == CMDLINE_ENVIRONMENT)
        return variable_name(out, line->program, option);
    return flag_name(out, option);
}

bool words_find(size_t *place, const char *words, char separator, const char *word, size_t length)
{
    const char separators[] = {separator, '\0'};
    for (*place = 0; words && *words; ++*place) {
        size_t span = strcspn(words, separators);
        if (span == length && strncasecmp(words, word, length) == 0)
            return true;
        words += span + (words[span] != '\0');
    }
    return false;
}

/* Decimal digits; NULL when there are none or their number is over the maximum, else what follows
 * them. */
static const char *read_digits(long *out, const char *text, long maximum)
{
    const char *at = text;
    for (*out = 0; *at >= '0' && *at <= '9'; at++) {
        if (*out > (maximum - (*at - '0')) / 10)
            return NULL;
        *out = *out * 10 + (*at - '0');
    }
    return at == text ? NULL : at;
}

bool cmdline_whole(long *out, const char *text, long minimum, long maximum)
{
    const char *end = read_digits(out, text, maximum);
    return end && *end == '\0' && *out >= minimum && *out <= maximum;
}

/* "30" or "0.25" seconds as milliseconds; what is finer than a millisecond is cut off. */
static bool read_seconds(long *out_ms, const char *text, long minimum, long maximum)
{
    long whole = 0, thousandths = 0, place = 100;
    const char *at = read_digits(&whole, text, maximum / 1000);
    if (!at || (at[0] == '.' && at[1] == '\0'))
        return false;
    for (at += *at == '.' ? 1 : 0; at[0] >= '0' && at[0] <= '9'; at++, place /= 10)
        thousandths += place * (*at - '0');
    *out_ms = whole * 1000 + thousandths;
    return *at == '\0' && *out_ms >= minimum && *out_ms <= maximum;
}

static void print_seconds(char out[32], long ms)
{
    snprintf(out, 32, ms % 1000 ? "%ld.%03ld" : "%ld", ms / 1000, ms % 1000);
}

static bool refuse_seconds(const struct cmdline_option *option, const char *name, const char *text,
                           char *why)
{
    char minimum[32], maximum[32];
    print_seconds(minimum, option->minimum);
    print_seconds(maximum, option->maximum);
    return refuse(why, "%s '%s': expected seconds from %s to %s", name, TEXT_START(text, 40),
                  minimum, maximum);
}

const char *words_text(char out[CMDLINE_TEXT_SIZE], const char *words)
{
    size_t used = 0;
    out[0] = '\0';
    while (*words && used < CMDLINE_TEXT_SIZE) {
        size_t span = strcspn(words, "|");
        const char *rest = words + span + strspn(words + span, "|");
        const char *next = rest + strcspn(rest, "|");
        const char *after = *rest == '\0' ? "" : next[strspn(next, "|")] ? ", " : " or ";
        used += (size_t)snprintf(out + used, CMDLINE_TEXT_SIZE - used, "%.*s%s", (int)span, words,
                                 after);
        words = rest;
    }
    return out;
}

static bool set_switch(long *out, const char *name, const char *text, enum cmdline_source from,
                       char *why)
{
    *out = text[0] == '1';
    if (strcmp(text, "0") == 0 || strcmp(text, "1") == 0)
        return true;
    if (from == CMDLINE_FLAG)
        return refuse(why, "%s takes no value; after '=' is expected 1 or 0", name);
    return refuse(why, "%s '%s': expected 1 or 0", name, TEXT_START(text, 40));
}

static bool judge(struct cmdline_value *value, const struct cmdline_option *option,
                  const char *name, const char *text, char *why)
{
    char words[CMDLINE_TEXT_SIZE];
    size_t place = 0;
    switch (option->kind) {
    case CMDLINE_TEXT:
        return (long)strlen(text) >= option->minimum ||
               refuse(why, "%s needs a value: %s %s", name, name, option->argument);
    case CMDLINE_WHOLE:
        return cmdline_whole(&value->number, text, option->minimum, option->maximum) ||
               refuse(why, "%s '%s': expected a number from %ld to %ld", name, TEXT_START(text, 40),
                      option->minimum, option->maximum);
    case CMDLINE_SECONDS:
        return read_seconds(&value->number, text, option->minimum, option->maximum) ||
               refuse_seconds(option, name, text, why);
    case CMDLINE_WORD:
        if (!words_find(&place, option->words, '|', text, strlen(text)))
            return refuse(why, "%s '%s': expected %s", name, TEXT_START(text, 40),
                          words_text(words, option->words));
        value->number = (long)place;
        return true;
    case CMDLINE_SWITCH:
        return set_switch(&value->number, name, text, value->source, why);
    case CMDLINE_MAYBE:
        value->number = text[0] == '1';
        return strcmp(text, "0") == 0 || strcmp(text, "1") == 0 ||
               cmdline_whole(&value->number, text, option->minimum, option->maximum) ||
               refuse(why, "%s '%s': expected a number from %ld to %ld, or 1 or 0", name,
                      TEXT_START(text, 40), option->minimum, option->maximum);
    case CMDLINE_LIST:
        return (long)value->count < option->maximum ||
               refuse(why, "%s: given more than %ld times", name, option->maximum);
    case CMDLINE_REFUSED:
        break;
    }
    return false;
}

bool value_set(struct cmdline *line, size_t id, enum cmdline_source from, const char *text,
               char why[CMDLINE_WHY_SIZE])
{
    const struct cmdline_option *option = &line->program->options[id];
    struct cmdline_value *value = &line->values[id];
    char name[CMDLINE_NAME_SIZE];
    value->source = from;
    cmdline_source(name, line, id);
    if (!judge(value, option, name, text, why))
        return false;
    if (option->kind != CMDLINE_LIST)
        value->count = 0;
    value->items[value->count++] = text;
    return true;
}

const char *cmdline_text(const struct cmdline *line, size_t id)
{
    return line->values[id].count ? line->values[id].items[0] : NULL;
}

long cmdline_number(const struct cmdline *line, size_t id)
{
    return line->values[id].number;
}

bool cmdline_given(const struct cmdline *line, size_t id)
{
    return line->values[id].source != CMDLINE_DEFAULT;
}
