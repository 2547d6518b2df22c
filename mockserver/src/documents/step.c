/* Reads and prints one step: which answer, and what is done to it. Fields that exclude or need one
 * another are a table too. What a fault or a deviation does is not known here, only their names. */
#include "api/deviation.h"
#include "documents/shapes.h"
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

static bool parse_answer(struct reader *reader, void *at, const struct shape_row *row,
                         const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    (void)reader;
    (void)at;
    (void)row;
    return text && strcmp(text, "success") == 0;
}

/* Only where the step has nothing else to do. */
static void print_answer(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct scenario_step *step = at;
    if (step->answer == ANSWER_NORMAL && !step->header_count && !step->deviation && !step->fault &&
        !step->delay.kind)
        tree_text(tree, object, name, "success");
}

static bool parse_error(struct reader *reader, void *at, const struct shape_row *row,
                        const cJSON *value)
{
    struct scenario_step *step = at;
    struct slice code = slice_of(cJSON_GetStringValue(value));
    (void)row;
    if (!code.len || code.len > SCENARIO_CODE_MAX || !is_plain_text(code))
        return false;
    step->answer = ANSWER_ERROR;
    step->code = error_find(code);
    if (step->code == ERROR_NONE)
        step->code_text = read_copy(reader, code);
    return step->code != ERROR_NONE || step->code_text;
}

static void print_error(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct scenario_step *step = at;
    if (step->answer == ANSWER_ERROR)
        tree_text(tree, object, name, step->code ? error_info(step->code)->name : step->code_text);
}

static bool parse_body(struct reader *reader, void *at, const struct shape_row *row,
                       const cJSON *value)
{
    struct scenario_step *step = at;
    struct slice text = slice_of(cJSON_GetStringValue(value));
    (void)row;
    if (!text.ptr || text.len > BODY_MAX)
        return false;
    if (step->body)
        return reader_complain(reader, TWO_BODIES);
    step->body = read_copy(reader, text);
    step->body_size = text.len;
    return step->body != NULL;
}

static bool parse_body_base64(struct reader *reader, void *at, const struct shape_row *row,
                              const cJSON *value)
{
    struct scenario_step *step = at;
    struct slice text = slice_of(cJSON_GetStringValue(value));
    (void)row;
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

static bool body_is_text(const struct scenario_step *step)
{
    struct slice body = slice_make(step->body, step->body_size);
    return !memchr(body.ptr, '\0', body.len) && utf8_length(body) == body.len;
}

static void print_body(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct scenario_step *step = at;
    if (step->body_size && body_is_text(step))
        tree_slice(tree, object, name, slice_make(step->body, step->body_size));
}

static void print_body_base64(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct scenario_step *step = at;
    if (!step->body_size || body_is_text(step))
        return;
    char *text = malloc(modp_b64_encode_len(step->body_size));
    if (text)
        modp_b64_encode(text, step->body, step->body_size);
    tree_item(tree, object, name, text ? cJSON_CreateString(text) : NULL);
    free(text);
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

bool check_header_name(struct reader *reader, const char *name)
{
    char quoted[QUOTED_SIZE];
    return is_token(slice_of(name)) ||
           reader_complain(reader,
                           "found the header name \"%s\", expected a token of 1 to 64 "
                           "characters (letters, digits, !#$%%&'*+-.^_`|~)",
                           quote(quoted, name));
}

static bool check_new_header(struct reader *reader, const struct scenario_step *step,
                             const char *name)
{
    static const char *const framing[] = {"Content-Length", "Transfer-Encoding", "Connection"};
    if (!check_header_name(reader, name))
        return false;
    for (size_t i = 0; i < COUNT_OF(framing); i++)
        if (slice_equal_nocase(slice_of(name), slice_of(framing[i])))
            return reader_complain(reader,
                                   "found the header %s, expected none that frames the answer: "
                                   "faults do that",
                                   framing[i]);
    for (size_t i = 0; i < step->header_count; i++)
        if (slice_equal_nocase(slice_of(name), slice_of(step->headers[i].name)))
            return reader_complain(reader,
                                   "found the header %s twice, expected it once, with an array of "
                                   "its values",
                                   step->headers[i].name);
    return true;
}

static bool add_header(struct reader *reader, struct scenario_step *step, size_t *bytes,
                       const char *name, const cJSON *value)
{
    struct slice text = slice_of(cJSON_GetStringValue(value));
    if (step->header_count == SCENARIO_HEADERS_MAX)
        return reader_complain(reader, "found more headers, expected at most %d",
                               SCENARIO_HEADERS_MAX);
    if (!text.ptr || text.len > 1024 || !is_plain_text(text))
        return reader_refuse(reader, value,
                             "a header value: at most 1024 bytes without control characters");
    *bytes += strlen(name) + text.len + 4;
    if (*bytes > HEADER_BYTES_MAX)
        return reader_complain(reader, "found more headers, expected at most %d bytes of them",
                               HEADER_BYTES_MAX);
    struct scenario_header *header = &step->headers[step->header_count++];
    header->name = read_copy(reader, slice_of(name));
    header->value = read_copy(reader, text);
    return header->name && header->value;
}

/* Several headers of one name. */
static bool add_headers(struct reader *reader, struct scenario_step *step, size_t *bytes,
                        const cJSON *array)
{
    size_t index = 0;
    if (!array->child)
        return reader_complain(reader, "found an empty array, expected values of the header");
    for (const cJSON *value = array->child; value; value = value->next) {
        size_t mark = reader_enter_at(reader, index++);
        if (!add_header(reader, step, bytes, array->string, value))
            return false;
        reader_leave(reader, mark);
    }
    return true;
}

static bool parse_headers(struct reader *reader, void *at, const struct shape_row *row,
                          const cJSON *value)
{
    struct scenario_step *step = at;
    size_t bytes = 0;
    (void)row;
    if (!cJSON_IsObject(value))
        return false;
    for (const cJSON *member = value->child; member; member = member->next) {
        size_t mark = reader_enter(reader, member->string);
        if (!check_new_header(reader, step, member->string) ||
            !(cJSON_IsArray(member) ? add_headers(reader, step, &bytes, member)
                                    : add_header(reader, step, &bytes, member->string, member)))
            return false;
        reader_leave(reader, mark);
    }
    return true;
}

/* How many headers from first on have its name: they stand side by side. */
static size_t count_of_name(const struct scenario_step *step, size_t first)
{
    size_t end = first + 1;
    while (end < step->header_count &&
           strcmp(step->headers[end].name, step->headers[first].name) == 0)
        end++;
    return end - first;
}

static void print_headers(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct scenario_step *step = at;
    cJSON *item = step->header_count ? tree_object(tree, object, name) : NULL;
    for (size_t i = 0, count; i < step->header_count; i += count) {
        const struct scenario_header *header = &step->headers[i];
        count = count_of_name(step, i);
        if (count == 1) {
            tree_text(tree, item, header->name, header->value);
            continue;
        }
        cJSON *values = tree_array(tree, item, header->name);
        for (size_t k = 0; k < count; k++)
            tree_text(tree, values, NULL, header[k].value);
    }
}

/* Deviations */

static bool parse_deviation(struct reader *reader, void *at, const struct shape_row *row,
                            const cJSON *value)
{
    struct slice name = slice_of(cJSON_GetStringValue(value));
    char **out = at;
    (void)row;
    if (!name.ptr)
        return false;
    if (!deviation_find(name)) {
        size_t count;
        struct suggestions nearest;
        const struct deviation *table = deviation_table(&count);
        suggestions_init(&nearest, name);
        for (size_t i = 0; i < count; i++)
            suggestions_consider(&nearest, table[i].name);
        return refuse_name(reader, "deviation", name.ptr, &nearest);
    }
    *out = read_copy(reader, name);
    return *out != NULL;
}

void print_text_field(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    char *const *text = at;
    if (*text)
        tree_text(tree, object, name, *text);
}

/* The step */

#define STRING "{'type':'string'}"

static const struct shape_other answer_field = {parse_answer, print_answer, "\"success\"",
                                                "{'enum':['success']}", NULL};
static const struct shape_other error_field = {
    parse_error, print_error, "an error code: a text of 1 to " TEXT_OF(SCENARIO_CODE_MAX) " bytes",
    STRING, NULL};
static const struct shape_other headers_field = {
    parse_headers, print_headers, "an object of headers, name: text or an array of texts",
    "{'type':'object','additionalProperties':{'anyOf':[" STRING ",{'type':'array','items':" STRING
    ",'minItems':1}]}}",
    NULL};
static const struct shape_other body_field = {parse_body, print_body, "a text of at most 1 MiB",
                                              STRING, NULL};
static const struct shape_other body_base64_field = {
    parse_body_base64, print_body_base64, "padded Base64 of at most 1 MiB", STRING, NULL};
static const struct shape_other deviation_field = {parse_deviation, print_text_field,
                                                   "the name of a deviation", STRING, NULL};

#define STEP(member) SHAPE_AT(struct scenario_step, member)

static const struct shape_row step_rows[] = {
    {"answer", SHAPE_OTHER, .of.other = &answer_field},
    {"error", SHAPE_OTHER, .of.other = &error_field},
    {"message", SHAPE_TEXT, 0, STEP(message), .minimum = 1, .maximum = SCENARIO_MESSAGE_MAX},
    {"status", SHAPE_WHOLE, 0, STEP(status), .minimum = 200, .maximum = 599},
    {"headers", SHAPE_OTHER, .of.other = &headers_field},
    {"body", SHAPE_OTHER, .of.other = &body_field},
    {"body_base64", SHAPE_OTHER, .of.other = &body_base64_field},
    {"deviation", SHAPE_OTHER, 0, STEP(deviation), .of.other = &deviation_field},
    {"fault", SHAPE_OTHER, .of.other = &fault_field},
    {"delay", SHAPE_OTHER, 0, STEP(delay), .of.other = &delay_field},
    {"times", SHAPE_WHOLE, 0, STEP(times), .minimum = 1, .maximum = TIMES_MAX},
    {"probability", SHAPE_REAL, 0, STEP(probability), .maximum = 1},
    {"always", SHAPE_FLAG, 0, STEP(always)},
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
    for (size_t i = 0; i < COUNT_OF(companions); i++)
        if (has(value, companions[i].field) &&
            has(value, companions[i].other) != companions[i].together) {
            reader_enter(reader, companions[i].field);
            return reader_complain(reader, "found %s", companions[i].found);
        }
    return true;
}

/* An unknown code has no status of its own; asking for one also finds misspelt codes. */
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

static bool check_step(struct reader *reader, void *out, const cJSON *value)
{
    struct scenario_step *step = out;
    static const char *const substance[] = {"answer",    "error", "status", "headers",
                                            "deviation", "fault", "delay"};
    size_t present = 0;
    for (size_t i = 0; i < COUNT_OF(substance); i++)
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
    if (!reply_may_have_body(step->status) && (step->answer == ANSWER_ERROR || step->body_size)) {
        reader_enter(reader, "status");
        return reader_complain(reader, "found %d, expected a status that may have a body",
                               step->status);
    }
    return true;
}

static const struct scenario_step unread = {.probability = 1, .times = 1};

const struct shape step_shape = {"a step: an object",
                                 SHAPE_ROWS(step_rows),
                                 .size = sizeof(struct scenario_step),
                                 .initial = &unread,
                                 .least = 1,
                                 .check = check_step,
                                 .plural = "steps",
                                 .schema = "Step"};
