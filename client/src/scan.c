/* Which of the JSON's values are ours, and where they go. The table below is the whole map of the
 * envelope; a key outside it is skipped, whatever it holds. A known key given twice is an ambiguity
 * that different readers resolve differently, so it spoils the body. */
#include "scan.h"
#include "text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    enum ai_scan_slot container;
    const char *key;
    enum ai_scan_slot slot;
} map[] = {
    {SCAN_ROOT, "request_id", SCAN_REQUEST_ID},
    {SCAN_ROOT, "log_id", SCAN_LOG_ID},
    {SCAN_ROOT, "error_code", SCAN_ERROR_CODE},
    {SCAN_ROOT, "error_code_str", SCAN_ERROR_CODE_STR},
    {SCAN_ROOT, "error_msg", SCAN_ERROR_MSG},
    {SCAN_ROOT, "error_detail", SCAN_DETAIL},
    {SCAN_DETAIL, "status_code", SCAN_DETAIL_STATUS_CODE},
    {SCAN_DETAIL, "code", SCAN_DETAIL_CODE},
    {SCAN_DETAIL, "code_message", SCAN_DETAIL_CODE_MESSAGE},
    {SCAN_DETAIL, "message", SCAN_DETAIL_MESSAGE},
    {SCAN_ROOT, "data", SCAN_DATA},
    {SCAN_DATA, "image", SCAN_IMAGE},
};

static void end_key(struct ai_scan *scan)
{
    scan->in_key = false;
    scan->slot = SCAN_SLOTS;
    if (scan->key_size > SCAN_KEY_SIZE)
        return;
    for (size_t i = 0; i < sizeof map / sizeof *map; i++) {
        if (map[i].container == scan->container && strlen(map[i].key) == scan->key_size &&
            !memcmp(map[i].key, scan->key, scan->key_size))
            scan->slot = map[i].slot;
    }
    if (scan->slot != SCAN_SLOTS && scan->fields[scan->slot].kind != SCAN_ABSENT && !*scan->why)
        snprintf(scan->why, sizeof scan->why, "the key \"%.*s\" is given twice",
                 (int)scan->key_size, scan->key);
}

static void add_to_key(struct ai_scan *scan, const char *text, size_t size)
{
    if (scan->key_size + size > SCAN_KEY_SIZE) {
        scan->key_size = SCAN_KEY_SIZE + 1;
        return;
    }
    memcpy(scan->key + scan->key_size, text, size);
    scan->key_size += size;
}

static void note_kind(struct ai_scan *scan, enum ai_scan_kind kind)
{
    if (scan->depth == 0)
        scan->root = kind;
    else if (scan->slot != SCAN_SLOTS)
        scan->fields[scan->slot].kind = kind;
}

static void open_container(struct ai_scan *scan, enum ai_scan_kind kind)
{
    note_kind(scan, kind);
    enum ai_scan_slot inside = SCAN_SLOTS;
    if (kind == SCAN_OBJECT && scan->depth == 0)
        inside = SCAN_ROOT;
    else if (kind == SCAN_OBJECT && scan->depth == 1)
        inside = scan->slot;
    scan->depth++;
    if (scan->depth == 2)
        scan->second = inside;
    scan->container = inside;
    scan->slot = SCAN_SLOTS;
}

static void close_container(struct ai_scan *scan)
{
    scan->depth--;
    scan->slot = SCAN_SLOTS;
    scan->container = SCAN_SLOTS;
    if (scan->depth == 1 && scan->root == SCAN_OBJECT)
        scan->container = SCAN_ROOT;
    else if (scan->depth == 2)
        scan->container = scan->second;
}

static void take_number(struct ai_scan *scan, const char *text, size_t size)
{
    char digits[JSON_NUMBER_SIZE];
    char *end = NULL;
    long number = 0;
    bool whole = size < sizeof digits && !memchr(text, '.', size) && !memchr(text, 'e', size) &&
                 !memchr(text, 'E', size);
    if (whole) {
        memcpy(digits, text, size);
        digits[size] = '\0';
        errno = 0;
        number = strtol(digits, &end, 10);
        whole = errno == 0 && *end == '\0';
    }
    note_kind(scan, whole ? SCAN_INTEGER : SCAN_NUMBER);
    if (scan->slot != SCAN_SLOTS)
        scan->fields[scan->slot].number = number;
}

static void take_text(struct ai_scan *scan, const char *text, size_t size)
{
    if (scan->in_key) {
        add_to_key(scan, text, size);
    } else if (scan->slot == SCAN_IMAGE) {
        ai_base64_feed(&scan->image, text, size);
    } else if (scan->slot != SCAN_SLOTS) {
        size_t room = sizeof scan->raw - scan->raw_size;
        size_t taken = size < room ? size : room;
        memcpy(scan->raw + scan->raw_size, text, taken);
        scan->raw_size += taken;
    }
}

static void end_string(struct ai_scan *scan)
{
    if (scan->slot == SCAN_IMAGE)
        scan->image_whole = ai_base64_finish(&scan->image);
    else if (scan->slot != SCAN_SLOTS)
        ai_text_copy(scan->fields[scan->slot].text, SCAN_TEXT_SIZE, scan->raw, scan->raw_size);
}

static void handle(void *context, enum ai_json_event event, const char *text, size_t size)
{
    struct ai_scan *scan = context;
    if (*scan->why)
        return;
    switch (event) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        open_container(scan, event == JSON_OBJECT ? SCAN_OBJECT : SCAN_ARRAY);
        break;
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
        close_container(scan);
        break;
    case JSON_KEY:
        scan->in_key = true;
        scan->key_size = 0;
        break;
    case JSON_KEY_END:
        end_key(scan);
        break;
    case JSON_STRING:
        scan->raw_size = 0;
        note_kind(scan, SCAN_STRING);
        break;
    case JSON_STRING_END:
        end_string(scan);
        break;
    case JSON_TEXT:
        take_text(scan, text, size);
        break;
    case JSON_NUMBER:
        take_number(scan, text, size);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        note_kind(scan, SCAN_BOOLEAN);
        break;
    case JSON_NULL:
        note_kind(scan, SCAN_NULL);
        break;
    }
}

void ai_scan_init(struct ai_scan *scan)
{
    memset(scan, 0, sizeof *scan);
    scan->json.handle = handle;
    scan->json.context = scan;
    scan->container = scan->second = scan->slot = SCAN_SLOTS;
}

void ai_scan_expect(struct ai_scan *scan, size_t bytes)
{
    scan->image.expected = bytes / 4 * 3;
}

void ai_scan_feed(struct ai_scan *scan, const void *bytes, size_t size)
{
    ai_json_feed(&scan->json, bytes, size);
}

bool ai_scan_finish(struct ai_scan *scan)
{
    bool whole = ai_json_finish(&scan->json);
    if (*scan->why)
        return false;
    if (!whole)
        snprintf(scan->why, sizeof scan->why, "%s", scan->json.why);
    else if (scan->root != SCAN_OBJECT)
        snprintf(scan->why, sizeof scan->why, "it is JSON, but not an object");
    return !*scan->why;
}

bool ai_scan_is_whole(const struct ai_scan *scan)
{
    return scan->json.state == JSON_DONE && scan->root == SCAN_OBJECT && !*scan->why;
}

void ai_scan_clear(struct ai_scan *scan)
{
    ai_base64_clear(&scan->image);
}
