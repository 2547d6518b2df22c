/* See folder.h. */
#include "caller/exam/folder.h"
#include "base/embedded.h"
#include "pictures/picture.h"
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESULT_NAME "result.jpg"
#define PICTURE_BYTES_MAX (64UL << 20)

static bool write_file(const char *path, const char *from, const char *end)
{
    FILE *file = fopen(path, "wbe");
    const size_t size = (size_t)(end - from);
    bool fine = file && fwrite(from, 1, size, file) == size;
    return file && fclose(file) == 0 && fine;
}

void folder_portraits(char jpeg[FOLDER_PATH_SIZE + 24], char png[FOLDER_PATH_SIZE + 24],
                      const char *exam)
{
    snprintf(jpeg, FOLDER_PATH_SIZE + 24, "%s/portrait.jpg", exam);
    snprintf(png, FOLDER_PATH_SIZE + 24, "%s/portrait.png", exam);
}

bool folder_begin(char out[FOLDER_PATH_SIZE], char *why, size_t why_size)
{
    char jpeg[FOLDER_PATH_SIZE + 24], png[FOLDER_PATH_SIZE + 24];
    const char *place = getenv("TMPDIR");
    place = place && place[0] ? place : "/tmp";
    const int used = snprintf(out, FOLDER_PATH_SIZE, "%s/ailab-caller-XXXXXX", place);
    if (used >= FOLDER_PATH_SIZE - 24 || !mkdtemp(out)) {
        snprintf(why, why_size, "no temporary folder in %.200s: %s", place,
                 used >= FOLDER_PATH_SIZE - 24 ? "its name is too long" : strerror(errno));
        out[0] = '\0';
        return false;
    }
    folder_portraits(jpeg, png, out);
    if (write_file(jpeg, embedded_jpeg, embedded_jpeg_end) &&
        write_file(png, embedded_png, embedded_png_end))
        return true;
    snprintf(why, why_size, "the pictures cannot be written to %.200s: %s", out, strerror(errno));
    return false;
}

bool run_folder_make(struct run_folder *out, const char *exam, char *why, size_t why_size)
{
    snprintf(out->path, sizeof out->path, "%.480s/run-XXXXXX", exam);
    bool fine = mkdtemp(out->path) != NULL;
    snprintf(out->scratch, sizeof out->scratch, "%s/tmp", out->path);
    snprintf(out->results, sizeof out->results, "%s/out", out->path);
    snprintf(out->output, sizeof out->output, "%s/" RESULT_NAME, out->results);
    fine = fine && mkdir(out->scratch, 0700) == 0 && mkdir(out->results, 0700) == 0;
    if (!fine)
        snprintf(why, why_size, "no folder for a run: %s", strerror(errno));
    return fine;
}

static void look_at_file(struct seen_file *out, const char *path)
{
    struct stat about;
    struct picture_facts facts;
    *out = (struct seen_file){0};
    if (lstat(path, &about) != 0)
        return;
    out->exists = true;
    out->bytes = (size_t)about.st_size;
    if (!S_ISREG(about.st_mode) || out->bytes == 0 || out->bytes > PICTURE_BYTES_MAX)
        return;
    char *data = malloc(out->bytes);
    FILE *file = data ? fopen(path, "rbe") : NULL;
    if (file && fread(data, 1, out->bytes, file) == out->bytes)
        out->is_picture = picture_decodes(&facts, data, out->bytes);
    if (file)
        fclose(file);
    free(data);
}

void folder_look(struct seen_file *file, char left[64], const struct run_folder *folder)
{
    DIR *dir = opendir(folder->results);
    left[0] = '\0';
    look_at_file(file, folder->output);
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, RESULT_NAME) != 0)
            snprintf(left, 64, "%.60s", entry->d_name);
    if (dir)
        closedir(dir);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about;
    (void)kind;
    (void)at;
    remove(path); /* what cannot be removed keeps its folder; there is nothing more to try */
    return 0;
}

void run_folder_remove(const char *path)
{
    if (path[0])
        nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
