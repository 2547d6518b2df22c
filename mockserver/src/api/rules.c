/* The predicates behind rules.def, one function a row. Each says whether it refuses and, if so,
 * writes what was wrong in this very request: the field, the value, the size, the limit. */
#include "api/rules.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Writes "<description> - <what>", the form seen in live answers. */
__attribute__((format(printf, 3, 4))) static bool refuse(char *message, enum error_code code,
                                                         const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int used = snprintf(message, VERDICT_MESSAGE_SIZE, "%s - ", error_info(code)->description);
    vsnprintf(message + used, VERDICT_MESSAGE_SIZE - (size_t)used, format, args);
    va_end(args);
    return true;
}

struct subject {
    struct request *request;
    const struct rule_context *context;
    enum error_code code;
    char *message;
};

#define REFUSE(subject, ...) refuse((subject)->message, (subject)->code, __VA_ARGS__)

static bool refuses_framing(const struct subject *s)
{
    const char *doubt = s->request->head.doubt;
    return doubt && REFUSE(s, "HTTP framing: %s.", doubt);
}

static bool refuses_path(const struct subject *s)
{
    char path[96];
    const struct request_head *head = &s->request->head;
    if (head->endpoint != ENDPOINT_UNKNOWN)
        return false;
    return REFUSE(s, "path: '%s' is not served; this API is %s %s.",
                  printable(path, sizeof path, head->path),
                  endpoint_info(ENDPOINT_EMOTION_EDITOR)->method,
                  endpoint_info(ENDPOINT_EMOTION_EDITOR)->path);
}

static bool refuses_method(const struct subject *s)
{
    char method[24];
    const struct request_head *head = &s->request->head;
    const struct endpoint *endpoint = endpoint_info(head->endpoint);
    if (!endpoint || slice_equal(head->method, slice_of(endpoint->method)))
        return false;
    if (head->is_head && slice_equal(slice_of(endpoint->method), slice_of("GET")))
        return false;
    return REFUSE(s, "method: %s is not allowed on %s; use %s.",
                  printable(method, sizeof method, head->method), endpoint->path, endpoint->method);
}

static bool refuses_key(const struct subject *s)
{
    const struct slice key = s->request->head.key;
    if (!key.ptr)
        return REFUSE(s, "header ailabapi-api-key: missing.");
    if (!key.len)
        return REFUSE(s, "header ailabapi-api-key: empty.");
    return !s->context->account->known &&
           REFUSE(s, "header ailabapi-api-key: the key of %zu characters is unknown.", key.len);
}

static bool refuses_locked(const struct subject *s)
{
    return s->context->account->locked && REFUSE(s, "the account of this key is locked.");
}

/* Asking for the balance is free and allowed without any. */
static bool is_charged(const struct subject *s)
{
    return s->request->head.endpoint == ENDPOINT_EMOTION_EDITOR;
}

static bool refuses_credits(const struct subject *s)
{
    return is_charged(s) && s->context->account->out_of_credits &&
           REFUSE(s, "a call costs %d credits and the balance is lower.", LIMIT_CREDITS_PER_CALL);
}

static bool refuses_rate(const struct subject *s)
{
    const struct account_verdict *account = s->context->account;
    return account->over_limit && REFUSE(s, "%s", account->limit_text);
}

static bool refuses_announced_length(const struct subject *s)
{
    const struct request_head *head = &s->request->head;
    uint64_t bound = s->context->max_body_bytes;
    if (head->framing != BODY_LENGTH || head->content_length <= bound)
        return false;
    return REFUSE(s,
                  "request body: %" PRIu64 " bytes are announced; an image_target has at most %d "
                  "bytes and a whole request at most %" PRIu64 ".",
                  head->content_length, LIMIT_IMAGE_BYTES_MAX, bound);
}

static bool refuses_received_length(const struct subject *s)
{
    if (s->request->body_end != BODY_TOO_LARGE)
        return false;
    return REFUSE(s, "request body: longer than %" PRIu64 " bytes; an image_target has at most %d.",
                  s->context->max_body_bytes, LIMIT_IMAGE_BYTES_MAX);
}

static bool refuses_unfinished_body(const struct subject *s)
{
    const struct request *request = s->request;
    switch (request->body_end) {
    case BODY_CUT:
        if (request->head.framing == BODY_LENGTH)
            return REFUSE(s,
                          "request body: ends after %zu of the %" PRIu64
                          " bytes that Content-Length announces.",
                          request->body.len, request->head.content_length);
        return REFUSE(s, "request body: ends before the last chunk.");
    case BODY_TIMED_OUT:
        if (request->head.framing == BODY_LENGTH)
            return REFUSE(s, "request body: not complete in time; %zu of %" PRIu64 " bytes came.",
                          request->body.len, request->head.content_length);
        return REFUSE(s, "request body: not complete in time; the last chunk has not come.");
    case BODY_BAD_CHUNK:
        return REFUSE(
            s, "request body: a chunk of the chunked transfer coding is malformed, or has an "
               "extension, which the mock does not read.");
    default:
        return false;
    }
}

/* A form begins with "--", or with a line end before it. What begins otherwise and names a content
 * coding is compressed, even where the reader finds delimiters in it. */
static bool is_coded(const struct request *request)
{
    const struct slice body = request->body;
    if (!body.len || body.ptr[0] == '-' || body.ptr[0] == '\r')
        return false;
    const struct slice coding = request_header(&request->head, "Content-Encoding");
    return coding.len && !slice_equal_nocase(coding, slice_of("identity"));
}

static bool refuses_multipart(const struct subject *s)
{
    char coding[32];
    if (is_coded(s->request))
        return REFUSE(s, "request body: Content-Encoding is '%s'; send the form without a coding.",
                      printable(coding, sizeof coding,
                                request_header(&s->request->head, "Content-Encoding")));
    return !s->request->parsed && REFUSE(s, "request body: %s.", s->request->parse_why);
}

static bool refuses_repeated_field(const struct subject *s)
{
    const char *name = s->request->repeated;
    return name && REFUSE(s, "%s: given more than once; give it once.", name);
}

static bool refuses_missing_image(const struct subject *s)
{
    return !s->request->image &&
           REFUSE(s, "image_target: the part is missing; send a JPEG or PNG file.");
}

static bool refuses_missing_choice(const struct subject *s)
{
    char list[128];
    if (s->request->choice || s->context->revision->choice == CHOICE_OPTIONAL)
        return false;
    return REFUSE(s, "service_choice: the part is missing; send one of %s.",
                  expression_list(list, sizeof list, s->context->revision));
}

static bool refuses_empty_image(const struct subject *s)
{
    const struct multipart_part *image = s->request->image;
    return image && !image->body.len && REFUSE(s, "image_target: Cannot be empty.");
}

static bool refuses_empty_choice(const struct subject *s)
{
    const struct multipart_part *choice = s->request->choice;
    return choice && !choice->body.len && REFUSE(s, "service_choice: Cannot be empty.");
}

static bool refuses_choice_text(const struct subject *s)
{
    char text[48], list[128];
    const struct multipart_part *choice = s->request->choice;
    if (!choice || s->request->choice_number != CHOICE_UNREADABLE)
        return false;
    const bool is_key = slice_equal(choice->body, s->request->head.key); /* the two swapped */
    return REFUSE(s, "service_choice: '%s' is not a plain decimal integer; it is one of %s.",
                  is_key ? "***" : printable(text, sizeof text, choice->body),
                  expression_list(list, sizeof list, s->context->revision));
}

/* What service_choice says; 0 is the documented default where the part may be left out. */
static int choice_of(const struct request *request)
{
    return request->choice ? request->choice_number : 0;
}

static bool refuses_choice_scope(const struct subject *s)
{
    char text[48], list[128];
    const struct request *request = s->request;
    if (!request->choice || request->expression || request->choice_number == CHOICE_UNREADABLE)
        return false;
    return REFUSE(s, "service_choice: %s is not in scope; it is one of %s.",
                  printable(text, sizeof text, request->choice->body),
                  expression_list(list, sizeof list, s->context->revision));
}

static bool refuses_image_size(const struct subject *s)
{
    const struct multipart_part *image = s->request->image;
    if (!image || image->body.len <= (size_t)LIMIT_IMAGE_BYTES_MAX)
        return false;
    return REFUSE(s, "image_target: %zu bytes; at most %d are allowed.", image->body.len,
                  LIMIT_IMAGE_BYTES_MAX);
}

/* Looks at the picture once, whichever rule asks first. */
static const struct image_facts *look_at_image(const struct subject *s)
{
    struct request *request = s->request;
    if (request->image && !request->inspected) {
        if (s->context->judge)
            image_inspect(&request->facts, request->image->body);
        else
            image_identify(&request->facts, request->image->body);
        request->inspected = true;
    }
    return request->image ? &request->facts : NULL;
}

static bool refuses_image_type(const struct subject *s)
{
    const struct image_facts *facts = look_at_image(s);
    return facts && facts->state == IMAGE_FOREIGN &&
           REFUSE(s, "image_target: neither JPEG nor PNG by its bytes: %s.", facts->why);
}

static bool sides_exceed(const struct image_facts *facts)
{
    return facts->width > (uint32_t)LIMIT_IMAGE_SIDE_MAX ||
           facts->height > (uint32_t)LIMIT_IMAGE_SIDE_MAX;
}

/* A picture beyond the limits is judged by its structure alone: decoding it would be the
 * decompression bomb that the limits are there to prevent. */
static bool refuses_image_damage(const struct subject *s)
{
    const struct image_judge *judge = s->context->judge;
    const struct image_facts *facts = look_at_image(s);
    if (!facts || facts->state == IMAGE_FOREIGN)
        return false;
    if (facts->state == IMAGE_SOUND && judge && !sides_exceed(facts) &&
        !judge->decode(judge->context, &s->request->facts, s->request->image->body)) {
        s->request->no_memory = true;
        return true;
    }
    return facts->state == IMAGE_DAMAGED && REFUSE(s, "image_target: the %s does not decode: %s.",
                                                   image_format_name(facts->format), facts->why);
}

static bool refuses_image_resolution(const struct subject *s)
{
    const struct image_facts *facts = look_at_image(s);
    return facts && sides_exceed(facts) &&
           REFUSE(s, "image_target: %" PRIu32 "x%" PRIu32 " px; each side is at most %d px.",
                  facts->width, facts->height, LIMIT_IMAGE_SIDE_MAX);
}

/* The table. */

static const struct rule_info infos[] = {
#define MOCK_RULE(id, clause, stage, error, status, predicate)                                     \
    [RULE_##id] = {#id, CLAUSE_##clause, STAGE_##stage, CODE_##error, status},
#include "api/rules.def"
};

static bool (*const predicates[])(const struct subject *) = {
#define MOCK_RULE(id, clause, stage, error, status, predicate) [RULE_##id] = refuses_##predicate,
#include "api/rules.def"
};

const struct rule_info *rule_info(enum rule_id id)
{
    return id > RULE_NONE && id < RULE_COUNT ? &infos[id] : NULL;
}

enum rule_id rule_find(const char *name)
{
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++)
        if (strcmp(infos[id].name, name) == 0)
            return id;
    return RULE_NONE;
}

void verdict_make(struct verdict *out, const struct revision *revision, enum error_code code,
                  int status, const char *message)
{
    const struct error_info *info = error_info(code);
    out->rule = RULE_NONE;
    out->code = code;
    out->status = status ? status : error_status(code, revision);
    out->message[0] = '\0';
    if (info)
        snprintf(out->message, sizeof out->message, "%s",
                 message && message[0] ? message : info->description);
}

void rules_judge(struct verdict *out, enum rule_stage stage, struct request *request,
                 const struct rule_context *context)
{
    verdict_make(out, context->revision, ERROR_NONE, 0, NULL);
    if (stage == STAGE_BODY) /* also what came of an unfinished one: its rule may be off */
        request_parse_body(request);
    if (stage == STAGE_BODY && request->parsed) /* the banner needs it whichever rules are off */
        request->expression = expression_find(choice_of(request), context->revision);
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++) {
        const struct rule_info *rule = &infos[id];
        const struct subject subject = {request, context, rule->error, out->message};
        if (rule->stage != stage || context->off[id] || !predicates[id](&subject))
            continue;
        if (request->no_memory) { /* which is not the client's fault */
            verdict_make(out, context->revision, CODE_SERVICE_INTERNAL_ERROR, 0,
                         "memory ran out while decoding image_target");
            return;
        }
        out->rule = id;
        out->code = rule->error;
        out->status = rule->status ? rule->status : error_status(rule->error, context->revision);
        return;
    }
}

const char *endpoint_allowed_methods(enum endpoint_id id)
{
    switch (id) {
    case ENDPOINT_EMOTION_EDITOR:
        return "POST, OPTIONS";
    case ENDPOINT_QUERY_CREDITS:
        return "GET, HEAD, OPTIONS";
    default:
        return "";
    }
}
