/* One table drives parsing, environment and help, so that they cannot disagree. */
#include "options.h"
#include "base/suggest.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { KIND_TEXT, KIND_NUMBER, KIND_SWITCH, KIND_LIST };

struct row {
    const char *id;
    enum kind kind;
    const char *argument;
    long minimum, maximum;
    const char *help;
};

static const struct row rows[] = {
#define MOCK_OPTION(id, kind, argument, minimum, maximum, help)                                    \
    {#id, KIND_##kind, argument, minimum, maximum, help},
#include "options.def"
};

static void flag_name(char *out, size_t size, const struct row *row)
{
    snprintf(out, size, "--%s", row->id);
    for (; *out; out++)
        if (*out == '_')
            *out = '-';
}

static void variable_name(char *out, size_t size, const struct row *row)
{
    snprintf(out, size, "AILAB_MOCK_%s", row->id);
    for (; *out; out++)
        if (*out >= 'a' && *out <= 'z')
            *out = (char)(*out - 'a' + 'A');
}

static bool parse_number(const struct row *row, const char *name, const char *text, long *out,
                         char *why)
{
    char *end;
    errno = 0;
    *out = strtol(text, &end, 10);
    /* Digits alone: strtol() would take white space and a sign too. */
    if (!errno && *text >= '0' && *text <= '9' && !*end && *out >= row->minimum &&
        *out <= row->maximum)
        return true;
    snprintf(why, OPTION_WHY_SIZE, "%s '%.40s': expected a number from %ld to %ld", name, text,
             row->minimum, row->maximum);
    return false;
}

static bool add_to_list(struct option_values *out, enum option_id id, const char *name,
                        const char *text, char *why)
{
    if (out->list_count[id] == OPTION_LIST_MAX) {
        snprintf(why, OPTION_WHY_SIZE, "%s: given more than %d times", name, OPTION_LIST_MAX);
        return false;
    }
    out->list[id][out->list_count[id]++] = text;
    return true;
}

static bool set_value(struct option_values *out, enum option_id id, const char *name,
                      const char *text, char *why)
{
    out->given[id] = true;
    switch (rows[id].kind) {
    case KIND_TEXT:
        out->text[id] = text;
        return true;
    case KIND_NUMBER:
        return parse_number(&rows[id], name, text, &out->number[id], why);
    case KIND_SWITCH:
        out->number[id] = strcmp(text, "0") != 0;
        if (strcmp(text, "0") == 0 || strcmp(text, "1") == 0)
            return true;
        snprintf(why, OPTION_WHY_SIZE, "%s '%.40s': expected 1 or 0", name, text);
        return false;
    case KIND_LIST:
        return add_to_list(out, id, name, text, why);
    }
    return false;
}

static void refuse_unknown(const char *flag, char *why)
{
    char names[OPTION_COUNT][64];
    struct suggestions suggestions;
    suggestions_init(&suggestions, slice_of(flag));
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        flag_name(names[i], sizeof names[i], &rows[i]);
        suggestions_consider(&suggestions, names[i]);
    }
    const char *meant = suggestions_nearest(&suggestions, 3); /* further away is no help */
    snprintf(why, OPTION_WHY_SIZE, "unknown option '%.60s'%s%s%s; see --help", flag,
             meant ? ": did you mean " : "", meant ? meant : "", meant ? "?" : "");
}

/* --flag=value and --flag value; a switch takes no value. Returns the arguments used, 0 for a
 * refusal. */
static int parse_one(struct option_values *out, int count, char *const *arguments, char *why)
{
    char name[64];
    size_t len = strcspn(arguments[0], "=");
    const char *value = arguments[0][len] ? arguments[0] + len + 1 : NULL;
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        flag_name(name, sizeof name, &rows[id]);
        if (strlen(name) != len || strncmp(arguments[0], name, len) != 0)
            continue;
        if (rows[id].kind == KIND_SWITCH)
            return set_value(out, id, name, value ? value : "1", why) ? 1 : 0;
        if (value)
            return set_value(out, id, name, value, why) ? 1 : 0;
        if (count > 1)
            return set_value(out, id, name, arguments[1], why) ? 2 : 0;
        snprintf(why, OPTION_WHY_SIZE, "%s: needs a value, %s", name, rows[id].argument);
        return 0;
    }
    if (arguments[0][0] == '-')
        refuse_unknown(arguments[0], why);
    else
        snprintf(why, OPTION_WHY_SIZE, "unexpected argument '%.60s'; see --help", arguments[0]);
    return 0;
}

static bool read_variable(struct option_values *out, enum option_id id, char *why)
{
    char name[64];
    variable_name(name, sizeof name, &rows[id]);
    const char *text = getenv(name);
    if (!text || !*text)
        return true;
    if (rows[id].kind != KIND_LIST)
        return set_value(out, id, name, text, why);
    out->split[id] = strdup(text);
    char *rest = out->split[id], *item;
    while (rest && (item = strsep(&rest, ",")) != NULL)
        if (*item && !set_value(out, id, name, item, why))
            return false;
    return true;
}

/* The two are one setting, the address: either flag wins over both variables. */
static bool is_overruled(const struct option_values *values, bool address_given, enum option_id id)
{
    bool is_address = id == OPTION_listen || id == OPTION_port;
    return values->given[id] || (is_address && address_given);
}

bool options_parse(struct option_values *out, int count, char *const *arguments,
                   char why[OPTION_WHY_SIZE])
{
    memset(out, 0, sizeof *out);
    while (count > 0) {
        int used = parse_one(out, count, arguments, why);
        if (!used)
            return false;
        count -= used;
        arguments += used;
    }
    bool address_given = out->given[OPTION_listen] || out->given[OPTION_port];
    for (enum option_id id = 0; id < OPTION_COUNT; id++)
        if (!is_overruled(out, address_given, id) && !read_variable(out, id, why))
            return false;
    return true;
}

void options_clear(struct option_values *values)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        free(values->split[i]);
}

#define HELP_COLUMN 30
#define HELP_WIDTH 80

static void print_wrapped(const char *text, int column)
{
    while (*text) {
        size_t len = strcspn(text, " ");
        if (column > HELP_COLUMN && column + (int)len + 1 > HELP_WIDTH) {
            printf("\n%*s", HELP_COLUMN, "");
            column = HELP_COLUMN;
        }
        column += printf("%s%.*s", column > HELP_COLUMN ? " " : "", (int)len, text);
        text += len + (text[len] == ' ');
    }
    putchar('\n');
}

void options_print_help(void)
{
    char name[64];
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        flag_name(name, sizeof name, &rows[i]);
        int column = printf("  %s %s", name, rows[i].argument);
        if (column >= HELP_COLUMN) {
            putchar('\n');
            column = 0;
        }
        printf("%*s", HELP_COLUMN - column, "");
        print_wrapped(rows[i].help, HELP_COLUMN);
    }
}
