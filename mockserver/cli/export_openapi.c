/* The frame of the OpenAPI document: who wrote it, where the API is, how one proves who one is. The
 * facts come from the contract's tables; the sentences around them are ours. */
#include "export_openapi.h"
#include "export.h"
#include <stdio.h>

bool openapi_code_has_status(enum error_code code, int status)
{
    if (error_status(code, revision_default()) == status)
        return true;
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++)
        if (rule_info(id)->error == code && rule_info(id)->status == status)
            return true;
    return false;
}

bool openapi_status_is_used(int status)
{
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        if (openapi_code_has_status(code, status))
            return true;
    return false;
}

int openapi_next_status(int status)
{
    for (status = status < 400 ? 400 : status + 1; status < 600; status++)
        if (openapi_status_is_used(status))
            return status;
    return 0;
}

void openapi_add_ref(struct builder *b, cJSON *parent, const char *member, const char *kind,
                     const char *name)
{
    struct words target = {0};
    words_add(&target, "#/components/%s/%s", kind, name);
    add_words(b, add_object(b, parent, member), "$ref", &target);
}

static void add_info(struct builder *b, cJSON *root)
{
    struct words words = {0};
    cJSON *info = add_object(b, root, "info");
    cJSON *license = NULL;
    add_text(b, info, "title", "Change facial expressions (unofficial)");
    add_text(b, info, "version", AILAB_VERSION_STRING);
    add_text(b, info, "summary", "What ailab-mock stands in for.");
    words_add(&words,
              "Unofficial: not made, endorsed or supported by AILabTools. Written for the mock "
              "server ailab-mock, from whose tables `ailab-mock openapi` makes it.\n\n"
              "The API changed under one address. This document has it as of revision `%s`, and "
              "accepts the envelopes of the others beside its own. All revisions, oldest "
              "first:\n",
              revision_default()->name);
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        words_add(&words, "\n- `%s`: %s", revision_info(id)->name, revision_info(id)->summary);
    add_words(b, info, "description", &words);
    license = add_object(b, info, "license");
    add_text(b, license, "name", "MIT");
    add_text(b, license, "identifier", "MIT");
}

static void add_server(struct builder *b, cJSON *servers, const char *url, const char *description)
{
    cJSON *server = add_object(b, servers, NULL);
    add_text(b, server, "url", url);
    add_text(b, server, "description", description);
}

static void add_tag(struct builder *b, cJSON *tags, const char *name, const char *description)
{
    cJSON *tag = add_object(b, tags, NULL);
    add_text(b, tag, "name", name);
    add_text(b, tag, "description", description);
}

static void add_security_scheme(struct builder *b, cJSON *components)
{
    cJSON *scheme = add_object(b, add_object(b, components, "securitySchemes"), "ApiKey");
    add_text(b, scheme, "type", "apiKey");
    add_text(b, scheme, "in", "header");
    add_text(b, scheme, "name", "ailabapi-api-key");
    add_text(b, scheme, "description",
             "An opaque text. The mock takes any that is not empty unless it is told which.");
}

cJSON *export_openapi(void)
{
    struct builder b = {false};
    cJSON *root = cJSON_CreateObject();
    cJSON *components = NULL, *list = NULL;
    add_text(&b, root, "openapi", "3.1.0");
    add_info(&b, root);
    list = add_array(&b, root, "servers");
    add_server(&b, list, "https://www.ailabapi.com", "the service");
    add_server(&b, list, "http://127.0.0.1:8080", "ailab-mock, where it listens by default");
    list = add_array(&b, root, "tags");
    add_tag(&b, list, "portrait", "Effects on portraits.");
    add_tag(&b, list, "account", "What belongs to a key.");
    add_array(&b, add_object(&b, add_array(&b, root, "security"), NULL), "ApiKey");
    openapi_add_paths(&b, root);
    components = add_object(&b, root, "components");
    openapi_add_schemas(&b, components);
    openapi_add_responses(&b, components);
    add_security_scheme(&b, components);
    return build_end(&b, root);
}
