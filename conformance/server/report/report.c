/* See report.h. */
#include "report/report.h"
#include "base/count_of.h"
#include <string.h>

static const struct report_format formats[] = {
#define FORMAT(name, help) {#name, help, &report_##name},
#include "report/formats.def"
};

const struct report_format *report_formats(size_t *count_out)
{
    *count_out = COUNT_OF(formats);
    return formats;
}

const struct report_format *report_format_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

void report_format_names(struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        buf_printf(out, "%s%s",
                   i == 0                      ? ""
                   : i + 1 < COUNT_OF(formats) ? ", "
                                               : " or ",
                   formats[i].name);
}

void report_begin(struct report *report, const struct summary *summary)
{
    if (report->format->writer->begin)
        report->format->writer->begin(report, summary);
}

void report_result(struct report *report, const struct summary *summary, size_t index)
{
    if (report->format->writer->result)
        report->format->writer->result(report, summary, index);
}

void report_end(struct report *report, const struct summary *summary)
{
    report->format->writer->end(report, summary);
}
