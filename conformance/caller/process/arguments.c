/* See arguments.h. */
#include "caller/process/arguments.h"
#include "cmdline/cmdline.h"
#include "cmdline/text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[PLACEHOLDER_COUNT] = {"picture", "choice", "output", "key", "url"};

/* The length of a name in braces at the beginning of the text; 0 when there is none. Other braces,
 * those of JSON for example, are left alone. */
static size_t name_here(const char *text)
{
    if (text[0] != '{')
        return 0;
    size_t len = strspn(text + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-");
    return len > 0 && text[len + 1] == '}' ? len : 0;
}

static enum placeholder placeholder_of(const char *name, size_t len)
{
    int i = 0;
    while (i < PLACEHOLDER_COUNT && (strlen(names[i]) != len || strncmp(names[i], name, len) != 0))
        i++;
    return (enum placeholder)i;
}

static bool refuse(const char *name, size_t len, char why[ARGUMENTS_WHY_SIZE])
{
    char shown[41];
    text_start(shown, sizeof shown, name, len);
    const char *meant = cmdline_meant(shown, names, PLACEHOLDER_COUNT);
    if (meant)
        snprintf(why, ARGUMENTS_WHY_SIZE, "there is no placeholder {%s}; did you mean {%s}?", shown,
                 meant);
    else
        snprintf(why, ARGUMENTS_WHY_SIZE,
                 "there is no placeholder {%s}; expected {picture}, {choice}, {output}, {key} or "
                 "{url}",
                 shown);
    return false;
}

bool arguments_check(unsigned *used, char *const *words, char why[ARGUMENTS_WHY_SIZE])
{
    *used = 0;
    for (; *words; words++)
        for (const char *at = *words; *at; at++) {
            const size_t len = name_here(at);
            const enum placeholder which = placeholder_of(at + 1, len);
            if (len > 0 && which == PLACEHOLDER_COUNT)
                return refuse(at + 1, len, why);
            if (len > 0)
                *used |= 1U << which;
        }
    return true;
}

static char *fill(const char *word, const char *const values[PLACEHOLDER_COUNT])
{
    struct buf out = {0};
    for (const char *at = word; *at;) {
        const size_t len = name_here(at);
        const enum placeholder which = placeholder_of(at + 1, len);
        if (len > 0 && which != PLACEHOLDER_COUNT)
            buf_text(&out, values[which]);
        else
            buf_add(&out, at, 1);
        at += len > 0 && which != PLACEHOLDER_COUNT ? len + 2 : 1;
    }
    buf_text(&out, "");
    return buf_take(&out);
}

char **arguments_fill(char *const *words, const char *const values[PLACEHOLDER_COUNT])
{
    size_t count = 0;
    while (words[count])
        count++;
    char **out = calloc(count + 1, sizeof *out);
    for (size_t i = 0; out && i < count; i++)
        if (!(out[i] = fill(words[i], values))) {
            arguments_free(out);
            return NULL;
        }
    return out;
}

void arguments_free(char **words)
{
    for (size_t i = 0; words && words[i]; i++)
        free(words[i]);
    free(words);
}

static bool is_program(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, X_OK) == 0;
}

/* The first program of that name in the folders of PATH. */
static char *find_in_path(const char *command)
{
    const char *path = getenv("PATH");
    for (const char *at = path ? path : "/usr/bin:/bin"; *at;) {
        struct buf out = {0};
        const size_t len = strcspn(at, ":");
        buf_printf(&out, "%.*s/%s", len ? (int)len : 1, len ? at : ".", command);
        if (is_program(buf_str(&out)))
            return buf_take(&out);
        buf_clear(&out);
        at += len + (at[len] == ':');
    }
    return NULL;
}

char *arguments_find(const char *command, char why[ARGUMENTS_WHY_SIZE])
{
    struct stat about;
    char *found = strchr(command, '/') ? NULL : find_in_path(command);
    if (strchr(command, '/') && is_program(command))
        found = strdup(command);
    if (found)
        return found;
    if (!strchr(command, '/'))
        snprintf(why, ARGUMENTS_WHY_SIZE, "there is no program \"%s\" in the folders of PATH",
                 TEXT_START(command, 100));
    else if (stat(command, &about) != 0)
        snprintf(why, ARGUMENTS_WHY_SIZE, "the command %s cannot be run: %s", TEXT_PATH(command),
                 strerror(errno));
    else
        snprintf(why, ARGUMENTS_WHY_SIZE, "the command %s cannot be run: it is %s",
                 TEXT_PATH(command),
                 S_ISDIR(about.st_mode) ? "a folder" : "no executable file (chmod +x)");
    return NULL;
}

static bool is_plain(const char *word)
{
    return *word && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_-./:=,+@%{}")] == '\0';
}

void arguments_quote(struct buf *out, char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        buf_text(out, i ? " " : "");
        if (is_plain(words[i])) {
            buf_text(out, words[i]);
            continue;
        }
        buf_text(out, "'");
        for (const char *at = words[i]; *at; at++)
            buf_text(out, *at == '\'' ? "'\\''" : (char[]){*at, '\0'});
        buf_text(out, "'");
    }
}

/* Whether the list has this variable too. */
static bool is_in(const char *const *list, const char *variable)
{
    const size_t len = strcspn(variable, "=");
    for (; *list; list++)
        if (strncmp(*list, variable, len) == 0 && (*list)[len] == '=')
            return true;
    return false;
}

static size_t length_of(const char *const *list)
{
    size_t count = 0;
    while (list[count])
        count++;
    return count;
}

char **arguments_environment(const char *const *route, const char *const *additions)
{
    const char *const *lists[] = {(const char *const *)environ, route, additions};
    size_t used = 0;
    bool whole = true;
    char **out =
        calloc(length_of(lists[0]) + length_of(route) + length_of(additions) + 1, sizeof *out);
    for (size_t i = 0; out && i < 3; i++)
        for (const char *const *at = lists[i]; *at && whole; at++)
            if ((i > 0 || !is_in(route, *at)) && (i > 1 || !is_in(additions, *at)))
                whole = (out[used++] = strdup(*at)) != NULL;
    if (whole)
        return out;
    arguments_free(out);
    return NULL;
}
