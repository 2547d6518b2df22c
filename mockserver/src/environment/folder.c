/* The folder for what runtimes want as a file. */
#include "base/count_of.h"
#include "environment/environment.h"
#include "environment/template.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define WGETRC_BYTES_MAX 65536

#define EMBED(name, file)                                                                          \
    __asm__(".pushsection .rodata\n"                                                               \
            ".globl " #name "\n"                                                                   \
            ".hidden " #name "\n" #name ":\n"                                                      \
            ".incbin \"" AILAB_ENVIRONMENT_FOLDER "/" file "\"\n"                                  \
            ".byte 0\n"                                                                            \
            ".popsection\n");                                                                      \
    extern const char name[]

EMBED(environment_node, "node.cjs");
EMBED(environment_python, "sitecustomize.py");

static const struct file {
    const char *folder, *name, *value;
} files[] = {
#define ENVIRONMENT_FILE(folder, name, value) {folder, name, value},
#include "environment/files.def"
};

static void path_of(char out[PATH_SIZE], const char *folder, const struct file *file, bool whole)
{
    snprintf(out, PATH_SIZE, "%s%s%s%s%s", folder, *file->folder ? "/" : "", file->folder,
             whole ? "/" : "", whole ? file->name : "");
}

/* The user's own settings of wget, so that ours stand behind them; to be freed, and NULL when there
 * are none. A file too large to be one is left out. */
static char *read_wgetrc(void)
{
    char path[PATH_SIZE];
    const char *own = getenv("WGETRC"), *home = getenv("HOME");
    snprintf(path, sizeof path, "%s%s", own ? own : home ? home : "", own ? "" : "/.wgetrc");
    FILE *in = fopen(path, "rbe");
    char *text = in ? calloc(1, WGETRC_BYTES_MAX + 1) : NULL;
    if (text && fread(text, 1, WGETRC_BYTES_MAX + 1, in) > WGETRC_BYTES_MAX)
        text[0] = '\0';
    if (in)
        fclose(in);
    return text;
}

static bool write_file(const char *folder, const struct file *file,
                       const struct template_word *words, size_t count)
{
    char path[PATH_SIZE];
    path_of(path, folder, file, false);
    if (*file->folder && mkdir(path, 0700) != 0 && errno != EEXIST)
        return false;
    path_of(path, folder, file, true);
    FILE *out = fopen(path, "wxe");
    if (!out)
        return false;
    template_write(out, file->value, words, count);
    const bool written = !ferror(out);
    return fclose(out) == 0 && written;
}

static bool write_files(const char *folder, const struct environment_facts *facts)
{
    char *wgetrc = read_wgetrc();
    const struct template_word words[] = {{"bundle", facts->bundle_file}, {"wgetrc", wgetrc}};
    bool written = true;
    for (size_t i = 0; written && i < COUNT_OF(files); i++)
        written = write_file(folder, &files[i], words, COUNT_OF(words));
    free(wgetrc);
    return written;
}

static const char *parent_folder(void)
{
    const char *named = getenv("TMPDIR");
    return named && *named ? named : "/tmp";
}

bool environment_folder_make(struct held_folder *out, const struct environment_facts *facts,
                             char why[AILAB_MOCK_ERROR_SIZE])
{
    const bool made = held_folder_make(out, parent_folder());
    if (made && write_files(out->path, facts))
        return true;
    snprintf(why, AILAB_MOCK_ERROR_SIZE,
             "cannot write the files for the command's runtimes in '%.200s': %s; TMPDIR names "
             "another folder",
             made ? out->path : parent_folder(), strerror(errno ? errno : ENOMEM));
    held_folder_remove(out);
    return false;
}
