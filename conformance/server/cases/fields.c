/* The two fields: missing, empty, twice, and others beside them. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <string.h>

CHANGE(extra_text)
{
    request_add_part(request, &(struct part){.name = "return_form", .body = "1", .body_len = 1});
}

CHANGE(extra_empty)
{
    request_add_part(request, &(struct part){.name = "note", .body = "", .body_len = 0});
}

CHANGE(extra_file)
{
    request_add_part(request, &(struct part){.name = "image_template",
                                             .file_name = "notes.txt",
                                             .type = "text/plain",
                                             .body = "no picture",
                                             .body_len = 10});
}

/* More than a reader may keep. */
CHANGE(forty_notes)
{
    for (unsigned i = 0; i < 40; i++)
        extra_text(request, def);
}

/* The documented fields stand behind all others. */
CHANGE(known_last)
{
    const struct part choice = request->parts[0], image = request->parts[1];
    request->part_count = 0;
    forty_notes(request, def);
    request_add_part(request, &choice);
    request_add_part(request, &image);
}

CHANGE(twice)
{
    struct part copy = *request_part(request, def->argument.text);
    request_add_part(request, &copy);
}

CHANGE(other_choice_too)
{
    struct part copy = *request_part(request, "service_choice");
    copy.body = def->argument.text;
    copy.body_len = strlen(def->argument.text);
    request_add_part(request, &copy);
}

CHANGE(nothing_known)
{
    request->part_count = 0;
    extra_text(request, def);
}

CHANGE(both_empty)
{
    for (size_t i = 0; i < request->part_count; i++)
        request->parts[i].body_len = 0;
}

static void names_the_field(struct test *test, const struct answer *answer)
{
    const char *field = test->def->expect == EXPECT_INVALID ? "service_choice" : "image_target";
    if (!answer->message || !strstr(answer->message, field))
        test_fail(test, "error_detail.message with the name of the field", "%s",
                  answer->message ? answer->message : "no message");
}

static const struct case_def cases[] = {
    CLAUSE(error_missing, "A missing required part is 400 MISSING_PARAMETERS."),
    CASE("fields/image-missing", "no image_target", TEXT(change_without, "image_target"),
         EXPECTS(MISSING), ALSO(image_required)),
    CASE("fields/choice-missing", "no service_choice", TEXT(change_without, "service_choice"),
         EXPECTS(MISSING), .revisions = SINCE(2025_09), ALSO(choice_required)),
    CASE("fields/both-missing", "neither field", .change = nothing_known, EXPECTS(MISSING)),
    CLAUSE(error_names_field, "error_detail.message names the field that is missing or wrong."),
    CASE("fields/image-named", "a missing image_target is named",
         TEXT(change_without, "image_target"), EXPECTS(MISSING), .check = names_the_field),
    CASE("fields/image-empty-named", "an empty image_target is named", UPLOADS(EMPTY),
         EXPECTS(EMPTY), .check = names_the_field),
    CASE("fields/choice-named", "a service_choice outside the scope is named",
         TEXT(change_choice, "17"), EXPECTS(INVALID), .check = names_the_field),
    CLAUSE(choice_required,
           "service_choice is required (optional with default 0 in revisions 1.0.0 and 1.0.1)."),
    CASE("fields/choice-missing-is-default", "no service_choice stands for 0",
         TEXT(change_without, "service_choice"), .revisions = BEFORE(2025_09)),
    CLAUSE(error_empty,
           "A required part that is present but empty is 400 PARAMETERS_CANNOT_EMPTY."),
    CASE("fields/image-empty", "an image_target of 0 bytes", UPLOADS(EMPTY), EXPECTS(EMPTY)),
    CASE("fields/choice-empty", "an empty service_choice", TEXT(change_choice, ""), EXPECTS(EMPTY),
         .revisions = SINCE(2025_09)),
    CASE("fields/both-empty", "both fields empty", .change = both_empty, EXPECTS(EMPTY),
         .revisions = SINCE(2025_09)),
    CLAUSE(error_field_twice, "A documented field given twice is 400 ERROR_PARAMETERS."),
    CASE("fields/choice-twice", "service_choice twice, with the same value",
         TEXT(twice, "service_choice"), EXPECTS(MULTIPART)),
    CASE("fields/choice-twice-differing", "service_choice twice, with different values",
         TEXT(other_choice_too, "15"), EXPECTS(MULTIPART)),
    CASE("fields/choice-twice-apart", "service_choice twice, with forty unknown fields between",
         .change = forty_notes, .then = twice, .argument.text = "service_choice",
         EXPECTS(MULTIPART)),
    CASE("fields/image-twice", "image_target twice", TEXT(twice, "image_target"),
         EXPECTS(MULTIPART)),
    CLAUSE(fields_unknown_ignored, "Unknown extra fields are ignored."),
    CASE("fields/unknown-text", "an unknown text field beside them", .change = extra_text),
    CASE("fields/unknown-empty", "an unknown empty field beside them", .change = extra_empty),
    CASE("fields/unknown-forty", "forty unknown fields before them", .change = known_last),
    CASE("fields/unknown-file", "an unknown file beside them", .change = extra_file),
};

SUITE(fields, "The fields");
