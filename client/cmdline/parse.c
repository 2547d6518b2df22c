/* The parser: one pass over argv, then the environment, then the defaults; the first mistake wins.
 * The text after a `=` of an unknown option is never repeated: it may be a key. */
#include "base/suggest.h"
#include "internal.h"
#include "text.h"
#include <stdlib.h>

struct reader {
    struct cmdline *line;
    char *why;
    int argc, next; /* next: the argument to look at */
    char *const *argv;
};

const struct cmdline_command help_command = {.name = "help",
                                             .operands = "[COMMAND]",
                                             .operands_max = 1,
                                             .summary = "explain the program or one command"};
const struct cmdline_command version_command = {.name = "version", .summary = "print the version"};
const struct cmdline_option help_option = {
    .name = "help", .letter = 'h', .kind = CMDLINE_SWITCH, .help = "explain and exit"};
const struct cmdline_option version_option = {
    .name = "version", .letter = 'V', .kind = CMDLINE_SWITCH, .help = "print the version and exit"};

const struct cmdline_command *command_find(const struct cmdline_program *program, const char *name)
{
    for (size_t i = 1; i < program->command_count; i++)
        if (strcmp(program->commands[i].name, name) == 0)
            return &program->commands[i];
    if (strcmp(name, help_command.name) == 0)
        return &help_command;
    return strcmp(name, version_command.name) == 0 ? &version_command : NULL;
}

const char *usage_text(char out[CMDLINE_USAGE_SIZE], const struct cmdline_program *program,
                       const struct cmdline_command *command)
{
    snprintf(out, CMDLINE_USAGE_SIZE, "%s%s%s%s%s", program->name, command->name[0] ? " " : "",
             command->name, command->operands ? " " : "",
             command->operands ? command->operands : "");
    return out;
}

bool option_belongs(const struct cmdline_option *option, const struct cmdline_command *command)
{
    const char *name = command->name[0] ? command->name : ".";
    size_t place;
    if (!option->commands)
        return !command->name[0] || command->inherits;
    return words_find(&place, option->commands, ' ', name, strlen(name));
}

const char *cmdline_meant(const char *text, const char *const *names, size_t count)
{
    struct suggestions suggestions;
    suggestions_init(&suggestions, slice_of(text));
    for (size_t i = 0; i < count; i++)
        suggestions_consider(&suggestions, names[i]);
    return suggestions_meant(&suggestions);
}

static bool names_command(const struct cmdline *line)
{
    return line->command->name[0] != '\0';
}

/* Where the right names are listed: "'ailab help edit'", "'ailab-conformance --help'". */
static const char *help_place(char out[CMDLINE_NAME_SIZE], const struct cmdline *line)
{
    bool commands = line->program->command_count > 1;
    snprintf(out, CMDLINE_NAME_SIZE, "'%s %s%s%s'", line->program->name,
             commands ? "help" : "--help", names_command(line) ? " " : "", line->command->name);
    return out;
}

static bool refuse_unknown(const struct reader *reader, const char *typed, size_t length,
                           const char *kind, const char *dashes, const char *meant)
{
    char place[CMDLINE_NAME_SIZE], right[CMDLINE_NAME_SIZE];
    const struct cmdline_option option = {.name = meant};
    char shown[61];
    text_start(shown, sizeof shown, typed, length);
    if (!meant)
        return refuse(reader->why, "unknown %s '%s%s'; %s lists them", kind, dashes, shown,
                      help_place(place, reader->line));
    return refuse(reader->why, "unknown %s '%s%s'; did you mean %s?", kind, dashes, shown,
                  flag_name(right, &option) + 2 - strlen(dashes));
}

static bool refuse_option(const struct reader *reader, const char *name, size_t length)
{
    const struct cmdline_program *program = reader->line->program;
    const struct cmdline_command *command = reader->line->command;
    struct suggestions names;
    size_t place;
    suggestions_init(&names, slice_make(name, length));
    for (size_t id = 0; id < program->option_count; id++) {
        const struct cmdline_option *option = &program->options[id];
        if (option->kind != CMDLINE_REFUSED) {
            if (!names_command(reader->line) || option_belongs(option, command))
                suggestions_consider(&names, option->name);
        } else if (words_find(&place, option->words, '|', name, length)) {
            return refuse(reader->why, "there is no --%.*s: %s", (int)length, name, option->help);
        }
    }
    suggestions_consider(&names, help_option.name);
    suggestions_consider(&names, version_option.name);
    return refuse_unknown(reader, name, length, "option", "--", suggestions_meant(&names));
}

static bool refuse_command(const struct reader *reader, const char *name)
{
    const struct cmdline_program *program = reader->line->program;
    struct suggestions names;
    suggestions_init(&names, slice_of(name));
    for (size_t i = 1; i < program->command_count; i++)
        suggestions_consider(&names, program->commands[i].name);
    suggestions_consider(&names, help_command.name);
    return refuse_unknown(reader, name, strlen(name), "command", "", suggestions_meant(&names));
}

/* The value of an option in the next argument. One that looks like an option is more likely a
 * forgotten value. */
static bool set_from_next(struct reader *reader, size_t id)
{
    const struct cmdline_option *option = &reader->line->program->options[id];
    const char *value = reader->next < reader->argc ? reader->argv[reader->next] : "--";
    char name[CMDLINE_NAME_SIZE];
    if (strncmp(value, "--", 2) == 0)
        return refuse(reader->why, "%s needs a value: %s %s", flag_name(name, option), name,
                      argument_name(option));
    reader->next++;
    return value_set(reader->line, id, CMDLINE_FLAG, value, reader->why);
}

static void ask(struct cmdline *line, enum cmdline_asked what)
{
    if (!line->asked)
        line->asked = what;
}

/* Whether the word, up to its '=', is one of those that every program has. */
static bool ask_by_word(struct cmdline *line, const char *word)
{
    if (strcmp(word, "help") == 0)
        ask(line, CMDLINE_HELP);
    else if (strcmp(word, "version") == 0)
        ask(line, CMDLINE_VERSION);
    else if (strcmp(word, "roff") == 0) /* for the build; the help does not list it */
        ask(line, CMDLINE_MANUAL);
    else if (strcmp(word, "completion-bash") == 0) /* and these */
        ask(line, CMDLINE_BASH);
    else if (strcmp(word, "completion-zsh") == 0)
        ask(line, CMDLINE_ZSH);
    else if (strcmp(word, "completion-fish") == 0)
        ask(line, CMDLINE_FISH);
    else
        return false;
    return true;
}

static bool goes_without_value(const struct cmdline_option *option)
{
    return option->kind == CMDLINE_SWITCH || option->kind == CMDLINE_MAYBE;
}

static bool parse_long(struct reader *reader, const char *word)
{
    const struct cmdline_program *program = reader->line->program;
    const size_t length = strcspn(word, "=");
    const char *value = word[length] ? word + length + 1 : NULL;
    char name[CMDLINE_NAME_SIZE];
    if (ask_by_word(reader->line, word))
        return true;
    for (size_t id = 0; id < program->option_count; id++) {
        const struct cmdline_option *option = &program->options[id];
        const char *wanted = flag_name(name, option) + 2;
        bool off = option->negatable && strncmp(word, "no-", 3) == 0 && length > 3;
        const char *typed = off ? word + 3 : word;
        const size_t typed_length = off ? length - 3 : length;
        if (option->kind == CMDLINE_REFUSED || strlen(wanted) != typed_length ||
            memcmp(wanted, typed, typed_length) != 0)
            continue;
        if (!goes_without_value(option) && !value)
            return set_from_next(reader, id);
        if (off && value)
            return refuse(reader->why, "--no-%s takes no value", wanted);
        return value_set(reader->line, id, CMDLINE_FLAG,
                         value ? value
                         : off ? "0"
                               : "1",
                         reader->why);
    }
    return refuse_option(reader, word, length);
}

static bool parse_letters(struct reader *reader, const char *letters)
{
    const struct cmdline_program *program = reader->line->program;
    for (; *letters; letters++) {
        size_t id = 0;
        if (*letters == help_option.letter || *letters == version_option.letter) {
            ask(reader->line, *letters == help_option.letter ? CMDLINE_HELP : CMDLINE_VERSION);
            continue;
        }
        while (id < program->option_count && program->options[id].letter != *letters)
            id++;
        if (id == program->option_count)
            return refuse_unknown(reader, letters, 1, "option", "-", NULL);
        if (goes_without_value(&program->options[id])) {
            if (!value_set(reader->line, id, CMDLINE_FLAG, "1", reader->why))
                return false;
        } else if (letters[1]) {
            return value_set(reader->line, id, CMDLINE_FLAG, letters + 1, reader->why);
        } else {
            return set_from_next(reader, id);
        }
    }
    return true;
}

static bool parse_operand(struct reader *reader, const char *text)
{
    struct cmdline *line = reader->line;
    const struct cmdline_program *program = line->program;
    char usage[CMDLINE_USAGE_SIZE];
    if (program->command_count > 1 && !names_command(line)) {
        const struct cmdline_command *command = command_find(program, text);
        if (!command)
            return refuse_command(reader, text);
        line->command = command;
        return true;
    }
    if (line->command->rest) {
        line->rest = reader->argv + reader->next - 1;
        line->operand_count = 1;
        reader->next = reader->argc;
        return true;
    }
    if (line->operand_count == line->command->operands_max)
        return refuse(reader->why, "one argument too many: '%s'; usage: %s", TEXT_START(text, 80),
                      usage_text(usage, program, line->command));
    if (line->command == &help_command && !command_find(program, text))
        return refuse_command(reader, text);
    line->operands[line->operand_count++] = text;
    return true;
}

static bool parse_arguments(struct reader *reader)
{
    bool options_ended = false, good = true;
    while (good && reader->next < reader->argc) {
        const char *text = reader->argv[reader->next++];
        if (options_ended || text[0] != '-' || text[1] == '\0')
            good = parse_operand(reader, text);
        else if (strcmp(text, "--") == 0)
            options_ended = true;
        else if (text[1] == '-')
            good = parse_long(reader, text + 2);
        else
            good = parse_letters(reader, text + 1);
    }
    if (good || options_ended)
        return good || reader->line->asked;
    /* After a mistake too, help is given where help is asked for. */
    for (int i = reader->next; i < reader->argc && strcmp(reader->argv[i], "--") != 0; i++)
        if (strcmp(reader->argv[i], "-h") == 0)
            ask(reader->line, CMDLINE_HELP);
        else if (strncmp(reader->argv[i], "--", 2) == 0)
            ask_by_word(reader->line, reader->argv[i] + 2);
    return reader->line->asked;
}

static bool check_belonging(const struct reader *reader)
{
    const struct cmdline *line = reader->line;
    const char *program = line->program->name;
    char name[CMDLINE_NAME_SIZE], place[CMDLINE_NAME_SIZE];
    for (size_t id = 0; id < line->program->option_count; id++) {
        const struct cmdline_option *option = &line->program->options[id];
        const char *owner = option->commands && option->commands[0] != '.' ? option->commands : "";
        if (line->values[id].source == CMDLINE_DEFAULT || option_belongs(option, line->command) ||
            !(names_command(line) || line->command->run))
            continue;
        return refuse(
            reader->why, "%s is no option of '%s%s%s' but of '%s%s%.*s'; %s lists those it has",
            flag_name(name, option), program, names_command(line) ? " " : "", line->command->name,
            program, *owner ? " " : "", (int)strcspn(owner, " "), owner, help_place(place, line));
    }
    return true;
}

/* The option that says the same in another way; the option itself when there is none. */
static size_t twin_of(const struct cmdline_program *program, size_t id)
{
    const struct cmdline_option *options = program->options;
    for (size_t other = 0; other < program->option_count; other++) {
        const char *excludes = options[id].excludes, *excluded = options[other].excludes;
        if ((excludes && strcmp(excludes, options[other].name) == 0) ||
            (excluded && strcmp(excluded, options[id].name) == 0))
            return other;
    }
    return id;
}

static bool read_variable(struct reader *reader, size_t id)
{
    const struct cmdline_option *option = &reader->line->program->options[id];
    char name[CMDLINE_NAME_SIZE];
    const char *text = getenv(variable_name(name, reader->line->program, option));
    if (!text || !*text)
        return true;
    if (option->kind != CMDLINE_LIST)
        return value_set(reader->line, id, CMDLINE_ENVIRONMENT, text, reader->why);
    char *rest = reader->line->values[id].split = strdup(text), *item;
    if (!rest)
        return refuse(reader->why, "out of memory");
    while ((item = strsep(&rest, ",")) != NULL)
        if (*item && !value_set(reader->line, id, CMDLINE_ENVIRONMENT, item, reader->why))
            return false;
    return true;
}

/* An option that was not given takes its variable, unless a flag says the same; then its default.
 */
static bool complete(struct reader *reader)
{
    struct cmdline *line = reader->line;
    char one[CMDLINE_NAME_SIZE], other[CMDLINE_NAME_SIZE];
    for (size_t id = 0; id < line->program->option_count; id++) {
        const struct cmdline_option *option = &line->program->options[id];
        const size_t twin = twin_of(line->program, id);
        if (option->kind != CMDLINE_REFUSED && !option->flag_only &&
            line->values[id].source != CMDLINE_FLAG && line->values[twin].source != CMDLINE_FLAG &&
            option_belongs(option, line->command) && !read_variable(reader, id))
            return false;
        if (twin < id && cmdline_given(line, id) && cmdline_given(line, twin))
            return refuse(reader->why, "%s and %s exclude each other",
                          flag_name(one, &line->program->options[twin]), flag_name(other, option));
        if (option->initial && line->values[id].count == 0 &&
            !value_set(line, id, CMDLINE_DEFAULT, option->initial, reader->why))
            return false;
    }
    return true;
}

/* `help COMMAND` and `version` are --help and --version in another form. */
static bool settle_asked(struct cmdline *line)
{
    if (line->command == &help_command) {
        line->command = line->operand_count ? command_find(line->program, line->operands[0])
                                            : line->program->commands;
        ask(line, CMDLINE_HELP);
    } else if (line->command == &version_command) {
        ask(line, CMDLINE_VERSION);
    }
    return line->asked;
}

bool cmdline_parse(struct cmdline *out, const struct cmdline_program *program,
                   char why[CMDLINE_WHY_SIZE], int argc, char *const argv[])
{
    struct reader reader = {.line = out, .why = why, .argc = argc, .argv = argv, .next = 1};
    char usage[CMDLINE_USAGE_SIZE];
    memset(out, 0, sizeof *out);
    out->program = program;
    out->command = program->commands;
    why[0] = '\0';
    if (!parse_arguments(&reader))
        return false;
    if (settle_asked(out))
        return true;
    if (!check_belonging(&reader))
        return false;
    if (out->operand_count < out->command->operands_min)
        return refuse(why, "an argument is missing; usage: %s",
                      usage_text(usage, program, out->command));
    return complete(&reader);
}

void cmdline_clear(struct cmdline *line)
{
    for (size_t id = 0; id < CMDLINE_OPTIONS_MAX; id++)
        free(line->values[id].split);
}
