/* From a request to its entry, and from an entry to the facts that matches look at. */
#include "base/sha256.h"
#include "journal/journal.h"
#include <stdio.h>

static void cut(char *out, size_t size, struct slice text)
{
    size_t len = text.len < size - 1 ? text.len : size - 1;
    if (len)
        memcpy(out, text.ptr, len);
    out[len] = '\0';
}

static void hash(char out[SHA256_TEXT_SIZE], struct slice bytes)
{
    uint8_t digest[SHA256_BYTES];
    sha256_of(digest, bytes);
    sha256_print(out, digest);
}

static void describe_part(struct journal_part *out, const struct multipart_part *part)
{
    cut(out->name, sizeof out->name, part->name);
    cut(out->file_name, sizeof out->file_name, part->file_name);
    cut(out->content_type, sizeof out->content_type, part->content_type);
    out->has_file_name = part->has_file_name;
    out->size = part->body.len;
    if (part->body.len <= JOURNAL_HASHED_MAX)
        hash(out->sha256, part->body);
}

static void describe_parts(struct journal_entry *out, const struct request *request,
                           const char *sha256)
{
    out->part_count = request->parts.count;
    for (size_t i = 0; i < request->parts.count && i < JOURNAL_PARTS_MAX; i++) {
        const struct multipart_part *part = &request->parts.parts[i];
        describe_part(&out->parts[i], part);
        if (part != request->image)
            continue;
        out->image_part = i + 1;
        if (sha256[0])
            snprintf(out->parts[i].sha256, sizeof out->parts[i].sha256, "%s", sha256);
    }
    if (!request->image)
        return;
    out->image_size = request->image->body.len;
    out->format = request->facts.format;
    out->width = request->facts.width;
    out->height = request->facts.height;
}

int journal_choice_of(const struct request *request)
{
    int number = 0;
    struct slice text = request->choice ? request->choice->body : (struct slice){NULL, 0};
    if (!text.len || text.len > 6)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return number;
}

void journal_describe(struct journal_entry *out, const struct request *request,
                      const struct verdict *verdict, const char *sha256)
{
    const struct error_info *error = error_info(verdict->code);
    cut(out->method, sizeof out->method, request->head.method);
    cut(out->path, sizeof out->path, request->head.path);
    if (request->parsed)
        describe_parts(out, request, sha256);
    out->service_choice = request->parsed ? journal_choice_of(request) : -1;
    out->rule = verdict->rule;
    cut(out->code, sizeof out->code, slice_of(error ? error->name : ""));
    cut(out->message, sizeof out->message, slice_of(error ? verdict->message : ""));
}

struct request_facts journal_facts(const struct journal_entry *entry)
{
    struct request_facts facts = {
        .service_choice = entry->service_choice,
        .format = entry->format,
        .image_size = entry->image_size,
        .width = entry->width,
        .height = entry->height,
        .nth = entry->nth,
    };
    if (entry->image_part) {
        const struct journal_part *part = &entry->parts[entry->image_part - 1];
        facts.file_name = slice_of(part->file_name);
        memcpy(facts.sha256, part->sha256, sizeof facts.sha256);
    }
    return facts;
}

const char *chooser_name(enum chooser chooser)
{
    static const char *const names[] = {"",          "queue",   "header", "key",
                                        "file_name", "picture", "match"};
    return names[chooser];
}
