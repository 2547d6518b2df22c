/* Answers as the client reads them. A record is the body of an answer with the status 200 or 422,
 * as its first byte says ('2' or '4'). Two looks: the envelope's fields with their JSON types, and
 * the outcome of the call, with the picture. */
#include "answer.h"
#include "records.h"
#include <stdio.h>
#include <stdlib.h>

static const char *const names[FIELDS] = {
    [FIELD_REQUEST_ID] = "request_id",
    [FIELD_LOG_ID] = "log_id",
    [FIELD_ERROR_CODE] = "error_code",
    [FIELD_ERROR_CODE_STR] = "error_code_str",
    [FIELD_ERROR_MSG] = "error_msg",
    [FIELD_DETAIL] = "error_detail",
    [FIELD_DETAIL_STATUS_CODE] = "error_detail.status_code",
    [FIELD_DETAIL_CODE] = "error_detail.code",
    [FIELD_DETAIL_CODE_MESSAGE] = "error_detail.code_message",
    [FIELD_DETAIL_MESSAGE] = "error_detail.message",
    [FIELD_DATA] = "data",
    [FIELD_IMAGE] = "data.image",
};

static void print_field(const struct ai_field *field)
{
    static const char *const kinds[] = {
        [KIND_ABSENT] = "absent",   [KIND_NULL] = "null",     [KIND_BOOLEAN] = "boolean",
        [KIND_INTEGER] = "integer", [KIND_NUMBER] = "number", [KIND_STRING] = "string",
        [KIND_ARRAY] = "array",     [KIND_OBJECT] = "object",
    };
    printf("[\"%s\", ", kinds[field->kind]);
    if (field->kind == KIND_INTEGER)
        printf("%ld", field->number);
    else if (field->kind == KIND_STRING)
        print_hex(field->text, field->size);
    else
        fputs("null", stdout);
    putchar(']');
}

static void fill(struct ai_envelope *envelope, const struct record *record)
{
    if (record->size > 1 && !ai_envelope_add(envelope, record->bytes + 1, record->size - 1))
        exit(3);
}

static void print_envelope(const struct record *record)
{
    struct ai_envelope envelope = {0};
    fill(&envelope, record);
    if (!ai_envelope_read(&envelope)) {
        fputs("\"refused\": ", stdout);
        print_words(envelope.why);
    } else {
        fputs("\"fields\": {", stdout);
        for (size_t i = 0; i < FIELDS; i++) {
            printf("%s\"%s\": ", i ? ", " : "", names[i]);
            print_field(&envelope.fields[i]);
        }
        putchar('}');
    }
    ai_envelope_clear(&envelope);
}

static void print_outcome(const struct record *record)
{
    struct ai_envelope envelope = {0};
    struct ailab_result *result = ai_result_new();
    const struct ai_answer answer = {.http_status =
                                         record->size && record->bytes[0] == '4' ? 422 : 200};
    if (!result)
        exit(3);
    fill(&envelope, record);
    ai_answer_judge(result, &answer, &envelope);
    printf(", \"outcome\": %d, \"words\": ", (int)result->error);
    print_words(result->error_text);
    fputs(", \"picture\": ", stdout);
    print_hex(result->image, result->image ? result->image_size : 0);
    ailab_result_free(result);
    ai_envelope_clear(&envelope);
}

int main(void)
{
    struct record record;
    while (record_read(&record)) {
        putchar('{');
        print_envelope(&record);
        print_outcome(&record);
        putchar('}');
        end_line();
        record_clear(&record);
    }
    return 0;
}
