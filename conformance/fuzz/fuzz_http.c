/* The HTTP reader on any bytes: it ends, stays inside them, and reads the same answer a second
 * time. */
#include "wire/http_answer.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bool has_head = http_has_final_head((const char *)data, size);
    for (int mode = 0; mode < 4; mode++) {
        struct http_answer answer;
        char why[HTTP_WHY_SIZE] = "";
        size_t used = 0;
        bool ended = mode & 1, head = mode & 2;
        enum http_state state =
            http_read(&answer, &used, (const char *)data, size, ended, head, why);
        if (state == HTTP_DONE && (used > size || answer.status < 101))
            abort();
        if (state == HTTP_DONE && answer.status >= 200 && !has_head)
            abort();
        if (state == HTTP_MORE && ended)
            abort();
        if (state == HTTP_BROKEN && !why[0])
            abort();
        if (state == HTTP_DONE)
            http_answer_clear(&answer);
    }
    return 0;
}
