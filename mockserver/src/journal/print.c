/* An entry as the admin API shows it. */
#include "journal/print.h"
#include <modp_b64.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void add_part(struct tree *tree, cJSON *parts, const struct journal_part *part)
{
    cJSON *object = tree_object(tree, parts, NULL);
    tree_text(tree, object, "name", part->name);
    if (part->has_file_name)
        tree_text(tree, object, "file_name", part->file_name);
    if (part->content_type[0])
        tree_text(tree, object, "content_type", part->content_type);
    tree_number(tree, object, "size", (double)part->size);
    tree_optional(tree, object, "sha256", part->sha256);
}

static void add_parts(struct tree *tree, cJSON *object, const struct journal_entry *entry)
{
    cJSON *parts = tree_array(tree, object, "parts");
    for (size_t i = 0; i < entry->part_count && i < JOURNAL_PARTS_MAX; i++)
        add_part(tree, parts, &entry->parts[i]);
    tree_number(tree, object, "part_count", (double)entry->part_count);
}

static const char *format_name(enum image_format format)
{
    return format == IMAGE_JPEG ? "jpeg" : format == IMAGE_PNG ? "png" : "other";
}

static void add_picture(struct tree *tree, cJSON *object, const struct journal_entry *entry)
{
    if (!entry->image_part) {
        tree_null(tree, object, "image");
        return;
    }
    cJSON *image = tree_object(tree, object, "image");
    tree_text(tree, image, "format", format_name(entry->format));
    tree_number(tree, image, "width", entry->width);
    tree_number(tree, image, "height", entry->height);
    tree_number(tree, image, "size", (double)entry->image_size);
    tree_optional(tree, image, "sha256", entry->parts[entry->image_part - 1].sha256);
}

static void add_outcome(struct tree *tree, cJSON *object, const struct journal_entry *entry)
{
    const struct rule_info *rule = rule_info(entry->rule);
    const struct fault_info *fault = fault_info(entry->fault);
    tree_number(tree, object, "status", entry->status);
    tree_text(tree, object, "code", entry->code);
    tree_text(tree, object, "message", entry->message);
    tree_optional(tree, object, "rule", rule ? rule->name : NULL);
    tree_optional(tree, object, "clause", rule ? clause_info(rule->clause)->id : NULL);
    tree_optional(tree, object, "scenario", entry->scenario);
    tree_optional(tree, object, "chosen_by", chooser_name(entry->chooser));
    tree_optional(tree, object, "fault", fault ? fault->name : NULL);
    tree_optional(tree, object, "deviation", entry->deviation);
    tree_flag(tree, object, "unexpected", entry->unexpected);
}

static void add_body(struct tree *tree, cJSON *object, const struct blob *body)
{
    char *text = malloc(modp_b64_encode_len(body->size));
    if (!text) {
        tree->failed = true;
        return;
    }
    size_t len = modp_b64_encode(text, (const char *)body->data, body->size);
    tree_slice(tree, object, "body_base64", slice_make(text, len));
    free(text);
}

/* "2026-01-08T12:34:56.123Z" */
static void add_time(struct tree *tree, cJSON *object, int64_t time_ms)
{
    char date[32], text[48];
    struct tm parts;
    time_t seconds = (time_t)(time_ms / 1000);
    gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text, sizeof text, "%s.%03dZ", date, (int)(time_ms % 1000));
    tree_text(tree, object, "time", text);
    tree_number(tree, object, "time_ms", (double)time_ms);
}

cJSON *journal_print(struct tree *tree, cJSON *parent, const char *name,
                     const struct journal_entry *entry, bool with_body)
{
    char label[KEY_LABEL_SIZE];
    cJSON *object = tree_object(tree, parent, name);
    tree_number(tree, object, "id", (double)entry->id);
    add_time(tree, object, entry->time_ms);
    tree_text(tree, object, "method", entry->method);
    tree_text(tree, object, "path", entry->path);
    tree_text(tree, object, "request_id", entry->request_id);
    tree_optional(tree, object, "key", entry->has_key ? key_label(label, &entry->key) : NULL);
    tree_number(tree, object, "nth", (double)entry->nth);
    if (entry->service_choice >= 0)
        tree_number(tree, object, "service_choice", entry->service_choice);
    else
        tree_null(tree, object, "service_choice");
    add_parts(tree, object, entry);
    add_picture(tree, object, entry);
    add_outcome(tree, object, entry);
    tree_number(tree, object, "duration_ms", entry->duration_ms);
    tree_number(tree, object, "bytes_in", (double)entry->bytes_in);
    tree_number(tree, object, "bytes_out", (double)entry->bytes_out);
    tree_flag(tree, object, "has_body", entry->body != NULL);
    if (with_body && entry->body)
        add_body(tree, object, entry->body);
    return object;
}
