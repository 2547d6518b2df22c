/* Lines are bounded and leave in one write, so that those of several processes do not mix. */
#include "say.h"
#include "cmdline/text.h"
#include <stdarg.h>
#include <stdio.h>

#define LINE_SIZE 2048

void say(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof(line), format, list);
    va_end(list);
    text_make_plain(line);
    fprintf(stderr, "ailab: %s\n", line);
}
