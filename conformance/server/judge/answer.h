/* One answer of the API: HTTP, JSON and the fields that every case looks at. Judging it is the
 * business of envelope.h and of the cases. */
#ifndef CONFORMANCE_SERVER_JUDGE_ANSWER_H
#define CONFORMANCE_SERVER_JUDGE_ANSWER_H

#include "base/buf.h"
#include "judge/clauses.h"
#include "pictures/picture.h"
#include "wire/http_answer.h"
#include <cjson/cJSON.h>
#include <stdint.h>

struct answer {
    struct http_answer http;
    cJSON *json;         /* the object; NULL when the body is none */
    struct buf json_why; /* then why */
    const cJSON *detail; /* error_detail, when it is an object */
    const char *code;    /* error_detail.code; NULL when absent or no string */
    const char *message; /* error_detail.message; the same */
    const char *image;   /* data.image; the same */
    /* The wall clock, in seconds: when the request was sent, when the answer was read. 0: unknown.
     */
    int64_t asked_s, answered_s;
    bool from_editor; /* the request went to the endpoint, not to another path */
};

/* Takes over *http. End it with answer_clear(). */
void answer_parse(struct answer *out, struct http_answer *http);
void answer_clear(struct answer *answer);

const cJSON *answer_field(const cJSON *object, const char *name);
/* "a string", "null", "absent", …: of a JSON value for people. */
const char *answer_type(const cJSON *item);
/* HTTP 200 without an error code. */
bool answer_is_success(const struct answer *answer);
/* Decodes data.image strictly and to the last row. Returns NULL, or the mistake in one phrase. */
const char *answer_image(struct picture_facts *out, const struct answer *answer);
/* The clause that a success breaks whose picture does not decode. */
enum clause_id answer_image_clause(const struct answer *answer);
/* "422 ERROR_NO_FACE_IN_FILE (…)", "200 and no error, but …", with the answer's own words whole:
 * for people only by way of redact.h. */
void answer_describe(struct buf *out, const struct answer *answer);

#endif
