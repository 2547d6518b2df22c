/* The manual page, in the man macros that groff and mandoc know. */
#include "internal.h"
#include <string.h>

#define MANUAL_DATE "2026-11-29" /* of its last change in form */

/* Text as roff takes it: no dash becomes a hyphen, no line becomes a request. */
static void print_text(FILE *out, const char *text, size_t length)
{
    if (length && (text[0] == '.' || text[0] == '\''))
        fputs("\\&", out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '-')
            fputc('\\', out);
        if (text[i] == '\\')
            fputs("\\e", out);
        else
            fputc(text[i], out);
    }
}

static void print_line(FILE *out, const char *text)
{
    print_text(out, text, strlen(text));
    fputc('\n', out);
}

/* Lines that begin with a blank are an example: they stay as they are. */
static void print_paragraphs(FILE *out, const char *text)
{
    bool verbatim = false;
    for (bool first = true; *text; first = false) {
        size_t length = strcspn(text, "\n");
        if (verbatim != (text[0] == ' ')) {
            verbatim = !verbatim;
            fputs(verbatim ? ".nf\n" : ".fi\n", out);
        }
        if (!verbatim && !first)
            fputs(".PP\n", out);
        print_text(out, text, length);
        fputc('\n', out);
        text += length + (text[length] != '\0');
    }
    if (verbatim)
        fputs(".fi\n", out);
}

static void print_bold(FILE *out, const char *text)
{
    fputs("\\fB", out);
    print_text(out, text, strlen(text));
    fputs("\\fR", out);
}

static void print_option(FILE *out, const struct cmdline_option *option)
{
    char name[CMDLINE_NAME_SIZE], off[CMDLINE_NAME_SIZE + 8], text[CMDLINE_TEXT_SIZE];
    const char *argument = argument_name(option);
    fputs(".TP\n", out);
    if (option->letter)
        fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    print_bold(out, flag_name(name, option));
    if (option->negatable) {
        snprintf(off, sizeof off, "--no-%s", name + 2);
        fputs(", ", out);
        print_bold(out, off);
    }
    if (argument) {
        const bool optional = option->kind == CMDLINE_MAYBE;
        fputs(optional ? "[=\\fI" : " \\fI", out);
        print_text(out, argument, strlen(argument));
        fputs(optional ? "\\fR]" : "\\fR", out);
    }
    fputc('\n', out);
    print_line(out, option_text(text, option));
}

static void print_options(FILE *out, const struct cmdline_program *program)
{
    fputs(".SH OPTIONS\n", out);
    for (size_t id = 0; id < program->option_count; id++) {
        const struct cmdline_option *option = &program->options[id];
        if (option->group) {
            fputs(".SS ", out);
            print_line(out, option->group);
        }
        if (option->kind != CMDLINE_REFUSED)
            print_option(out, option);
    }
    fputs(".SS Everywhere\n", out);
    print_option(out, &help_option);
    print_option(out, &version_option);
}

static void print_synopsis(FILE *out, const struct cmdline_program *program)
{
    char usage[CMDLINE_USAGE_SIZE];
    fputs(".SH SYNOPSIS\n.nf\n", out);
    for (size_t i = 0; i < program->command_count; i++) {
        if (i == 0 && !program->commands[i].run)
            continue;
        print_line(out, usage_text(usage, program, &program->commands[i]));
    }
    fputs(".fi\n", out);
}

static void print_commands(FILE *out, const struct cmdline_program *program)
{
    fputs(".SH COMMANDS\n", out);
    for (size_t i = 1; i < program->command_count; i++) {
        const struct cmdline_command *command = &program->commands[i];
        fputs(".SS ", out);
        print_line(out, command->name);
        print_line(out, command->summary);
        if (command->description) {
            fputs(".PP\n", out);
            print_paragraphs(out, command->description);
        }
        if (command->examples) {
            fputs(".PP\n", out);
            print_paragraphs(out, command->examples);
        }
    }
}

/* The page of "ailab-conformance caller" is ailab-conformance-caller(1). */
static void print_page_name(FILE *out, const char *name)
{
    for (; *name; name++)
        fputs(*name == '-' || *name == ' ' ? "\\-" : (char[]){*name, '\0'}, out);
}

void cmdline_print_manual(FILE *out, const struct cmdline_program *program)
{
    const struct cmdline_command *whole = program->commands;
    char text[CMDLINE_TEXT_SIZE];
    fprintf(out, ".TH ");
    for (const char *at = program->name; *at; at++)
        fputc(*at == ' ' ? '-' : *at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at, out);
    fprintf(out, " 1 %s \"%s %s\" \"User Commands\"\n.SH NAME\n", MANUAL_DATE, program->name,
            program->version);
    print_page_name(out, program->name);
    fputs(" \\- ", out);
    print_line(out, whole->summary);
    print_synopsis(out, program);
    fputs(".SH DESCRIPTION\n", out);
    print_paragraphs(out, whole->description);
    if (program->command_count > 1)
        print_commands(out, program);
    print_options(out, program);
    fputs(".SH ENVIRONMENT\n", out);
    environment_text(text, sizeof text, program);
    print_paragraphs(out, text);
    fputs(".SH \"EXIT STATUS\"\n", out);
    for (size_t i = 0; i < program->status_count; i++) {
        fputs(".TP\n", out);
        print_bold(out, program->statuses[i].status);
        fputc('\n', out);
        print_line(out, program->statuses[i].meaning);
    }
    if (whole->examples) {
        fputs(".SH EXAMPLES\n", out);
        print_paragraphs(out, whole->examples);
    }
}
