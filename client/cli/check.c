/* The command check: the client's own look at a picture, without a key and without a network. */
#include "ailab.h"
#include "cmdline/text.h"
#include "files/input.h"
#include "files/names.h"
#include "program.h"
#include "report.h"
#include "settings.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By its first bytes, for a picture that is not what its name says. */
static enum ailab_format recognise(const struct input *input)
{
    static const unsigned char jpeg[] = {0xFF, 0xD8, 0xFF};
    static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (input->size >= sizeof(jpeg) && memcmp(input->data, jpeg, sizeof(jpeg)) == 0)
        return AILAB_FORMAT_JPEG;
    if (input->size >= sizeof(png) && memcmp(input->data, png, sizeof(png)) == 0)
        return AILAB_FORMAT_PNG;
    return AILAB_FORMAT_NONE;
}

static void print_lines(const struct report *report)
{
    char *name = strdup(report->input);
    if (!name)
        return;
    text_make_plain(name);
    printf("%s: ", name);
    free(name);
    if (report->format == AILAB_FORMAT_NONE)
        printf("neither JPEG nor PNG");
    else
        printf("%s", report->format == AILAB_FORMAT_JPEG ? "JPEG" : "PNG");
    if (ailab_result_width(report->result) > 0)
        printf(", %u x %u", ailab_result_width(report->result),
               ailab_result_height(report->result));
    printf(", %zu bytes", report->input_bytes);
    printf("%s\n", report->error[0] ? "" : ": nothing to refuse");
}

static enum status look(const struct cmdline *line, const struct input *input, int expression)
{
    char why[WHY_SIZE];
    const struct ailab_image image = {.data = input->data, .size = input->size};
    struct ailab_result *result = NULL;
    enum ailab_error outcome = ailab_check(&result, expression, &image);
    const struct report report = {
        .outcome = outcome,
        .result = result,
        .input = line->operands[0],
        .input_bytes = input->size,
        .format = recognise(input),
        .error = why,
    };
    enum status status = report_status(outcome);
    report_sentence(why, result);
    if (cmdline_number(line, OPTION_json)) {
        if (!report_check_json(&report)) {
            say("out of memory: the JSON cannot be printed");
            status = status == STATUS_DONE ? STATUS_USAGE : status;
        }
    } else if (!cmdline_number(line, OPTION_quiet) && result) {
        print_lines(&report);
    }
    if (why[0])
        say("%s", why);
    ailab_result_free(result);
    return status;
}

int check_run(const struct cmdline *line)
{
    char why[WHY_SIZE], name[EXPRESSION_NAME_SIZE];
    int expression = -1;
    struct input input = {0};
    enum status status = STATUS_USAGE;
    if (!settings_expression(&expression, name, why, line) ||
        !input_read(&input, why, line->operands[0])) {
        say("%s", why);
        return STATUS_USAGE;
    }
    if (cmdline_number(line, OPTION_verbose))
        say("read %s: %zu bytes", line->operands[0], input.size);
    status = look(line, &input, expression);
    input_clear(&input);
    return (int)status;
}
