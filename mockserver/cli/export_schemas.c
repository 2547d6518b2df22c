/* The schemas of the OpenAPI document: the form that is sent and the envelope that comes back. A
 * schema asks for what is documented; what was only seen is said in words. */
#include "export_openapi.h"

/* A schema with a type and a description, under name. */
static cJSON *add_schema(struct builder *b, cJSON *parent, const char *name, const char *type,
                         const char *description)
{
    cJSON *schema = add_object(b, parent, name);
    add_text(b, schema, "type", type);
    add_text(b, schema, "description", description);
    return schema;
}

/* {"required": [name]}: true of an object that has the member. */
static void add_has(struct builder *b, cJSON *parent, const char *member, const char *name)
{
    const char *names[] = {name, NULL};
    add_texts(b, add_object(b, parent, member), "required", names);
}

/* "big-grin" -> "BIG_GRIN", for code that is generated from the document. */
static void add_identifier(struct builder *b, cJSON *names, const char *slug)
{
    struct words name = {0};
    for (; *slug; slug++)
        words_add(&name, "%c", *slug == '-' ? '_' : *slug - 'a' + 'A');
    add_words(b, names, NULL, &name);
}

static void add_service_choice(struct builder *b, cJSON *schemas)
{
    size_t count = 0;
    struct words words = {0};
    const struct expression *table = expression_table(&count);
    cJSON *schema = add_object(b, schemas, "ServiceChoice");
    cJSON *numbers = NULL, *names = NULL, *labels = NULL;
    add_text(b, schema, "type", "integer");
    words_add(&words, "The expression to give. On the wire: plain decimal text, without sign, "
                      "leading zero or white space.\n");
    numbers = add_array(b, schema, "enum");
    names = add_array(b, schema, "x-enum-varnames");
    labels = add_array(b, schema, "x-enum-descriptions");
    for (size_t i = 0; i < count; i++) {
        if (!expression_find(table[i].number, revision_default()))
            continue;
        add_number(b, numbers, NULL, table[i].number);
        add_identifier(b, names, table[i].slug);
        add_text(b, labels, NULL, table[i].label);
        words_add(&words, "\n- `%d`: %s", table[i].number, table[i].label);
    }
    add_words(b, schema, "description", &words);
}

static void add_request(struct builder *b, cJSON *schemas)
{
    static const char *const required[] = {"image_target", "service_choice", NULL};
    struct words words = {0};
    cJSON *schema = add_schema(b, schemas, "EmotionEditorRequest", "object",
                               "Two parts, in any order; others are ignored.");
    cJSON *properties = NULL, *image = NULL;
    add_texts(b, schema, "required", required);
    properties = add_object(b, schema, "properties");
    openapi_add_ref(b, properties, "service_choice", "schemas", "ServiceChoice");
    image = add_object(b, properties, "image_target");
    add_text(b, image, "type", "string");
    add_text(b, image, "format", "binary");
    words_add(&words,
              "The bytes of a JPEG or PNG: at most %d bytes, each side at most %d px. The type is "
              "judged by the bytes, not by the part's Content-Type or file name. (Where exactly "
              "the two limits lie is the mock's reading of the documentation.)",
              LIMIT_IMAGE_BYTES_MAX, LIMIT_IMAGE_SIDE_MAX);
    add_words(b, image, "description", &words);
    add_number(b, image, "minLength", 1);
    add_number(b, image, "maxLength", LIMIT_IMAGE_BYTES_MAX);
}

static void add_error_code(struct builder *b, cJSON *schemas)
{
    cJSON *schema = add_schema(b, schemas, "ErrorCode", "string",
                               "Every code of the vendor's table, which serves its whole platform. "
                               "A client hands a code outside it on as text.");
    cJSON *codes = add_array(b, schema, "enum");
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        add_text(b, codes, NULL, error_info(code)->name);
}

static void add_detail(struct builder *b, cJSON *schemas, const char *name, bool has_status)
{
    static const char *const required[] = {"code", "code_message", "message", "status_code", NULL};
    static const char *const required_c[] = {"code", "code_message", "message", NULL};
    cJSON *properties = NULL;
    cJSON *schema = add_schema(b, schemas, name, "object", "What went wrong, if anything did.");
    add_texts(b, schema, "required", has_status ? required : required_c);
    properties = add_object(b, schema, "properties");
    if (has_status)
        add_schema(b, properties, "status_code", "integer", "The HTTP status.");
    add_schema(b, properties, "code", "string",
               "Empty on success, otherwise a code of the table (ErrorCode).");
    add_schema(b, properties, "code_message", "string",
               "What the code means: its description in the table. Empty on success.");
    add_schema(b, properties, "message", "string",
               "What was wrong with this request, for people. Its wording is no contract.");
    if (!has_status)
        add_has(b, schema, "not", "status_code");
}

static void add_public_fields(struct builder *b, cJSON *properties)
{
    add_schema(b, properties, "error_code", "integer",
               "0 when the HTTP status is 200, otherwise the HTTP status.");
    add_schema(b, properties, "error_code_str", "string",
               "A coarser class of error, on its way out. Empty on success.");
    add_schema(b, properties, "error_msg", "string", "For people. Empty on success.");
}

static void describe_envelope(struct builder *b, cJSON *schema, enum envelope_kind kind,
                              const char *what)
{
    struct words words = {0};
    const char *between = "Revisions: ";
    words_add(&words, "%s ", what);
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        if (revision_info(id)->envelope != kind)
            continue;
        words_add(&words, "%s`%s`", between, revision_info(id)->name);
        between = ", ";
    }
    words_add(&words, ".");
    add_words(b, schema, "description", &words);
}

static cJSON *add_envelope(struct builder *b, cJSON *schemas, enum envelope_kind kind,
                           const char *name, const char *const *required, const char *what)
{
    cJSON *schema = add_object(b, schemas, name), *properties = NULL;
    add_text(b, schema, "type", "object");
    describe_envelope(b, schema, kind, what);
    add_texts(b, schema, "required", required);
    properties = add_object(b, schema, "properties");
    add_schema(b, properties, "request_id", "string",
               "For support; another in every answer. Seen as an upper-case hyphenated UUID.");
    add_schema(b, properties, "log_id", "string", "For support. Seen as eight decimal digits.");
    if (kind != ENVELOPE_C)
        add_public_fields(b, properties);
    openapi_add_ref(b, properties, "error_detail", "schemas",
                    kind == ENVELOPE_C ? "ErrorDetailC" : "ErrorDetail");
    return schema;
}

static void add_envelopes(struct builder *b, cJSON *schemas)
{
    static const char *const a[] = {"request_id", "log_id",       "error_code", "error_code_str",
                                    "error_msg",  "error_detail", NULL};
    static const char *const bare[] = {"request_id", "log_id", "error_code", "error_detail", NULL};
    static const char *const c[] = {"request_id", "log_id", "error_detail", NULL};
    cJSON *schema = NULL;
    add_envelope(b, schemas, ENVELOPE_B, "EnvelopeB", bare,
                 "The documented envelope. ailab-mock always sends error_code_str "
                 "and error_msg too.");
    add_envelope(b, schemas, ENVELOPE_A, "EnvelopeA", a, "The older envelope: every public field.");
    schema = add_envelope(b, schemas, ENVELOPE_C, "EnvelopeC", c,
                          "The newer envelope: the HTTP status alone says whether it worked.");
    schema = add_array(b, add_object(b, schema, "not"), "anyOf");
    add_has(b, schema, NULL, "error_code");
    add_has(b, schema, NULL, "error_code_str");
    add_has(b, schema, NULL, "error_msg");

    schema = add_object(b, schemas, "Envelope");
    add_text(b, schema, "description",
             "The frame of every answer. B is what the document's revision sends.");
    schema = add_array(b, schema, "anyOf");
    openapi_add_ref(b, schema, NULL, "schemas", "EnvelopeB");
    openapi_add_ref(b, schema, NULL, "schemas", "EnvelopeA");
    openapi_add_ref(b, schema, NULL, "schemas", "EnvelopeC");
}

/* The envelope and something more: the properties of the latter are returned. */
static cJSON *extend_envelope(struct builder *b, cJSON *schemas, const char *name,
                              const char *description, cJSON **more)
{
    cJSON *schema = add_object(b, schemas, name), *all = NULL;
    add_text(b, schema, "description", description);
    all = add_array(b, schema, "allOf");
    openapi_add_ref(b, all, NULL, "schemas", "Envelope");
    *more = add_object(b, all, NULL);
    add_text(b, *more, "type", "object");
    return add_object(b, *more, "properties");
}

/* Adds a success and returns its properties, for data. */
static cJSON *add_success(struct builder *b, cJSON *schemas, const char *name,
                          const char *description)
{
    static const char *const required[] = {"data", NULL};
    cJSON *more = NULL, *detail = NULL;
    cJSON *properties = extend_envelope(b, schemas, name, description, &more);
    add_texts(b, more, "required", required);
    add_number(b, add_object(b, properties, "error_code"), "const", 0);
    detail = add_object(b, add_object(b, properties, "error_detail"), "properties");
    add_number(b, add_object(b, detail, "status_code"), "const", 200);
    add_text(b, add_object(b, detail, "code"), "const", "");
    return properties;
}

static void add_edited_image(struct builder *b, cJSON *schemas)
{
    static const char *const required[] = {"image", NULL};
    cJSON *properties = add_success(b, schemas, "EditedImage", "The result of a successful call.");
    cJSON *data = add_schema(b, properties, "data", "object", "The business fields.");
    add_texts(b, data, "required", required);
    data = add_object(b, data, "properties");
    data = add_schema(b, data, "image", "string",
                      "The result image in plain Base64: no `data:` prefix, no line breaks. Its "
                      "format is not documented; ailab-mock keeps that of the upload.");
    add_text(b, data, "contentEncoding", "base64");
    add_text(b, data, "pattern", "^[A-Za-z0-9+/]+={0,2}$");
}

static void add_credit_pool(struct builder *b, cJSON *schemas)
{
    static const char *const required[] = {
        "unique_sign",     "name",           "balance",          "total", "last_recharge_balance",
        "balance_warning", "first_buy_time", "last_update_time", NULL};
    cJSON *schema = add_schema(b, schemas, "CreditPool", "object", "Credits for one API or all.");
    cJSON *properties = NULL;
    add_texts(b, schema, "required", required);
    properties = add_object(b, schema, "properties");
    add_schema(b, properties, "unique_sign", "string",
               "`portrait_expression_editing` for this API, `common` for all.");
    add_schema(b, properties, "name", "string", "For people.");
    add_schema(b, properties, "balance", "number", "Credits left.");
    add_schema(b, properties, "total", "number", "Credits ever bought.");
    add_schema(b, properties, "last_recharge_balance", "number", "Credits bought last.");
    add_schema(b, properties, "balance_warning", "number", "When to be warned.");
    add_schema(b, properties, "first_buy_time", "integer", "Seconds since 1970, UTC.");
    add_schema(b, properties, "last_update_time", "integer", "Seconds since 1970, UTC.");

    properties = add_success(b, schemas, "Credits", "The pools of a key.");
    schema = add_schema(b, properties, "data", "array", "One entry for each pool.");
    openapi_add_ref(b, schema, "items", "schemas", "CreditPool");
}

static void add_error(struct builder *b, cJSON *schemas)
{
    cJSON *more = NULL, *detail = NULL;
    cJSON *properties = extend_envelope(b, schemas, "Error", "A refusal: no data.", &more);
    detail = add_object(b, add_object(b, properties, "error_detail"), "properties");
    openapi_add_ref(b, detail, "code", "schemas", "ErrorCode");
    add_number(b, add_object(b, detail, "message"), "minLength", 1);
    add_has(b, more, "not", "data");
}

void openapi_add_schemas(struct builder *b, cJSON *components)
{
    cJSON *schemas = add_object(b, components, "schemas");
    add_service_choice(b, schemas);
    add_request(b, schemas);
    add_detail(b, schemas, "ErrorDetail", true);
    add_detail(b, schemas, "ErrorDetailC", false);
    add_envelopes(b, schemas);
    add_edited_image(b, schemas);
    add_credit_pool(b, schemas);
    add_error_code(b, schemas);
    add_error(b, schemas);
}
