/* The parser of args.h: one pass over argv, the first mistake wins. The text after a `=` is never
 * repeated in a message: it may be a key that somebody tried to pass. */
#include "args.h"
#include "suggest.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What people try for the key, refused with the reason. */
static const char *const key_spellings[] = {"api-key", "apikey", "api_key", "key", "token"};

struct parser {
    struct args *args;
    char *why;
    int argc;
    char *const *argv;
    int next; /* the argument to look at */
    size_t position;
};

__attribute__((format(printf, 2, 3))) static bool fail(char *why, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(why, WHY_SIZE, format, list);
    va_end(list);
    return false;
}

/* " edit" for a message that names the command, "" for one that cannot. */
static const char *help_operand(enum command_id command, char buffer[32])
{
    snprintf(buffer, 32, "%s%s", command == COMMAND_NONE ? "" : " ", command_table[command].name);
    return buffer;
}

static bool belongs(enum option_id id, enum command_id command)
{
    return command == COMMAND_NONE || (option_table[id].commands & (1u << command)) != 0;
}

static bool fail_unknown_option(const struct parser *parser, const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof(key_spellings) / sizeof(key_spellings[0]); i++) {
        if (strlen(key_spellings[i]) == length && memcmp(key_spellings[i], name, length) == 0)
            return fail(
                parser->why,
                "there is no --%.*s: a key on the command line is seen by every user of this "
                "machine; set AILAB_API_KEY or use --api-key-file FILE",
                (int)length, name);
    }
    const char *candidates[OPTION_COUNT];
    size_t count = 0;
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (belongs(id, parser->args->command))
            candidates[count++] = option_table[id].name;
    }
    const char *near = suggest(name, length, candidates, count);
    char operand[32];
    if (near)
        return fail(parser->why, "unknown option --%.*s; did you mean --%s?", (int)length, name,
                    near);
    return fail(parser->why, "unknown option --%.*s; 'ailab help%s' lists them", (int)length, name,
                help_operand(parser->args->command, operand));
}

static bool store(struct parser *parser, enum option_id id, const char *value)
{
    if (option_table[id].argument && value[0] == '\0')
        return fail(parser->why, "--%s needs a value: --%s %s", option_table[id].name,
                    option_table[id].name, option_table[id].argument);
    parser->args->values[id] = value;
    parser->args->positions[id] = ++parser->position;
    return true;
}

/* The value of an option in the next argument. One that looks like an option is more likely a
 * forgotten value than a file of that name. */
static bool store_next(struct parser *parser, enum option_id id)
{
    const char *value = parser->next < parser->argc ? parser->argv[parser->next] : "";
    if (strncmp(value, "--", 2) == 0)
        value = "";
    else
        parser->next++;
    return store(parser, id, value);
}

static bool parse_long(struct parser *parser, const char *name)
{
    size_t length = strcspn(name, "=");
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option *option = &option_table[id];
        if (strlen(option->name) != length || memcmp(option->name, name, length) != 0)
            continue;
        if (option->argument)
            return value ? store(parser, id, value) : store_next(parser, id);
        if (value)
            return fail(parser->why, "--%s takes no value", option->name);
        return store(parser, id, "");
    }
    return fail_unknown_option(parser, name, length);
}

static bool parse_letters(struct parser *parser, const char *letters)
{
    for (; *letters; letters++) {
        enum option_id id = 0;
        while (id < OPTION_COUNT && option_table[id].letter != *letters)
            id++;
        char operand[32];
        if (id == OPTION_COUNT)
            return fail(parser->why, "unknown option -%c; 'ailab help%s' lists them", *letters,
                        help_operand(parser->args->command, operand));
        if (option_table[id].argument)
            return letters[1] ? store(parser, id, letters + 1) : store_next(parser, id);
        if (!store(parser, id, ""))
            return false;
    }
    return true;
}

enum command_id args_command(const char *name)
{
    for (enum command_id id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++) {
        if (strcmp(command_table[id].name, name) == 0)
            return id;
    }
    return COMMAND_NONE;
}

static bool fail_unknown_command(char why[WHY_SIZE], const char *name)
{
    const char *candidates[COMMAND_COUNT];
    size_t count = 0;
    for (enum command_id id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++)
        candidates[count++] = command_table[id].name;
    const char *near = suggest(name, strlen(name), candidates, count);
    if (near)
        return fail(why, "unknown command '%.80s'; did you mean '%s'?", name, near);
    return fail(why, "unknown command '%.80s'; 'ailab help' lists them", name);
}

static bool parse_operand(struct parser *parser, const char *text)
{
    struct args *args = parser->args;
    if (args->command == COMMAND_NONE) {
        args->command = args_command(text);
        return args->command != COMMAND_NONE || fail_unknown_command(parser->why, text);
    }
    const struct command *command = &command_table[args->command];
    if (args->operand_count == command->operands_max)
        return fail(parser->why, "one argument too many: '%.80s'; usage: ailab %s %s", text,
                    command->name, command->operands);
    if (args->command == COMMAND_HELP && args_command(text) == COMMAND_NONE)
        return fail_unknown_command(parser->why, text);
    args->operands[args->operand_count++] = text;
    return true;
}

static bool check_whole(const struct parser *parser)
{
    const struct args *args = parser->args;
    if (args_has(args, OPTION_HELP) || args_has(args, OPTION_VERSION))
        return true;
    const struct command *command = &command_table[args->command];
    for (enum option_id id = 0; args->command && id < OPTION_COUNT; id++) {
        if (args->positions[id] && !belongs(id, args->command))
            return fail(parser->why, "--%s is no option of 'ailab %s'; 'ailab help %s' lists them",
                        option_table[id].name, command->name, command->name);
    }
    if (args->operand_count < command->operands_min)
        return fail(parser->why, "no file named; usage: ailab %s %s", command->name,
                    command->operands);
    return true;
}

static void read_environment(struct args *args)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const char *value = option_table[id].env ? getenv(option_table[id].env) : NULL;
        if (!args->values[id] && value && value[0])
            args->values[id] = value;
    }
}

bool args_parse(struct args *out, char why[WHY_SIZE], int argc, char *const argv[])
{
    memset(out, 0, sizeof(*out));
    why[0] = '\0';
    struct parser parser = {.args = out, .why = why, .argc = argc, .argv = argv, .next = 1};
    bool options_ended = false;
    while (parser.next < argc) {
        const char *text = argv[parser.next++];
        bool ok = true;
        if (options_ended || text[0] != '-' || text[1] == '\0')
            ok = parse_operand(&parser, text);
        else if (strcmp(text, "--") == 0)
            options_ended = true;
        else if (text[1] == '-')
            ok = parse_long(&parser, text + 2);
        else
            ok = parse_letters(&parser, text + 1);
        if (!ok)
            return false;
    }
    read_environment(out);
    return check_whole(&parser);
}

const char *args_value(const struct args *args, enum option_id id)
{
    return args->values[id];
}

bool args_has(const struct args *args, enum option_id id)
{
    return args->values[id] != NULL;
}
