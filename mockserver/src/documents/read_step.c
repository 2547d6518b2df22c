/* Reads one step: which answer, and what is done to it. Fields that exclude or need one another
 * are a table too. What a fault or a deviation does is not known here, only their names. */
#include "api/deviation.h"
#include "base/suggest.h"
#include "documents/fields.h"
#include <modp_b64.h>
#include <stdlib.h>

#define BODY_MAX ((size_t)1024 * 1024)
#define HEADER_BYTES_MAX 4096 /* all of a step's, so that any head fits the reply's buffer */
#define TIMES_MAX 1000000000
#define TWO_BODIES "found two bodies, expected one of body and body_base64"

static bool has(const cJSON *step, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(step, name) != NULL;
}

/* Answers */

static bool parse_answer(struct reader *reader, void *at, const struct field *field,
                         const cJSON *value)
{
    (void)reader;
    (void)at;
    (void)field;
    return cJSON_IsString(value) && strcmp(value->valuestring, "success") == 0;
}

static bool parse_error(struct reader *reader, void *at, const struct field *field,
                        const cJSON *value)
{
    struct scenario_step *step = at;
    struct slice code = slice_of(cJSON_GetStringValue(value));
    (void)field;
    if (!code.len || code.len > SCENARIO_CODE_MAX || !is_plain_text(code))
        return false;
    step->answer = ANSWER_ERROR;
    step->code = error_find(code);
    if (step->code == ERROR_NONE)
        step->code_text = read_copy(reader, code);
    return step->code != ERROR_NONE || step->code_text;
}

static bool parse_body(struct reader *reader, void *at, const struct field *field,
                       const cJSON *value)
{
    struct scenario_step *step = at;
    struct slice text = slice_of(cJSON_GetStringValue(value));
    (void)field;
    if (!text.ptr || text.len > BODY_MAX)
        return false;
    if (step->body)
        return reader_complain(reader, TWO_BODIES);
    step->body = read_copy(reader, text);
    step->body_size = text.len;
    return step->body != NULL;
}

static bool parse_body_base64(struct reader *reader, void *at, const struct field *field,
                              const cJSON *value)
{
    struct scenario_step *step = at;
    struct slice text = slice_of(cJSON_GetStringValue(value));
    (void)field;
    if (!text.ptr || text.len % 4 != 0 || text.len / 4 * 3 > BODY_MAX + 2)
        return false;
    if (step->body)
        return reader_complain(reader, TWO_BODIES);
    step->body = malloc(modp_b64_decode_len(text.len));
    if (!step->body)
        return reader_no_memory(reader);
    size_t size = text.len ? modp_b64_decode(step->body, text.ptr, text.len) : 0;
    step->body_size = size == (size_t)-1 ? 0 : size;
    return size <= BODY_MAX; /* (size_t)-1 is no Base64 */
}

/* Headers */

/* RFC 9110's token. */
static bool is_token(struct slice text)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = slice_lower(text.ptr[i]);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(c && strchr(marks, c)))
            return false;
    }
    return text.len > 0 && text.len <= 64;
}

static bool check_header(struct reader *reader, const struct scenario_step *step,
                         const cJSON *header)
{
    static const char *const framing[] = {"Content-Length", "Transfer-Encoding", "Connection"};
    struct slice name = slice_of(header->string);
    char quoted[QUOTED_SIZE];
    if (!is_token(name))
        return reader_complain(reader,
                               "found the header name \"%s\", expected a token of 1 to 64 "
                               "characters (letters, digits, !#$%%&'*+-.^_`|~)",
                               quote(quoted, header->string));
    for (size_t i = 0; i < FIELDS_COUNT(framing); i++)
        if (slice_equal_nocase(name, slice_of(framing[i])))
            return reader_complain(reader,
                                   "found the header %s, expected none that frames the answer: "
                                   "faults do that",
                                   framing[i]);
    for (size_t i = 0; i < step->header_count; i++)
        if (slice_equal_nocase(name, slice_of(step->headers[i].name)))
            return reader_complain(reader, "found the header %s twice, expected it once",
                                   step->headers[i].name);
    struct slice value = slice_of(cJSON_GetStringValue(header));
    if (!value.ptr || value.len > 1024 || !is_plain_text(value))
        return reader_refuse(reader, header,
                             "a header value: at most 1024 bytes without control characters");
    return true;
}

static bool parse_headers(struct reader *reader, void *at, const struct field *field,
                          const cJSON *value)
{
    struct scenario_step *step = at;
    size_t bytes = 0;
    (void)field;
    if (!cJSON_IsObject(value))
        return false;
    for (const cJSON *member = value->child; member; member = member->next) {
        size_t mark = reader_enter(reader, member->string);
        if (step->header_count == SCENARIO_HEADERS_MAX)
            return reader_complain(reader, "found more headers, expected at most %d",
                                   SCENARIO_HEADERS_MAX);
        if (!check_header(reader, step, member))
            return false;
        bytes += strlen(member->string) + strlen(member->valuestring) + 4;
        if (bytes > HEADER_BYTES_MAX)
            return reader_complain(reader, "found more headers, expected at most %d bytes of them",
                                   HEADER_BYTES_MAX);
        struct scenario_header *header = &step->headers[step->header_count++];
        header->name = read_copy(reader, slice_of(member->string));
        header->value = read_copy(reader, slice_of(member->valuestring));
        if (!header->name || !header->value)
            return false;
        reader_leave(reader, mark);
    }
    return true;
}

/* Deviations */

static bool parse_deviation(struct reader *reader, void *at, const struct field *field,
                            const cJSON *value)
{
    struct slice name = slice_of(cJSON_GetStringValue(value));
    char **out = at;
    (void)field;
    if (!name.ptr)
        return false;
    if (!deviation_find(name)) {
        size_t count;
        char quoted[QUOTED_SIZE], names[120];
        struct suggestions nearest;
        const struct deviation *table = deviation_table(&count);
        suggestions_init(&nearest, name);
        for (size_t i = 0; i < count; i++)
            suggestions_consider(&nearest, table[i].name);
        return reader_complain(reader,
                               "found the unknown deviation \"%s\", expected a known one; did you "
                               "mean %s?",
                               quote(quoted, name.ptr),
                               suggestions_print(&nearest, names, sizeof names));
    }
    *out = read_copy(reader, name);
    return *out != NULL;
}

/* The step */

static const struct field fields[] = {
    {"answer", parse_answer, 0, "\"success\"", 0, 0, 0},
    {"error", parse_error, 0,
     "an error code: a text of 1 to " FIELD_TEXT_OF(SCENARIO_CODE_MAX) " bytes", 0, 0, 0},
    {"message", field_text, offsetof(struct scenario_step, message),
     "a text of 1 to 383 bytes without control characters", 1, VERDICT_MESSAGE_SIZE - 1, 0},
    {"status", field_int, offsetof(struct scenario_step, status), NULL, 200, 599, 0},
    {"headers", parse_headers, 0, "an object of headers, name: text", 0, 0, 0},
    {"body", parse_body, 0, "a text of at most 1 MiB", 0, 0, 0},
    {"body_base64", parse_body_base64, 0, "padded Base64 of at most 1 MiB", 0, 0, 0},
    {"deviation", parse_deviation, offsetof(struct scenario_step, deviation),
     "the name of a deviation", 0, 0, 0},
    {"fault", read_fault, 0, "the name of a fault, or {\"name\": …, \"amount\": …}", 0, 0, 0},
    {"delay", read_delay, offsetof(struct scenario_step, delay),
     "milliseconds, or an object with one of uniform, normal and lognormal", 0, 0, 0},
    {"times", field_u32, offsetof(struct scenario_step, times), NULL, 1, TIMES_MAX, 0},
    {"probability", field_probability, offsetof(struct scenario_step, probability),
     "a number from 0 to 1", 0, 0, 0},
    {"always", field_bool, offsetof(struct scenario_step, always), "true or false", 0, 0, 0},
};

/* What stands beside what. */
static const struct {
    const char *field, *other;
    bool together; /* field needs other; otherwise it excludes it */
    const char *found;
} companions[] = {
    {"answer", "error", false, "an answer beside an error, expected one of them"},
    {"answer", "status", false, "an answer beside a status, expected one of them"},
    {"message", "error", true, "a message, expected it beside an error"},
    {"body", "error", false, "a body beside an error, expected one of them"},
    {"body_base64", "error", false, "a body beside an error, expected one of them"},
    {"body", "status", true, "a body, expected it beside a status"},
    {"body_base64", "status", true, "a body, expected it beside a status"},
};

static bool check_companions(struct reader *reader, const cJSON *value)
{
    for (size_t i = 0; i < FIELDS_COUNT(companions); i++)
        if (has(value, companions[i].field) &&
            has(value, companions[i].other) != companions[i].together) {
            reader_enter(reader, companions[i].field);
            return reader_complain(reader, "found %s", companions[i].found);
        }
    return true;
}

/* A code that nobody knows has no status of its own; asking for one also finds misspelt codes. */
static bool check_code(struct reader *reader, const struct scenario_step *step)
{
    char quoted[QUOTED_SIZE], names[120];
    struct suggestions nearest;
    if (!step->code_text || step->status)
        return true;
    suggestions_init(&nearest, slice_of(step->code_text));
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        suggestions_consider(&nearest, error_info(code)->name);
    reader_enter(reader, "error");
    return reader_complain(reader,
                           "found \"%s\", which is not in the table, expected a status beside it; "
                           "did you mean %s?",
                           quote(quoted, step->code_text),
                           suggestions_print(&nearest, names, sizeof names));
}

static bool check_step(struct reader *reader, struct scenario_step *step, const cJSON *value)
{
    static const char *const substance[] = {"answer",    "error", "status", "headers",
                                            "deviation", "fault", "delay"};
    size_t present = 0;
    for (size_t i = 0; i < FIELDS_COUNT(substance); i++)
        present += has(value, substance[i]);
    if (!present)
        return reader_complain(reader, "found a step that does nothing, expected answer, error, "
                                       "status, headers, deviation, fault or delay");
    if (!check_companions(reader, value) || !check_code(reader, step))
        return false;
    if (step->status && step->answer == ANSWER_NORMAL)
        step->answer = ANSWER_RAW;
    if (step->deviation && step->answer == ANSWER_RAW) {
        reader_enter(reader, "deviation");
        return reader_complain(reader, "found a deviation beside a status without an error, "
                                       "expected an answer with an envelope");
    }
    if ((step->status == 204 || step->status == 304) &&
        (step->answer == ANSWER_ERROR || step->body_size)) {
        reader_enter(reader, "status");
        return reader_complain(reader, "found %d, expected a status that may have a body",
                               step->status);
    }
    return true;
}

bool read_step(struct reader *reader, struct scenario_step *out, const cJSON *value)
{
    *out = (struct scenario_step){.probability = 1, .times = 1};
    if (read_object(reader, out, value, fields, FIELDS_COUNT(fields)))
        return check_step(reader, out, value);
    return reader_refuse(reader, value, "a step: an object");
}
