/* The two fields: missing, empty, twice, and others beside them. */
#include "cases/changes.h"
#include "cases/suites.h"
#include <string.h>

static void extra_text(struct request *request, const struct case_def *def)
{
    (void)def;
    request_add_part(request, &(struct part){.name = "return_form", .body = "1", .body_len = 1});
}

static void extra_empty(struct request *request, const struct case_def *def)
{
    (void)def;
    request_add_part(request, &(struct part){.name = "note", .body = "", .body_len = 0});
}

static void extra_file(struct request *request, const struct case_def *def)
{
    (void)def;
    request_add_part(request, &(struct part){.name = "image_template",
                                             .file_name = "notes.txt",
                                             .type = "text/plain",
                                             .body = "no picture",
                                             .body_len = 10});
}

static void twice(struct request *request, const struct case_def *def)
{
    struct part copy = *request_part(request, def->text);
    request_add_part(request, &copy);
}

static void other_choice_too(struct request *request, const struct case_def *def)
{
    struct part copy = *request_part(request, "service_choice");
    copy.body = def->text;
    copy.body_len = strlen(def->text);
    request_add_part(request, &copy);
}

static void nothing_known(struct request *request, const struct case_def *def)
{
    request->part_count = 0;
    extra_text(request, def);
}

static void both_empty(struct request *request, const struct case_def *def)
{
    (void)def;
    for (size_t i = 0; i < request->part_count; i++)
        request->parts[i].body_len = 0;
}

static const struct case_def cases[] = {
    {.slug = "fields/image-missing",
     .clauses = "error_missing image_required",
     .title = "no image_target",
     .change = change_without,
     .text = "image_target",
     .expect = EXPECT_MISSING},
    {.slug = "fields/choice-missing",
     .clauses = "error_missing choice_required",
     .title = "no service_choice",
     .change = change_without,
     .text = "service_choice",
     .expect = EXPECT_MISSING,
     .revisions = SINCE_2025_09},
    {.slug = "fields/choice-missing-is-default",
     .clauses = "choice_required",
     .title = "no service_choice stands for 0",
     .change = change_without,
     .text = "service_choice",
     .revisions = UNTIL_1_0_1},
    {.slug = "fields/both-missing",
     .clauses = "error_missing",
     .title = "neither field",
     .change = nothing_known,
     .expect = EXPECT_MISSING},
    {.slug = "fields/image-empty",
     .clauses = "error_empty",
     .title = "an image_target of 0 bytes",
     .picture = PICTURE_EMPTY,
     .expect = EXPECT_EMPTY},
    {.slug = "fields/choice-empty",
     .clauses = "error_empty",
     .title = "an empty service_choice",
     .change = change_choice,
     .text = "",
     .expect = EXPECT_EMPTY,
     .revisions = SINCE_2025_09},
    {.slug = "fields/both-empty",
     .clauses = "error_empty",
     .title = "both fields empty",
     .change = both_empty,
     .expect = EXPECT_EMPTY,
     .revisions = SINCE_2025_09},
    {.slug = "fields/choice-twice",
     .clauses = "error_field_twice",
     .title = "service_choice twice, with the same value",
     .change = twice,
     .text = "service_choice",
     .expect = EXPECT_MULTIPART},
    {.slug = "fields/choice-twice-differing",
     .clauses = "error_field_twice",
     .title = "service_choice twice, with different values",
     .change = other_choice_too,
     .text = "15",
     .expect = EXPECT_MULTIPART},
    {.slug = "fields/image-twice",
     .clauses = "error_field_twice",
     .title = "image_target twice",
     .change = twice,
     .text = "image_target",
     .expect = EXPECT_MULTIPART},
    {.slug = "fields/unknown-text",
     .clauses = "fields_unknown_ignored",
     .title = "an unknown text field beside them",
     .change = extra_text},
    {.slug = "fields/unknown-empty",
     .clauses = "fields_unknown_ignored",
     .title = "an unknown empty field beside them",
     .change = extra_empty},
    {.slug = "fields/unknown-file",
     .clauses = "fields_unknown_ignored",
     .title = "an unknown file beside them",
     .change = extra_file},
};

const struct suite suite_fields = {"fields", "The fields", cases, COUNT_OF(cases), false};
