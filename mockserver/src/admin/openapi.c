/* The OpenAPI document of the admin API, made from the rows that also answer. */
#include "admin/admin_call.h"
#include "documents/shapes.h"
#include "journal/print.h"
#include "journal/query.h"
#include <stdio.h>
#include <stdlib.h>

/* One of the three: a text with ' for ", a shape, or a function that adds it. */
struct schema {
    const char *name, *text;
    const struct shape *shape;
    void (*add)(struct tree *tree, cJSON *parent, const char *name);
};

static const struct schema schemas[] = {
#define MOCK_SCHEMA(name, schema) {#name, schema, NULL, NULL},
#define MOCK_SHAPE(name, shape) {#name, NULL, &(shape), NULL},
#define MOCK_TABLE(name, add) {#name, NULL, NULL, add},
#include "admin/schemas.def"
};

static void add_schemas(struct tree *tree, cJSON *components)
{
    cJSON *object = tree_object(tree, components, "schemas");
    for (size_t i = 0; i < COUNT_OF(schemas); i++)
        if (schemas[i].add)
            schemas[i].add(tree, object, schemas[i].name);
        else if (schemas[i].shape)
            shape_describe(tree, object, schemas[i].name, schemas[i].shape);
        else
            tree_schema(tree, object, schemas[i].name, schemas[i].text);
}

static void add_parameter(struct tree *tree, cJSON *parameters, const char *in, const char *name,
                          const char *type, const char *description)
{
    cJSON *parameter = tree_object(tree, parameters, NULL);
    tree_text(tree, parameter, "name", name);
    tree_text(tree, parameter, "in", in);
    tree_flag(tree, parameter, "required", strcmp(in, "path") == 0);
    tree_text(tree, parameter, "description", description);
    tree_text(tree, tree_object(tree, parameter, "schema"), "type", type);
}

static void add_parameters(struct tree *tree, cJSON *operation, const struct admin_route *route)
{
    const char *brace = strchr(route->pattern, '{');
    cJSON *parameters = brace || route->query ? tree_array(tree, operation, "parameters") : NULL;
    if (brace) {
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(brace + 1, "}"), brace + 1);
        bool is_id = strcmp(name, "id") == 0, is_key = strcmp(name, "key") == 0;
        add_parameter(tree, parameters, "path", name, is_id ? "integer" : "string",
                      is_id    ? "as the journal gave it"
                      : is_key ? "as lists show it: key: and twelve digits"
                               : "of the scenario");
    }
    if (route->query & QUERY_KEY)
        add_parameter(tree, parameters, "query", "api_key", "string",
                      "Only what belongs to this key.");
    if (route->query & QUERY_PAGE) {
        add_parameter(tree, parameters, "query", "limit", "integer",
                      "The most requests in one answer, 1 to " TEXT_OF(ADMIN_PAGE_MAX) ".");
        add_parameter(tree, parameters, "query", "before", "integer",
                      "Only requests older than the request with this id: the next page.");
    }
    if (route->query & QUERY_COVERAGE) {
        add_parameter(
            tree, parameters, "query", "format", "string",
            "json, text or html. Without it, what the header Accept asks for, else json.");
        add_parameter(tree, parameters, "query", "since", "string",
                      "reset: what was met since the last reset, which is usual. start: since the "
                      "mock was started, of all keys.");
    }
    if (route->query & QUERY_AFTER)
        add_parameter(tree, parameters, "query", "after", "integer",
                      "Begin behind the request with this id, 0 for all that are kept; without it "
                      "and the header Last-Event-ID, with the next request.");
    if (route->query & QUERY_WAIT) {
        add_parameter(tree, parameters, "query", "at_least", "integer",
                      "Wait until so many requests match, 1 to " TEXT_OF(JOURNAL_ENTRIES_MAX) ".");
        add_parameter(tree, parameters, "query", "wait_ms", "integer",
                      "Beside at_least: wait no longer than so many milliseconds, 1 to " TEXT_OF(
                          ADMIN_WAIT_MAX_MS) ". Then the answer is what there is.");
    }
}

/* content with a schema; with an empty name it is text, without one it is a feed. */
static void add_content(struct tree *tree, cJSON *parent, const char *schema)
{
    char target[96];
    cJSON *content = tree_object(tree, parent, "content");
    const char *type = !schema     ? "text/event-stream"
                       : schema[0] ? "application/json"
                                   : "text/plain";
    cJSON *media = tree_object(tree, content, type);
    cJSON *object = tree_object(tree, media, "schema");
    const bool named = schema && schema[0];
    snprintf(target, sizeof target, "#/components/schemas/%s", named ? schema : "");
    if (named)
        tree_text(tree, object, "$ref", target);
    else
        tree_text(tree, object, "type", "string");
}

static void add_answer(struct tree *tree, cJSON *responses, const char *status,
                       const char *description, const char *schema)
{
    cJSON *response = tree_object(tree, responses, status);
    tree_text(tree, response, "description", description);
    add_content(tree, response, schema);
}

static void add_operation(struct tree *tree, cJSON *path, const struct admin_route *route)
{
    char method[8] = "", status[8];
    for (size_t i = 0; route->method[i] && i + 1 < sizeof method; i++)
        method[i] = (char)slice_lower(route->method[i]);
    cJSON *operation = tree_object(tree, path, method);
    tree_text(tree, operation, "operationId", route->id);
    tree_text(tree, operation, "summary", route->summary);
    add_parameters(tree, operation, route);
    if (route->takes.schema) {
        cJSON *body = tree_object(tree, operation, "requestBody");
        tree_flag(tree, body, "required", route->takes.required);
        add_content(tree, body, route->takes.schema);
    }
    cJSON *responses = tree_object(tree, operation, "responses");
    snprintf(status, sizeof status, "%d", route->gives.status);
    add_answer(tree, responses, status, route->gives.status == 201 ? "Added" : "Done",
               route->gives.schema);
    add_answer(tree, responses, "default", "Refused, with the place and the reason", "Error");
}

static void add_paths(struct tree *tree)
{
    size_t count;
    const struct admin_route *routes = admin_routes(&count);
    cJSON *paths = tree_object(tree, tree->root, "paths");
    for (size_t i = 0; i < count; i++) {
        cJSON *path = cJSON_GetObjectItemCaseSensitive(paths, routes[i].pattern);
        if (!path)
            path = tree_object(tree, paths, routes[i].pattern);
        add_operation(tree, path, &routes[i]);
    }
}

static void add_security(struct tree *tree, cJSON *components)
{
    cJSON *schemes = tree_object(tree, components, "securitySchemes");
    cJSON *token = tree_object(tree, schemes, "Token");
    tree_text(tree, token, "type", "http");
    tree_text(tree, token, "scheme", "bearer");
    tree_text(tree, token, "description", "What --admin-token says; needed only when it is given.");
    cJSON *security = tree_array(tree, tree->root, "security");
    tree_object(tree, security, NULL); /* nothing is enough, or: */
    tree_array(tree, tree_object(tree, security, NULL), "Token");
}

char *admin_openapi_print(const char *version)
{
    struct tree tree;
    tree_start(&tree);
    tree_text(&tree, tree.root, "openapi", "3.1.0");
    cJSON *info = tree_object(&tree, tree.root, "info");
    tree_text(&tree, info, "title", "ailab-mock: admin API");
    tree_text(&tree, info, "version", version);
    tree_text(&tree, info, "summary", "Arms, watches and resets a running mock.");
    cJSON *license = tree_object(&tree, info, "license");
    tree_text(&tree, license, "name", "MIT");
    tree_text(&tree, license, "identifier", "MIT");
    tree_text(&tree, tree_object(&tree, tree_array(&tree, tree.root, "servers"), NULL), "url", "/");
    add_paths(&tree);
    cJSON *components = tree_object(&tree, tree.root, "components");
    add_schemas(&tree, components);
    add_security(&tree, components);
    return tree_print(&tree);
}
