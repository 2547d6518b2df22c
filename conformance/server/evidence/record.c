/* See record.h. A person may show a record to others: it holds no key and no picture, and of each
 * body its size and digest. */
#include "evidence/record.h"
#include "base/memory.h"
#include "cmdline/text.h"
#include "evidence/redact.h"
#include "judge/base64.h"
#include <errno.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct record {
    pthread_mutex_t lock;
    char *directory; /* owned; NULL: nothing is written */
    cJSON *cases;    /* owned: slug -> array of exchanges */
};

/* Makes it when it is missing. False with errno. */
static bool is_writable(const char *directory)
{
    struct stat info;
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return false;
    if (stat(directory, &info) != 0)
        return false;
    if (!S_ISDIR(info.st_mode)) {
        errno = ENOTDIR;
        return false;
    }
    return access(directory, W_OK | X_OK) == 0;
}

struct record *record_new(const char *directory, char why[URL_WHY_SIZE])
{
    struct record *record = calloc(1, sizeof *record);
    snprintf(why, URL_WHY_SIZE, "out of memory");
    if (!record)
        return NULL;
    if (pthread_mutex_init(&record->lock, NULL) != 0) {
        free(record);
        return NULL;
    }
    record->cases = cJSON_CreateObject();
    record->directory = directory ? strdup(directory) : NULL;
    if (!record->cases || (directory && !record->directory))
        goto fail;
    if (directory && !is_writable(directory)) {
        snprintf(why, URL_WHY_SIZE, "records cannot be written to %s: %s", TEXT_PATH(directory),
                 strerror(errno));
        goto fail;
    }
    return record;
fail:
    record_free(record);
    return NULL;
}

void record_free(struct record *record)
{
    if (!record)
        return;
    cJSON_Delete(record->cases);
    free(record->directory);
    pthread_mutex_destroy(&record->lock);
    free(record);
}

static void digest(cJSON *object, const char *data, size_t len)
{
    struct sha256_ctx context;
    uint8_t bytes[SHA256_DIGEST_SIZE];
    char text[2 * SHA256_DIGEST_SIZE + 1];
    sha256_init(&context);
    sha256_update(&context, len, (const uint8_t *)data);
    sha256_digest(&context, sizeof bytes, bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    cJSON_AddNumberToObject(object, "bytes", (double)len);
    cJSON_AddStringToObject(object, "sha256", text);
}

static cJSON *request_json(const struct request *request, const struct secrets *secrets)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "method", request->method);
    cJSON_AddStringToObject(object, "path", request->path);
    const char *key = !request->key                                             ? "(none)"
                      : secrets_account(secrets, request->key) != ACCOUNT_COUNT ? "<redacted>"
                                                                                : request->key;
    cJSON_AddStringToObject(object, "key", key);
    cJSON *parts = cJSON_AddArrayToObject(object, "parts");
    for (size_t i = 0; i < request->part_count && !request->raw_body; i++) {
        const struct part *part = &request->parts[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", part->name);
        if (part->file_name)
            cJSON_AddStringToObject(item, "file_name", part->file_name);
        if (part->type)
            cJSON_AddStringToObject(item, "type", part->type);
        digest(item, part->body, part->body_len);
        if (!cJSON_AddItemToArray(parts, item))
            cJSON_Delete(item);
    }
    return object;
}

/* Puts facts about the picture where its Base64 was. */
static void fold_image(cJSON *body)
{
    cJSON *data = cJSON_GetObjectItemCaseSensitive(body, "data");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "image"));
    static const char *const formats[] = {"neither JPEG nor PNG", "JPEG", "PNG"};
    struct picture_facts facts = {0};
    struct buf bytes = {0};
    if (!text)
        return;
    cJSON *folded = cJSON_CreateObject();
    const char *why = base64_decode(&bytes, text, strlen(text));
    cJSON_AddNumberToObject(folded, "base64_characters", (double)strlen(text));
    if (why) {
        cJSON_AddStringToObject(folded, "not_base64", why);
    } else {
        picture_decodes(&facts, bytes.ptr, bytes.len);
        digest(folded, bytes.ptr, bytes.len);
        cJSON_AddStringToObject(folded, "format", formats[facts.format]);
        cJSON_AddNumberToObject(folded, "width", facts.width);
        cJSON_AddNumberToObject(folded, "height", facts.height);
    }
    buf_clear(&bytes);
    if (!cJSON_ReplaceItemInObjectCaseSensitive(data, "image", folded))
        cJSON_Delete(folded);
}

static cJSON *answer_json(const struct exchange *exchange)
{
    cJSON *object = cJSON_CreateObject();
    const struct answer *answer = &exchange->answer;
    if (exchange->result != WIRE_OK) {
        cJSON_AddStringToObject(object, "failure", wire_result_name(exchange->result));
        return object;
    }
    cJSON_AddNumberToObject(object, "status", answer->http.status);
    cJSON *headers = cJSON_AddObjectToObject(object, "headers");
    for (size_t i = 0; i < answer->http.header_count; i++)
        cJSON_AddStringToObject(headers, answer->http.headers[i].name,
                                answer->http.headers[i].value);
    cJSON *body = answer->json ? cJSON_Duplicate(answer->json, true) : NULL;
    if (body) {
        fold_image(body);
        cJSON_AddItemToObject(object, "body", body);
    } else {
        cJSON_AddStringToObject(object, "not_json", buf_str(&answer->json_why));
        digest(object, answer->http.body, answer->http.body_len);
    }
    return object;
}

static char *redacted(const char *text, const struct secrets *secrets)
{
    struct buf shown = {0};
    redact_add(&shown, secrets, text, strlen(text), SIZE_MAX, REDACT_RECORD);
    return buf_take(&shown);
}

/* Whatever field the key may have come back in: texts, numbers, and names that are the target's. */
static void redact(cJSON *item, const struct secrets *secrets, bool names)
{
    for (; item; item = item->next) {
        char *name = names && item->string ? redacted(item->string, secrets) : NULL;
        char *number = cJSON_IsNumber(item) ? cJSON_PrintUnformatted(item) : NULL;
        const char *value = number ? number : cJSON_GetStringValue(item);
        char *text = value && (!number || redact_finds_key(secrets, number))
                         ? redacted(value, secrets)
                         : NULL;
        bool inside = names || (item->string && (strcmp(item->string, "headers") == 0 ||
                                                 strcmp(item->string, "body") == 0));
        redact(item->child, secrets, inside);
        if (name) {
            free(item->string);
            item->string = name;
        }
        if (!number && value && !text)
            item->valuestring[0] = '\0'; /* rather nothing than the key */
        if (text) {
            free(item->valuestring);
            item->valuestring = text;
            item->type = cJSON_String;
        }
        free(number);
    }
}

void record_add(struct record *record, const char *slug, unsigned step,
                const struct request *request, const struct exchange *exchange,
                const struct secrets *secrets)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "step", step);
    cJSON_AddItemToObject(object, "request", request_json(request, secrets));
    cJSON_AddItemToObject(object, "answer", answer_json(exchange));
    if (object)
        redact(object->child, secrets, false);
    pthread_mutex_lock(&record->lock);
    cJSON *list = cJSON_GetObjectItemCaseSensitive(record->cases, slug);
    if (!list)
        list = cJSON_AddArrayToObject(record->cases, slug);
    if (!cJSON_AddItemToArray(list, object))
        cJSON_Delete(object);
    pthread_mutex_unlock(&record->lock);
}

const cJSON *record_find(const struct record *record, const char *slug)
{
    return cJSON_GetObjectItemCaseSensitive(record->cases, slug);
}

void record_path(struct buf *out, const char *directory, const char *slug)
{
    buf_printf(out, "%s/", directory);
    for (const char *c = slug; *c; c++)
        buf_add(out, *c == '/' ? "." : c, 1);
    buf_text(out, ".json");
}

static bool write_case(const struct record *record, cJSON *list, const struct origin *origin,
                       const char *date, char why[URL_WHY_SIZE])
{
    struct buf path = {0};
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "case", list->string);
    cJSON_AddStringToObject(root, "target", origin->endpoint->url.base);
    cJSON_AddStringToObject(root, "revision", revision_name(origin->revision));
    cJSON_AddStringToObject(root, "date", date);
    cJSON_AddItemReferenceToObject(root, "exchanges", list);
    char *printed = cJSON_Print(root);
    record_path(&path, record->directory, list->string);
    errno = ENOMEM; /* unless the file is what fails */
    FILE *file = printed ? fopen(buf_str(&path), "we") : NULL;
    bool written = file && fprintf(file, "%s\n", printed) > 0;
    int error = errno;
    if (file && fclose(file) != 0 && written) {
        written = false;
        error = errno;
    }
    if (!written)
        snprintf(why, URL_WHY_SIZE, "the record %s could not be written: %s",
                 TEXT_PATH(buf_str(&path)), strerror(error));
    buf_clear(&path);
    free(printed);
    cJSON_Delete(root);
    return written;
}

bool record_write(struct record *record, const struct origin *origin, const char *date,
                  char why[URL_WHY_SIZE])
{
    cJSON *list = NULL;
    if (!record->directory)
        return true;
    if (memory_ran_out()) { /* a number or a name may still hold the key */
        snprintf(why, URL_WHY_SIZE, "the records in %s are not written: memory ran out",
                 TEXT_PATH(record->directory));
        return false;
    }
    cJSON_ArrayForEach(list, record->cases)
    {
        if (!write_case(record, list, origin, date, why))
            return false;
    }
    return true;
}
