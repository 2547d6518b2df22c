/* The whole judgement of an answer on any body: JSON, envelope, Base64, picture. The first byte
 * chooses the status, and which headers there are. */
#include "judge/answer.h"
#include "judge/envelope.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NOON "Sat, 29 Feb 2020 12:00:00 GMT"
#define NOON_S 1582977600

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fill_head(struct answer *answer, uint8_t choice)
{
    static const int statuses[] = {422, 200, 402, 500};
    answer->http.status = statuses[choice & 3];
    if (choice & 4)
        answer->http.headers[answer->http.header_count++] =
            (struct http_header){"Content-Type", "application/json"};
    if (choice & 8)
        answer->http.headers[answer->http.header_count++] = (struct http_header){"Date", NOON};
    answer->asked_s = answer->answered_s = choice & 16 ? 0 : NOON_S;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    if (size < 1)
        return 0;
    struct http_answer http = {.minor = 1};
    http.body_len = size - 1;
    http.body = malloc(size);
    if (!http.body)
        return 0;
    memcpy(http.body, data + 1, size - 1);
    http.body[size - 1] = '\0';
    struct answer answer;
    answer_parse(&answer, &http);
    fill_head(&answer, data[0]);
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
    if (answer_image_clause(&answer) == CLAUSE_NONE)
        abort();
    answer_clear(&answer);
    return 0;
}
