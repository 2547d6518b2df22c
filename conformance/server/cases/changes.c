/* See changes.h. */
#include "cases/changes.h"
#include <string.h>

/* Changes that set one text of the request, of its image_target or of its service_choice. */
#define SETS(name, what)                                                                           \
    void change_##name(struct request *request, const struct case_def *def)                        \
    {                                                                                              \
        what = def->argument.text;                                                                 \
    }
#define IMAGE request_part(request, "image_target")
#define CHOICE request_part(request, "service_choice")

SETS(method, request->method)
SETS(path, request->path)
SETS(key, request->key)
SETS(key_name, request->key_name)
SETS(content_type, request->content_type)
SETS(boundary, request->boundary)
SETS(raw_headers, request->raw_headers)
SETS(length, request->length_text)
SETS(preamble, request->preamble)
SETS(epilogue, request->epilogue)
SETS(file_name, IMAGE->file_name)
SETS(file_type, IMAGE->type)
SETS(file_head, IMAGE->raw_head)
SETS(choice_head, CHOICE->raw_head)
SETS(choice_type, CHOICE->type)

void change_choice(struct request *request, const struct case_def *def)
{
    CHOICE->body = def->argument.text;
    CHOICE->body_len = strlen(def->argument.text);
}

void change_no_key(struct request *request, const struct case_def *def)
{
    (void)def;
    request->key = NULL;
}

void change_no_host(struct request *request, const struct case_def *def)
{
    (void)def;
    request->host = NULL;
}

void change_coding(struct request *request, const struct case_def *def)
{
    request->framing = FRAMING_CHUNKED;
    request->coding = def->argument.text;
}

void change_without(struct request *request, const struct case_def *def)
{
    request_drop_part(request, def->argument.text);
}
