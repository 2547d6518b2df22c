/* The paths of the OpenAPI document: operations and what they take. The answers themselves are in
 * export_responses.c. */
#include "export_openapi.h"

/* An operation's head; its responses, to be filled, are returned. */
static cJSON *add_operation(struct builder *b, cJSON *path, const char *method, const char *id,
                            const char *tag)
{
    cJSON *operation = add_object(b, path, method);
    const char *tags[] = {tag, NULL};
    add_text(b, operation, "operationId", id);
    add_texts(b, operation, "tags", tags);
    return operation;
}

/* Every status at which the table has a code. */
static void add_all_errors(struct builder *b, cJSON *responses)
{
    for (int status = openapi_next_status(0); status; status = openapi_next_status(status)) {
        struct words number = {0}, name = {0};
        words_add(&number, "%d", status);
        words_add(&name, "Error%d", status);
        openapi_add_ref(b, responses, number.text, "responses", name.text);
    }
}

static void add_error(struct builder *b, cJSON *responses, const char *status)
{
    struct words name = {0};
    words_add(&name, "Error%s", status);
    openapi_add_ref(b, responses, status, "responses", name.text);
}

static void add_edit_body(struct builder *b, cJSON *operation)
{
    cJSON *body = add_object(b, operation, "requestBody");
    cJSON *media = NULL, *encoding = NULL;
    add_flag(b, body, "required", true);
    media = add_object(b, add_object(b, body, "content"), "multipart/form-data");
    openapi_add_ref(b, media, "schema", "schemas", "EmotionEditorRequest");
    encoding = add_object(b, media, "encoding");
    add_text(b, add_object(b, encoding, "service_choice"), "contentType", "text/plain");
    add_text(b, add_object(b, encoding, "image_target"), "contentType",
             "image/jpeg, image/png, application/octet-stream");
}

static void add_edit(struct builder *b, cJSON *path, const struct endpoint *endpoint)
{
    cJSON *operation = add_operation(b, path, "post", "changeFacialExpression", "portrait");
    cJSON *responses = NULL;
    struct words words = {0};
    add_text(b, operation, "summary", endpoint->summary);
    words_add(&words,
              "Takes a portrait and gives it another expression. Synchronous: the answer carries "
              "the result itself. A success costs %d credits, a failure none.",
              LIMIT_CREDITS_PER_CALL);
    add_words(b, operation, "description", &words);
    add_edit_body(b, operation);
    responses = add_object(b, operation, "responses");
    openapi_add_ref(b, responses, "200", "responses", "EditedImage");
    add_all_errors(b, responses);
}

static void add_credits(struct builder *b, cJSON *path, const struct endpoint *endpoint)
{
    cJSON *operation = add_operation(b, path, "get", "queryCredits", "account");
    cJSON *responses = NULL;
    add_text(b, operation, "summary", endpoint->summary);
    add_text(b, operation, "description", "The balances behind the key. Free of charge.");
    responses = add_object(b, operation, "responses");
    openapi_add_ref(b, responses, "200", "responses", "Credits");
    add_error(b, responses, "401");
    add_error(b, responses, "403");
    add_error(b, responses, "405");
    add_error(b, responses, "429");
    openapi_add_ref(b, responses, "default", "responses", "Error");
}

static void add_header(struct builder *b, cJSON *headers, const char *name, const char *type,
                       const char *description)
{
    cJSON *header = add_object(b, headers, name);
    add_text(b, header, "description", description);
    add_text(b, add_object(b, header, "schema"), "type", type);
}

/* What a browser asks before it sends the key to another origin. */
static void add_preflight(struct builder *b, cJSON *path, const char *id, const char *tag)
{
    cJSON *operation = add_operation(b, path, "options", id, tag);
    cJSON *responses = NULL, *response = NULL, *headers = NULL;
    add_text(b, operation, "summary", "CORS preflight");
    add_text(b, operation, "description",
             "Not documented by the vendor: pages in browsers call the API directly, and it works. "
             "Needs no key.");
    add_array(b, operation, "security");
    responses = add_object(b, operation, "responses");
    response = add_object(b, responses, "204");
    add_text(b, response, "description", "The browser may go on.");
    headers = add_object(b, response, "headers");
    add_header(b, headers, "Access-Control-Allow-Origin", "string", "Origins that may call.");
    add_header(b, headers, "Access-Control-Allow-Methods", "string", "Methods of the path.");
    add_header(b, headers, "Access-Control-Allow-Headers", "string", "Headers one may send.");
    add_header(b, headers, "Access-Control-Max-Age", "integer",
               "Seconds for which the browser need not ask again.");
    openapi_add_ref(b, responses, "4XX", "responses", "Error");
}

void openapi_add_paths(struct builder *b, cJSON *root)
{
    cJSON *paths = add_object(b, root, "paths"), *path = NULL;
    const struct endpoint *edit = endpoint_info(ENDPOINT_EMOTION_EDITOR);
    const struct endpoint *credits = endpoint_info(ENDPOINT_QUERY_CREDITS);
    path = add_object(b, paths, edit->path);
    add_edit(b, path, edit);
    add_preflight(b, path, "changeFacialExpressionPreflight", "portrait");
    path = add_object(b, paths, credits->path);
    add_credits(b, path, credits);
    add_preflight(b, path, "queryCreditsPreflight", "account");
}
