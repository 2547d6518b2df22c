/* Hints for the form: how the body is coded, and which parts it has. */
#include "hints/hints_internal.h"
#include <stdio.h>

#define RIGHT_FORM "multipart/form-data with the file part image_target and the part service_choice"

static struct slice type_of(const struct hint_subject *subject)
{
    return request_header(&subject->request->head, "Content-Type");
}

/* Bodies that are no form */

bool hint_body_none(const struct hint_subject *subject)
{
    return !subject->request->body.len && hint_say(subject, "no body came; send " RIGHT_FORM);
}

bool hint_body_json(const struct hint_subject *subject)
{
    const struct slice body = subject->request->body;
    return (hint_begins_nocase(type_of(subject), "application/json") || hint_begins(body, "{") ||
            hint_begins(body, "[")) &&
           hint_say(subject, "JSON came; send " RIGHT_FORM);
}

bool hint_body_urlencoded(const struct hint_subject *subject)
{
    return hint_begins_nocase(type_of(subject), "application/x-www-form-urlencoded") &&
           hint_say(subject, "an urlencoded form came, which holds no file; send " RIGHT_FORM);
}

bool hint_body_picture(const struct hint_subject *subject)
{
    const struct slice body = subject->request->body;
    return (hint_begins_nocase(type_of(subject), "image/") || hint_begins(body, "\xff\xd8\xff") ||
            hint_begins(body, "\x89PNG")) &&
           hint_say(subject, "the picture alone came; send " RIGHT_FORM);
}

/* The boundary in Content-Type, not yet judged; ptr NULL when there is none. */
static struct slice boundary_of(struct slice type)
{
    static const char name[] = "boundary=";
    for (size_t i = 0; i + sizeof name - 1 <= type.len; i++)
        if (hint_begins_nocase(slice_make(type.ptr + i, type.len - i), name))
            return slice_make(type.ptr + i + sizeof name - 1, type.len - i - (sizeof name - 1));
    return (struct slice){NULL, 0};
}

bool hint_boundary_by_hand(const struct hint_subject *subject)
{
    const struct slice type = type_of(subject);
    return hint_begins_nocase(type, "multipart/form-data") && !boundary_of(type).ptr &&
           hint_say(subject, "Content-Type was set by hand; leave it out, and your HTTP library "
                             "writes it with the form's boundary");
}

bool hint_boundary_other(const struct hint_subject *subject)
{
    struct slice boundary = boundary_of(type_of(subject));
    const struct slice body = subject->request->body;
    size_t len = 0;
    if (!boundary.ptr)
        return false;
    if (hint_begins(boundary, "\""))
        boundary = slice_make(boundary.ptr + 1, boundary.len - 1);
    while (len < boundary.len && !memchr("\";, ", boundary.ptr[len], 4))
        len++;
    return len && hint_begins(body, "--") &&
           (body.len < len + 2 || memcmp(body.ptr + 2, boundary.ptr, len) != 0) &&
           hint_say(subject, "Content-Type was set by hand, for the form begins with another "
                             "boundary; leave the header to your HTTP library");
}

/* Parts */

static const struct multipart_part *find_alias(const struct hint_subject *subject,
                                               const char *right, enum hint_alias aliases)
{
    const struct multipart *parts = &subject->request->parts;
    for (size_t i = 0; i < parts->kept; i++)
        if (hint_means(parts->parts[i].name, right, aliases))
            return &parts->parts[i];
    return NULL;
}

static const struct multipart_part *find_file(const struct hint_subject *subject)
{
    const struct multipart *parts = &subject->request->parts;
    for (size_t i = 0; i < parts->kept; i++)
        if (parts->parts[i].has_file_name &&
            !slice_equal(parts->parts[i].name, slice_of("service_choice")))
            return &parts->parts[i];
    return NULL;
}

bool hint_image_url(const struct hint_subject *subject)
{
    char name[HINT_NAME_SIZE];
    const struct multipart_part *part = find_alias(subject, NULL, ALIAS_LINK);
    return part && hint_say(subject,
                            "part '%s' came; this API takes no URL: send the file itself as "
                            "image_target",
                            hint_name(name, subject, part->name));
}

bool hint_image_name(const struct hint_subject *subject)
{
    char name[HINT_NAME_SIZE];
    const struct multipart_part *part = find_alias(subject, "image_target", ALIAS_IMAGE);
    if (!part)
        part = find_file(subject);
    return part && hint_say(subject, "part '%s' came; name it image_target",
                            hint_name(name, subject, part->name));
}

bool hint_choice_name(const struct hint_subject *subject)
{
    char name[HINT_NAME_SIZE];
    const struct multipart_part *part = find_alias(subject, "service_choice", ALIAS_CHOICE);
    return part && hint_say(subject, "part '%s' came; name it service_choice",
                            hint_name(name, subject, part->name));
}

bool hint_choice_query(const struct hint_subject *subject)
{
    struct slice name, query = subject->request->head.query;
    while (hint_next_parameter(&name, &query))
        if (slice_equal(name, slice_of("service_choice")))
            return hint_say(subject, "the URL has a parameter service_choice; it is a part of the "
                                     "form");
    return false;
}

/* "the parts that came: a, b and 3 more" */
static bool say_parts(const struct hint_subject *subject)
{
    const struct multipart *parts = &subject->request->parts;
    char name[HINT_NAME_SIZE], list[160] = ""; /* 3 names of at most 40 characters fit */
    const size_t shown = parts->kept < 3 ? parts->kept : 3;
    size_t used = 0;
    if (!parts->count)
        return hint_say(subject, "the form has no parts");
    for (size_t i = 0; i < shown; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s'%s'", i ? ", " : "",
                                 hint_name(name, subject, parts->parts[i].name));
    if (parts->count > shown)
        return hint_say(subject, "the parts that came: %s and %zu more", list,
                        parts->count - shown);
    return hint_say(subject, "the parts that came: %s", list);
}

bool hint_image_parts(const struct hint_subject *subject)
{
    return say_parts(subject);
}

bool hint_choice_parts(const struct hint_subject *subject)
{
    return say_parts(subject);
}
