/* Reads the witness, a line a code. */
#include "codes.h"
#include "fixture.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define WITNESS AILAB_SOURCE_DIR "/mockserver/tests/whole/errors_expected.tsv"

static const char *const transient_always[] = {
    "EXCEEDING_LIMITS",       "AI_SERVICE_ERROR",   "AI_SERVICE_INTERNAL_ERROR",
    "FILE_SERVICE_ERROR",     "ERROR_GATEWAY",      "AI_SERVICE_FLOW_RESTRICTION",
    "SERVICE_INTERNAL_ERROR", "AI_SERVICE_TIMEOUT", "UNKNOWN_ERROR",
};

/* Codes that moved to a 5xx on 2026-01-08. */
static const char *const transient_since_2026_01[] = {
    "ERROR_RESPONSE_BODY_TOO_LARGE",
    "PROCESSING_FAILURE",
    "AI_SERVICE_NOT_FOUND",
    "AI_SERVICE_UNAUTHORIZED",
    "ERROR_DATA_TRANSFER_FAILED",
    "ERROR_FACE_BLENDING_FAILED",
    "ERROR_FACE_IMAGE_ADDITION_FAILED",
    "ERROR_FILE_DOWNLOAD_FAILED",
    "ERROR_FILE_UPLOAD_FAILED",
    "ERROR_GET_FACE_IMAGE_FAILED",
    "ERROR_CLEANING_USER_GROUP_DATA",
    "ERROR_INSUFFICIENT_RESOURCES",
    "ERROR_RESOURCE_IN_TRANSIT",
    "ERROR_RESOURCE_UNAVAILABLE",
    "ERROR_FILE_DOWNLOAD_TIMEOUT",
};

static bool is_in(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

bool code_is_transient(const char *name, bool since_2026_01)
{
    return is_in(transient_always, ROWS(transient_always), name) ||
           (since_2026_01 && is_in(transient_since_2026_01, ROWS(transient_since_2026_01), name));
}

static size_t read_rows(struct code_row *rows)
{
    char line[512];
    size_t count = 0;
    FILE *file = fopen(WITNESS, "r");
    if (!file)
        fail_msg("cannot read " WITNESS);
    bool heading = fgets(line, sizeof line, file) != NULL;
    while (heading && fgets(line, sizeof line, file)) {
        struct code_row *row = &rows[count++];
        if (count > CODES_MAX ||
            sscanf(line, "%63[^\t]\t%ld\t%ld\t%*[^\t]\t%191[^\n]", row->name, &row->status_2025_09,
                   &row->status_2026_01, row->description) != 4)
            fail_msg(WITNESS ", row %zu is malformed: %s", count, line);
    }
    fclose(file);
    return count;
}

const struct code_row *code_rows(size_t *count_out)
{
    static struct code_row rows[CODES_MAX];
    static size_t count;
    if (!count)
        count = read_rows(rows);
    *count_out = count;
    return rows;
}

const struct code_row *code_row_find(const char *name)
{
    size_t count;
    const struct code_row *rows = code_rows(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}
