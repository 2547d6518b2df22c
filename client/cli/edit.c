/* The command edit: everything that can be refused without a call is refused first, because a call
 * that succeeds costs credits; then one call; then the picture goes where it was wanted. */
#include "ailab.h"
#include "cmdline/text.h"
#include "files/input.h"
#include "files/key.h"
#include "files/names.h"
#include "files/output.h"
#include "program.h"
#include "progress.h"
#include "report.h"
#include "settings.h"
#include "signals.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct edit {
    const struct cmdline *line;
    const char *input_path;
    const char *output_path; /* as given; NULL: named after the input and the format received */
    char *output_named;      /* owned, once the format is known */
    int expression;
    char expression_name[EXPRESSION_NAME_SIZE];
    struct ailab_options options;
    struct key key;
    struct input input;
    struct progress progress;
};

static bool has(const struct edit *edit, enum option_id id)
{
    return cmdline_number(edit->line, id);
}

/* The names a picture of either format would get must both be free: which one it will be is known
 * only when it has been paid for. */
static bool check_named_output(struct edit *edit, char why[WHY_SIZE])
{
    static const enum ailab_format formats[] = {AILAB_FORMAT_JPEG, AILAB_FORMAT_PNG};
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        char *name = names_edited(edit->input_path, edit->expression_name, formats[i]);
        bool ok = name && output_check(why, name, has(edit, OPTION_force));
        if (!name)
            snprintf(why, WHY_SIZE, "out of memory");
        free(name);
        if (!ok)
            return false;
    }
    return true;
}

static bool plan_output(struct edit *edit, char why[WHY_SIZE])
{
    edit->output_path = cmdline_text(edit->line, OPTION_output);
    if (!edit->output_path && strcmp(edit->input_path, "-") == 0)
        edit->output_path = "-";
    if (!edit->output_path)
        return check_named_output(edit, why);
    if (has(edit, OPTION_json) && strcmp(edit->output_path, "-") == 0) {
        snprintf(why, WHY_SIZE, "--json and the picture cannot share standard output; use -o FILE");
        return false;
    }
    return output_check(why, edit->output_path, has(edit, OPTION_force));
}

/* A URL is repeated unless it carries a password. */
static bool check_url(const struct edit *edit, enum option_id id, char why[WHY_SIZE],
                      const struct ailab_options *options)
{
    char source[CMDLINE_NAME_SIZE];
    const char *url = cmdline_text(edit->line, id), *problem = ailab_options_problem(options);
    if (problem[0] == '\0')
        return true;
    text_print(why, WHY_SIZE, "%s '%s': %s", cmdline_source(source, edit->line, id),
               strchr(url, '@') ? "..." : TEXT_PATH(url), problem);
    return false;
}

/* Key and numbers have been judged before: what remains is the address, then the proxy. */
static bool check_options(struct edit *edit, char why[WHY_SIZE])
{
    edit->options.api_key = edit->key.text;
    struct ailab_options straight = edit->options;
    straight.proxy = NULL;
    return check_url(edit, OPTION_base_url, why, &straight) &&
           check_url(edit, OPTION_proxy, why, &edit->options);
}

static bool plan(struct edit *edit, char why[WHY_SIZE])
{
    edit->input_path = edit->line->operands[0];
    if (!settings_expression(&edit->expression, edit->expression_name, why, edit->line))
        return false;
    if (edit->expression < 0) {
        snprintf(why, WHY_SIZE,
                 "no --expression given, such as --expression big-grin; 'ailab "
                 "expressions' lists them");
        return false;
    }
    return settings_connection(&edit->options, why, edit->line) && plan_output(edit, why) &&
           key_read(&edit->key, why, cmdline_text(edit->line, OPTION_api_key_file)) &&
           check_options(edit, why) && input_read(&edit->input, why, edit->input_path);
}

static void say_plan(const struct edit *edit)
{
    if (edit->key.open_to_everybody && !has(edit, OPTION_quiet))
        say("warning: every user of this machine can read '%s'; chmod 600 helps", edit->key.origin);
    if (!has(edit, OPTION_verbose))
        return;
    say("read %s: %zu bytes", edit->input_path, edit->input.size);
    say("posting to %s%s, expression %d (%s), key from %s", edit->options.base_url,
        edit->options.proxy ? " through a proxy" : "", edit->expression, edit->expression_name,
        edit->key.origin);
}

/* *out is the caller's; it stays NULL when there is no memory. */
static void call(struct edit *edit, struct ailab_result **out)
{
    struct ailab *client = NULL;
    bool from_file = strcmp(edit->input_path, "-") != 0;
    struct ailab_image image = {
        .data = edit->input.data,
        .size = edit->input.size,
        .file_name = from_file ? names_base(edit->input_path) : NULL,
    };
    edit->options.progress = progress_draw;
    edit->options.progress_context = &edit->progress;
    progress_init(&edit->progress, !has(edit, OPTION_quiet));
    if (ailab_new(&client, &edit->options) != AILAB_OK)
        return; /* no result: no memory */
    signals_watch(client);
    (void)ailab_edit(out, client, edit->expression, &image);
    signals_watch(NULL);
    ailab_free(client);
    progress_clear(&edit->progress);
}

static void say_answer(const struct edit *edit, const struct ailab_result *result)
{
    size_t size = 0;
    if (!has(edit, OPTION_verbose) || !result)
        return;
    unsigned long ms = progress_elapsed_ms(&edit->progress);
    say("answer: HTTP %ld after %lu.%03lu s, attempts %u, request_id %s, log_id %s",
        ailab_result_http_status(result), ms / 1000, ms % 1000, ailab_result_attempts(result),
        ailab_result_request_id(result), ailab_result_log_id(result));
    if (ailab_result_image(result, &size))
        say("picture: %s, %u x %u, %zu bytes", names_format(ailab_result_format(result)),
            ailab_result_width(result), ailab_result_height(result), size);
}

/* The path the picture was written to, NULL with the reason in why. */
static const char *save(struct edit *edit, char why[WHY_SIZE], const struct ailab_result *result)
{
    size_t size = 0;
    const void *data = ailab_result_image(result, &size);
    enum ailab_format format = ailab_result_format(result);
    const char *path = edit->output_path;
    if (!path) {
        edit->output_named = names_edited(edit->input_path, edit->expression_name, format);
        path = edit->output_named;
    }
    if (!path || !data) {
        snprintf(why, WHY_SIZE, "out of memory");
        return NULL;
    }
    if (!output_write(why, path, has(edit, OPTION_force), data, size))
        return NULL;
    enum ailab_format promised = names_promise(path);
    if (promised != AILAB_FORMAT_NONE && promised != format && !has(edit, OPTION_quiet))
        say("warning: '%s' holds a picture of another format, %s: so the service answered", path,
            names_format(format));
    return path;
}

/* A script that reads the JSON must not take a missing one for a success. */
static enum status json_lost(enum status status)
{
    say("out of memory: the JSON cannot be printed");
    return status == STATUS_DONE ? STATUS_USAGE : status;
}

/* Saves, tells, and decides the exit status. What has arrived is saved even after a signal: it has
 * been paid for. */
static enum status finish(struct edit *edit, const struct ailab_result *result)
{
    char why[WHY_SIZE];
    enum ailab_error outcome = result ? ailab_result_error(result) : AILAB_NO_MEMORY;
    enum status status = report_status(outcome);
    struct report report = {
        .outcome = outcome,
        .result = result,
        .input = edit->input_path,
        .input_bytes = edit->input.size,
        .format = outcome == AILAB_OK ? ailab_result_format(result) : AILAB_FORMAT_NONE,
        .error = why,
    };
    say_answer(edit, result);
    report_sentence(why, result);
    if (outcome == AILAB_OK) {
        report.output = save(edit, why, result);
        if (!report.output)
            status = STATUS_USAGE;
    }
    if (why[0])
        say("%s", why);
    if (has(edit, OPTION_json))
        return report_edit_json(&report) ? status : json_lost(status);
    if (report.output && !has(edit, OPTION_quiet) && strcmp(report.output, "-") != 0)
        puts(report.output);
    return status;
}

int edit_run(const struct cmdline *line)
{
    char why[WHY_SIZE] = "";
    enum status status = STATUS_USAGE;
    struct ailab_result *result = NULL;
    struct edit edit = {.line = line};
    if (!plan(&edit, why)) {
        say("%s", why);
        goto out;
    }
    say_plan(&edit);
    call(&edit, &result);
    status = finish(&edit, result);
out:
    ailab_result_free(result);
    input_clear(&edit.input);
    key_clear(&edit.key);
    free(edit.output_named);
    return (int)status;
}
