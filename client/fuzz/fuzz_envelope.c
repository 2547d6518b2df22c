/* An answer's body, whole and cut at points that the input itself chooses: the outcome must be the
 * same, a success must hold a whole picture, and nothing may be shown that could steer a terminal.
 * The first byte picks the HTTP status, and whether there is a Content-Encoding; the rest is the
 * body. */
#include "answer.h"
#include "picture.h"
#include "tests/kit/same_result.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The n-th cut: pseudo-random, and the same for the same input. */
static size_t next_piece(uint32_t *seed, size_t left)
{
    *seed = *seed * 1664525 + 1013904223;
    size_t piece = 1 + (*seed >> 24) % 13;
    return piece < left ? piece : left;
}

static struct ailab_result *judge(const struct ai_answer *answer, const uint8_t *body, size_t size,
                                  uint32_t *seed)
{
    struct ailab_result *result = ai_result_new();
    struct ai_envelope envelope = {0};
    if (!result)
        abort();
    for (size_t at = 0; at < size;) {
        size_t piece = seed ? next_piece(seed, size - at) : size - at;
        uint8_t *copy = malloc(piece); /* of its exact size, for the sanitizer's sake */
        if (!copy)
            abort();
        memcpy(copy, body + at, piece);
        if (!ai_envelope_add(&envelope, copy, piece))
            abort();
        free(copy);
        at += piece;
    }
    ai_answer_judge(result, answer, &envelope);
    ai_envelope_clear(&envelope);
    return result;
}

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static void demand_showable(const char *text, size_t capacity)
{
    demand(strnlen(text, capacity) < capacity);
    for (; *text; text++)
        demand((unsigned char)*text >= ' ' && *text != 0x7F);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const long statuses[] = {200, 422, 429, 502, 302, 401, 0, 204};
    if (size == 0)
        return 0;
    uint32_t seed = (uint32_t)size * 2654435761u ^ data[size / 2];
    const long status = statuses[data[0] % (sizeof statuses / sizeof *statuses)];
    const struct ai_answer answer = {.http_status = status, .encoded = data[0] == 0xff};
    struct ailab_result *whole = judge(&answer, data + 1, size - 1, NULL);
    struct ailab_result *cut = judge(&answer, data + 1, size - 1, &seed);
    demand(same_result(whole, cut));
    demand_showable(whole->request_id, sizeof whole->request_id);
    demand_showable(whole->code_text, sizeof whole->code_text);
    demand_showable(whole->message, sizeof whole->message);
    demand_showable(whole->error_text, sizeof whole->error_text);
    demand((whole->error == AILAB_OK) == (whole->image != NULL));
    demand(whole->error != AILAB_OK || status == 200);
    if (whole->error == AILAB_OK) {
        struct ai_picture picture;
        ai_picture_look(&picture, whole->image, whole->image_size);
        demand(picture.whole && picture.width == whole->width && picture.height == whole->height);
    }
    ailab_result_free(whole);
    ailab_result_free(cut);
    return 0;
}
