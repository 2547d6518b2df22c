#include "certificates/refuse.h"
#include <stdarg.h>
#include <stdio.h>

bool refuse(char why[AILAB_MOCK_ERROR_SIZE], const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(why, AILAB_MOCK_ERROR_SIZE, format, list);
    va_end(list);
    return false;
}
