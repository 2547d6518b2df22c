/* See answer.h. */
#include "judge/answer.h"
#include "base/count_of.h"
#include "base/memory.h"
#include "judge/base64.h"
#include <stdlib.h>
#include <string.h>

const cJSON *answer_field(const cJSON *object, const char *name)
{
    return object ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const char *answer_type(const cJSON *item)
{
    return !item                  ? "absent"
           : cJSON_IsString(item) ? "a string"
           : cJSON_IsNumber(item) ? "a number"
           : cJSON_IsObject(item) ? "an object"
           : cJSON_IsArray(item)  ? "an array"
           : cJSON_IsNull(item)   ? "null"
                                  : "a truth value";
}

/* Length of the valid UTF-8 sequence at p, 0 when there is none (RFC 3629). */
static size_t sequence(const unsigned char *p, size_t left)
{
    static const struct {
        unsigned char from, to, second_from, second_to, len;
    } rows[] = {{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
                {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
                {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
                {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (p[0] < rows[i].from || p[0] > rows[i].to || left < rows[i].len ||
            p[1] < rows[i].second_from || p[1] > rows[i].second_to)
            continue;
        for (size_t k = 2; k < rows[i].len; k++)
            if ((p[k] & 0xc0) != 0x80)
                return 0;
        return rows[i].len;
    }
    return 0;
}

static bool is_utf8(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;
    for (size_t at = 0; at < len;) {
        size_t step = p[at] < 0x80 ? 1 : sequence(p + at, len - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name that the object itself has twice; NULL when there is none. Sorted, because a server may
 * send any number of them. */
static const char *own_twice(const cJSON *object, bool *failed)
{
    size_t count = 0, used = 0;
    const cJSON *item = NULL;
    const char *found = NULL;
    cJSON_ArrayForEach(item, object) count++;
    const char **names = calloc(count + 1, sizeof *names);
    if (!names) {
        memory_note();
        *failed = true;
        return NULL;
    }
    cJSON_ArrayForEach(item, object)
    {
        if (item->string)
            names[used++] = item->string;
    }
    qsort(names, used, sizeof *names, by_text);
    for (size_t i = 1; i < used && !found; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            found = names[i];
    free(names);
    return found;
}

/* The same of the object and of those nested in it. */
static const char *twice(const cJSON *object, bool *failed)
{
    const cJSON *item = NULL;
    const char *found = own_twice(object, failed);
    cJSON_ArrayForEach(item, object)
    {
        if (!found && cJSON_IsObject(item))
            found = twice(item, failed);
    }
    return found;
}

static void parse_json(struct answer *out)
{
    const char *end = NULL, *name = NULL;
    const struct http_answer *http = &out->http;
    struct buf *why = &out->json_why;
    bool failed = false;
    if (http->body_len == 0) {
        buf_text(why, "the body is empty");
        return;
    }
    if (!is_utf8(http->body, http->body_len)) {
        buf_text(why, "the body is not valid UTF-8");
        return;
    }
    out->json = cJSON_ParseWithLengthOpts(http->body, http->body_len, &end, false);
    if (out->json)
        end += strspn(end, " \t\r\n");
    if (!out->json)
        buf_printf(why, "the body is not JSON, from byte %zu",
                   end ? (size_t)(end - http->body) : 0);
    else if ((size_t)(end - http->body) < http->body_len)
        buf_text(why, "something follows the JSON in the body");
    else if (!cJSON_IsObject(out->json))
        buf_text(why, "the JSON of the body is no object");
    else if ((name = twice(out->json, &failed)))
        buf_printf(why, "the field %s occurs twice", name);
    else if (failed)
        buf_text(why, "memory ran out over the fields of the body");
    if (why->len > 0 || why->failed) {
        cJSON_Delete(out->json);
        out->json = NULL;
    }
}

void answer_parse(struct answer *out, struct http_answer *http)
{
    *out = (struct answer){.http = *http};
    *http = (struct http_answer){0};
    parse_json(out);
    const cJSON *detail = answer_field(out->json, "error_detail");
    out->detail = cJSON_IsObject(detail) ? detail : NULL;
    out->code = cJSON_GetStringValue(answer_field(out->detail, "code"));
    out->message = cJSON_GetStringValue(answer_field(out->detail, "message"));
    out->image = cJSON_GetStringValue(answer_field(answer_field(out->json, "data"), "image"));
}

void answer_clear(struct answer *answer)
{
    cJSON_Delete(answer->json);
    buf_clear(&answer->json_why);
    http_answer_clear(&answer->http);
    *answer = (struct answer){0};
}

bool answer_is_success(const struct answer *answer)
{
    return answer->http.status == 200 && (!answer->code || answer->code[0] == '\0');
}

const char *answer_image(struct picture_facts *out, const struct answer *answer)
{
    struct buf bytes = {0};
    if (!answer->image)
        return "data.image is missing or no string";
    const char *why = base64_decode(&bytes, answer->image, strlen(answer->image));
    if (!why && !picture_decodes(out, bytes.ptr, bytes.len))
        why = out->format == PICTURE_FORMAT_NONE ? "its bytes are neither JPEG nor PNG"
                                                 : "its bytes do not decode as a picture";
    buf_clear(&bytes);
    return why;
}

enum clause_id answer_image_clause(const struct answer *answer)
{
    struct buf bytes = {0};
    bool plain = !answer->image || !base64_decode(&bytes, answer->image, strlen(answer->image));
    buf_clear(&bytes);
    return plain ? CLAUSE_answer_data_image : CLAUSE_answer_base64_plain;
}

static void describe_image(struct buf *out, const struct answer *answer)
{
    struct picture_facts facts = {0};
    const char *why = answer_image(&facts, answer);
    if (why)
        buf_printf(out, ", but %s%s", answer->image ? "data.image is no picture: " : "", why);
}

void answer_describe(struct buf *out, const struct answer *answer)
{
    buf_printf(out, "%d", answer->http.status);
    if (!answer->json)
        buf_printf(out, ", %s", buf_str(&answer->json_why));
    else if (!answer->detail)
        buf_text(out, " without an object error_detail");
    else if (!answer->code)
        buf_text(out, " without a string error_detail.code");
    else
        buf_printf(out, " %s", answer->code[0] ? answer->code : "and no error");
    if (answer->message && answer->message[0])
        buf_printf(out, " (%s)", answer->message);
    if (answer->json && answer->detail && answer->code && answer->from_editor &&
        answer_is_success(answer))
        describe_image(out, answer);
}
