/* See changes.h. */
#include "cases/changes.h"
#include <string.h>

void change_method(struct request *request, const struct case_def *def)
{
    request->method = def->text;
}

void change_path(struct request *request, const struct case_def *def)
{
    request->path = def->text;
}

void change_key(struct request *request, const struct case_def *def)
{
    request->key = def->text;
}

void change_no_key(struct request *request, const struct case_def *def)
{
    (void)def;
    request->key = NULL;
}

void change_key_name(struct request *request, const struct case_def *def)
{
    request->key_name = def->text;
}

void change_choice(struct request *request, const struct case_def *def)
{
    struct part *part = request_part(request, "service_choice");
    part->body = def->text;
    part->body_len = strlen(def->text);
}

void change_without(struct request *request, const struct case_def *def)
{
    request_drop_part(request, def->text);
}

void change_file_name(struct request *request, const struct case_def *def)
{
    request_part(request, "image_target")->file_name = def->text;
}

void change_file_type(struct request *request, const struct case_def *def)
{
    request_part(request, "image_target")->type = def->text;
}

void change_file_head(struct request *request, const struct case_def *def)
{
    request_part(request, "image_target")->raw_head = def->text;
}

void change_choice_head(struct request *request, const struct case_def *def)
{
    request_part(request, "service_choice")->raw_head = def->text;
}

void change_content_type(struct request *request, const struct case_def *def)
{
    request->content_type = def->text;
}

void change_boundary(struct request *request, const struct case_def *def)
{
    request->boundary = def->text;
}

void change_raw_headers(struct request *request, const struct case_def *def)
{
    request->raw_headers = def->text;
}

void change_length(struct request *request, const struct case_def *def)
{
    request->length_text = def->text;
}
