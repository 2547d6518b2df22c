/* See report.h. */
#include "report/report.h"
#include <string.h>

const struct report_kind *report_kind_find(const char *name)
{
    static const struct report_kind *const kinds[] = {&report_text, &report_tap, &report_junit,
                                                      &report_json, &report_html};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

void report_xml(FILE *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '&')
            fputs("&amp;", out);
        else if (*p == '<')
            fputs("&lt;", out);
        else if (*p == '>')
            fputs("&gt;", out);
        else if (*p == '"')
            fputs("&quot;", out);
        else if ((*p < ' ' && *p != '\n' && *p != '\t') || *p == 0x7f || *p >= 0x80)
            fputc('?', out); /* all our texts are ASCII; what a server sent was escaped before */
        else
            fputc(*p, out);
    }
}
