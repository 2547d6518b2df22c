/* Reads, watches and explains the file; the mock decides what is wrong with it. */
#include "scenario_file.h"
#include "documents/document.h"
#include "file.h"
#include "json_line.h"
#include "log.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool scenario_file_changed(struct scenario_file *file)
{
    struct stat now, *known = &file->seen;
    if (stat(file->path, &now) != 0)
        return false;
    bool changed = now.st_mtim.tv_sec != known->st_mtim.tv_sec ||
                   now.st_mtim.tv_nsec != known->st_mtim.tv_nsec || now.st_size != known->st_size ||
                   now.st_ino != known->st_ino;
    *known = now;
    return changed;
}

bool scenario_file_open(struct scenario_file *file, char why[AILAB_MOCK_ERROR_SIZE])
{
    if (!file->path)
        return true;
    scenario_file_changed(file); /* before it is read, so that no change is overlooked */
    return file_read(&file->loaded, &file->size, file->path, FILE_BYTES_MAX, why);
}

void scenario_file_close(struct scenario_file *file)
{
    free(file->loaded);
    file->loaded = NULL;
}

bool scenario_file_explain(char why[SCENARIO_FILE_WHY_SIZE], const char *path, const char *text)
{
    struct document document = {0};
    struct document_error error;
    if (document_parse(&document, slice_of(text), &error)) {
        document_clear(&document);
        return false;
    }
    if (error.pointer[0])
        snprintf(why, SCENARIO_FILE_WHY_SIZE, "%.400s:%zu: at '%s': %s", path,
                 json_line(text, error.pointer), error.pointer, error.message);
    else
        snprintf(why, SCENARIO_FILE_WHY_SIZE, "%.400s: %s", path, error.message);
    return true;
}

void scenario_file_reload(struct scenario_file *file, struct ailab_mock *mock,
                          struct line_writer *log, bool asked_for)
{
    char why[SCENARIO_FILE_WHY_SIZE];
    unsigned char *text = NULL;
    size_t size = 0;
    const bool read = file_read(&text, &size, file->path, FILE_BYTES_MAX, why);
    if (read && !asked_for && size == file->size && memcmp(text, file->loaded, size) == 0) {
        log_say(log, "%s: the same scenarios as before; what is in force stays", file->path);
    } else if (read && ailab_mock_load(mock, (const char *)text, why) == AILAB_MOCK_OK) {
        log_say(log, "%s: scenarios loaded", file->path);
        free(file->loaded);
        file->loaded = text;
        file->size = size;
        return;
    } else if (read && !scenario_file_explain(why, file->path, (const char *)text)) {
        log_say(log, "%s: %s; the scenarios in force stay", file->path, why);
    } else {
        log_say(log, "%s; the scenarios in force stay", why);
    }
    free(text);
}
