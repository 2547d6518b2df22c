/* HTTP answers put together for the scripted server. */
#include "samples.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *sample_answer(const char *status, const char *headers, const char *body)
{
    char *text = NULL;
    if (asprintf(&text,
                 "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s",
                 status, strlen(body), headers, body) < 0)
        abort();
    return text;
}
