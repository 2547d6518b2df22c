/* The whole judgement of an answer on any body: JSON, envelope, Base64, picture. */
#include "judge/answer.h"
#include "judge/envelope.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    if (size < 1)
        return 0;
    struct http_answer http = {.status = data[0] & 1 ? 200 : 422, .minor = 1};
    http.body_len = size - 1;
    http.body = malloc(size);
    if (!http.body)
        return 0;
    memcpy(http.body, data + 1, size - 1);
    http.body[size - 1] = '\0';
    struct answer answer;
    answer_parse(&answer, &http);
    answer.from_editor = true;
    struct buf described = {0};
    answer_describe(&described, &answer);
    if (!described.len)
        abort();
    buf_clear(&described);
    for (size_t i = 0; i < count; i++)
        for (int revision = 0; revision < REVISION_COUNT; revision++) {
            struct buf actual = {0};
            if (envelope_owes(&checks[i], &answer, (enum revision)revision) &&
                !envelope_holds(&checks[i], &actual, &answer, (enum revision)revision) &&
                actual.len == 0)
                abort();
            buf_clear(&actual);
        }
    answer_clear(&answer);
    return 0;
}
