/* The OpenAPI document: openapi.template.json with the facts filled in from the contract's tables.
 *
 * In the template, "{name}" inside a text or a member's name is replaced by the words of that name,
 * and a text that begins with '@' by what the function of that name adds in its place; the member
 * "..." stands for as many members as the function likes. */
#include "export_openapi.h"
#include "api/contract.h"
#include "export.h"
#include <string.h>

__asm__(".pushsection .rodata\n"
        ".globl openapi_template\n"
        ".hidden openapi_template\n"
        "openapi_template:\n"
        ".incbin \"" AILAB_OPENAPI_TEMPLATE "\"\n"
        ".byte 0\n"
        ".popsection\n");
extern const char openapi_template[];

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* Words */

static void write_revisions(struct words *words)
{
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        words_add(words, "\n- `%s`: %s", revision_info(id)->name, revision_info(id)->summary);
}

static void write_revisions_of(struct words *words, enum envelope_kind kind)
{
    const char *between = "";
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        if (revision_info(id)->envelope != kind)
            continue;
        words_add(words, "%s`%s`", between, revision_info(id)->name);
        between = ", ";
    }
}

/* The expressions that the default revision takes, one after the other. NULL at the end. */
static const struct expression *next_choice(const struct expression *choice)
{
    size_t count = 0;
    const struct expression *table = expression_table(&count);
    for (choice = choice ? choice + 1 : table; choice < table + count; choice++)
        if (expression_find(choice->number, revision_default()))
            return choice;
    return NULL;
}

static void write_choices(struct words *words)
{
    for (const struct expression *choice = NULL; (choice = next_choice(choice));)
        words_add(words, "\n- `%d`: %s", choice->number, choice->label);
}

/* The words of the name at the beginning of text. Returns the name's length, 0 for no name. */
static size_t fill_name(struct words *out, const char *text)
{
    const struct endpoint *edit = endpoint_info(ENDPOINT_EMOTION_EDITOR);
    const struct endpoint *credits = endpoint_info(ENDPOINT_QUERY_CREDITS);
    const struct {
        const char *name, *text;
        int number;
        void (*write)(struct words *words);
        enum envelope_kind kind;
    } rows[] = {
        {"{version}", .text = AILAB_VERSION_STRING},
        {"{revision}", .text = revision_default()->name},
        {"{edit_path}", .text = edit->path},
        {"{edit_summary}", .text = edit->summary},
        {"{credits_path}", .text = credits->path},
        {"{credits_summary}", .text = credits->summary},
        {"{credits_per_call}", .number = LIMIT_CREDITS_PER_CALL},
        {"{image_bytes_max}", .number = LIMIT_IMAGE_BYTES_MAX},
        {"{image_side_max}", .number = LIMIT_IMAGE_SIDE_MAX},
        {"{revisions}", .write = write_revisions},
        {"{choices}", .write = write_choices},
        {"{revisions_a}", .kind = ENVELOPE_A},
        {"{revisions_b}", .kind = ENVELOPE_B},
        {"{revisions_c}", .kind = ENVELOPE_C},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        if (strncmp(text, rows[i].name, strlen(rows[i].name)) != 0)
            continue;
        if (rows[i].write)
            rows[i].write(out);
        else if (rows[i].text)
            words_add(out, "%s", rows[i].text);
        else if (rows[i].number)
            words_add(out, "%d", rows[i].number);
        else
            write_revisions_of(out, rows[i].kind);
        return strlen(rows[i].name);
    }
    return 0;
}

static void fill_words(struct words *out, const char *text)
{
    out->used = 0;
    out->text[0] = '\0';
    while (*text) {
        size_t length = *text == '{' ? fill_name(out, text) : 0;
        if (length == 0)
            words_add(out, "%c", *text);
        text += length ? length : 1;
    }
}

/* Items */

static void add_image_bytes_max(struct builder *b, cJSON *parent, const char *name)
{
    add_number(b, parent, name, LIMIT_IMAGE_BYTES_MAX);
}

static void add_choice_numbers(struct builder *b, cJSON *parent, const char *name)
{
    for (const struct expression *choice = NULL; (choice = next_choice(choice));)
        add_number(b, parent, name, choice->number);
}

/* "big-grin" -> "BIG_GRIN", for code that is generated from the document. */
static void add_choice_names(struct builder *b, cJSON *parent, const char *name)
{
    for (const struct expression *choice = NULL; (choice = next_choice(choice));) {
        struct words words = {0};
        for (const char *at = choice->slug; *at; at++)
            words_add(&words, "%c", *at == '-' ? '_' : *at - 'a' + 'A');
        add_words(b, parent, name, &words);
    }
}

static void add_choice_labels(struct builder *b, cJSON *parent, const char *name)
{
    for (const struct expression *choice = NULL; (choice = next_choice(choice));)
        add_text(b, parent, name, choice->label);
}

static void add_codes(struct builder *b, cJSON *parent, const char *name)
{
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        add_text(b, parent, name, error_info(code)->name);
}

/* name: the member, or NULL where the parent is an array or the function names its own. */
static const struct {
    const char *name;
    void (*add)(struct builder *b, cJSON *parent, const char *name);
    void (*add_members)(struct builder *b, cJSON *parent);
} item_rows[] = {
    {"@image_bytes_max", add_image_bytes_max, NULL},
    {"@choice_numbers", add_choice_numbers, NULL},
    {"@choice_names", add_choice_names, NULL},
    {"@choice_labels", add_choice_labels, NULL},
    {"@codes", add_codes, NULL},
    {"@error_references", NULL, openapi_add_error_references},
    {"@error_responses", NULL, openapi_add_error_responses},
    {"@examples_of_image", NULL, openapi_add_image_examples},
    {"@examples_of_credits", NULL, openapi_add_credits_examples},
};

static void fill_text(struct builder *b, cJSON *parent, const char *name, const char *text)
{
    struct words words;
    for (size_t i = 0; i < ROWS(item_rows); i++)
        if (strcmp(text, item_rows[i].name) == 0) {
            if (item_rows[i].add)
                item_rows[i].add(b, parent, name);
            else
                item_rows[i].add_members(b, parent);
            return;
        }
    fill_words(&words, text);
    add_words(b, parent, name, &words);
}

/* Recurses as deep as the template, which is ours. */
static void fill(struct builder *b, cJSON *parent, const cJSON *from)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, from)
    {
        struct words name;
        const char *member = NULL;
        if (item->string) {
            fill_words(&name, item->string);
            member = name.text;
        }
        if (cJSON_IsString(item))
            fill_text(b, parent, member, item->valuestring);
        else if (cJSON_IsObject(item))
            fill(b, add_object(b, parent, member), item);
        else if (cJSON_IsArray(item))
            fill(b, add_array(b, parent, member), item);
        else
            add_item(b, parent, member, cJSON_Duplicate(item, true));
    }
}

cJSON *export_openapi(void)
{
    struct builder b = {false};
    cJSON *from = cJSON_Parse(openapi_template), *root = cJSON_CreateObject();
    b.failed = !from || !root;
    fill(&b, root, from);
    cJSON_Delete(from);
    return build_end(&b, root);
}
