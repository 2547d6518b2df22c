#include "certificates/keeper.h"
#include "certificates/authority.h"
#include "certificates/directory.h"
#include <errno.h>
#include <limits.h>
#include <openssl/x509.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_NAME "ailab-mock-ca-key.pem"
#define CA_NAME "ailab-mock-ca.pem"
#define BUNDLE_NAME "ailab-mock-bundle.pem"
#define JAVA_NAME "ailab-mock-trust.p12"

void keeper_clear(struct keeper *keeper)
{
    kept_clear(&keeper->kept);
    free(keeper->directory);
    free(keeper->key_file);
    free(keeper->files.ca);
    free(keeper->files.bundle);
    free(keeper->files.java);
    *keeper = (struct keeper){0};
}

/* NULL: out of memory. */
static char *path_in(const char *directory, const char *name)
{
    char *path;
    return asprintf(&path, "%s/%s", directory, name) < 0 ? NULL : path;
}

static enum ailab_mock_error no_memory(char why[AILAB_MOCK_ERROR_SIZE])
{
    snprintf(why, AILAB_MOCK_ERROR_SIZE, "out of memory");
    return AILAB_MOCK_NO_MEMORY;
}

enum ailab_mock_error keeper_init(struct keeper *out, const char *directory,
                                  char why[AILAB_MOCK_ERROR_SIZE])
{
    char usual[PATH_MAX];
    *out = (struct keeper){0};
    if (!directory && !authority_directory(usual, sizeof usual, why))
        return AILAB_MOCK_SYSTEM;
    enum ailab_mock_error error =
        directory_prepare(&out->directory, directory ? directory : usual, why);
    if (error != AILAB_MOCK_OK)
        return error;
    out->key_file = path_in(out->directory, KEY_NAME);
    out->files.ca = path_in(out->directory, CA_NAME);
    out->files.bundle = path_in(out->directory, BUNDLE_NAME);
    out->files.java = path_in(out->directory, JAVA_NAME);
    if (out->key_file && out->files.ca && out->files.bundle && out->files.java)
        return AILAB_MOCK_OK;
    keeper_clear(out);
    return no_memory(why);
}

/* "anna@workstation", so that a user knows it again in a trust store. */
static void print_label(char *out, size_t size)
{
    char host[HOST_NAME_MAX + 1] = "";
    const struct passwd *user = getpwuid(geteuid());
    if (gethostname(host, sizeof host - 1) != 0 || !host[0])
        snprintf(host, sizeof host, "localhost");
    snprintf(out, size, "%.12s@%.18s", user && user->pw_name ? user->pw_name : "user", host);
    for (char *c = out; *c; c++)
        if (*c < '!' || *c > '~') /* UTF-8, perhaps cut */
            *c = '?';
}

bool keeper_lasts(const struct keeper *keeper, int64_t now_s, int64_t for_s)
{
    const X509 *certificate = keeper->kept.hierarchy.root;
    return certificate && certificate_from_s(certificate) <= now_s &&
           certificate_until_s(certificate) > now_s + for_s;
}

/* The old root stays in the files: programs that run still sign with its key. */
static enum ailab_mock_error make_anew(struct keeper *keeper, int64_t now_s,
                                       char why[AILAB_MOCK_ERROR_SIZE])
{
    char label[40];
    struct kept made = {0};
    X509 *old = keeper->kept.hierarchy.root;
    print_label(label, sizeof label);
    if (!hierarchy_make(&made.hierarchy, label, now_s))
        return no_memory(why);
    if (old && certificate_until_s(old) > now_s && X509_up_ref(old))
        made.previous = old;
    if (!kept_write(&made, keeper->key_file, why)) {
        kept_clear(&made);
        return AILAB_MOCK_SYSTEM;
    }
    kept_clear(&keeper->kept);
    keeper->kept = made;
    snprintf(keeper->news, sizeof keeper->news,
             "%s certificate authority of this machine%s: '%s'; 'ailab-mock ca' tells how programs "
             "are told to trust it",
             old ? "renewed the" : "made a", old ? ", which was not valid for much longer" : "",
             keeper->files.ca);
    return AILAB_MOCK_OK;
}

/* Takes what the directory has. False, with why: it is wrong. */
static bool take(struct keeper *keeper, char why[AILAB_MOCK_ERROR_SIZE])
{
    struct kept found;
    enum file_state state = kept_read(&found, keeper->key_file, why);
    if (state == FILE_WRONG)
        return false;
    if (state == FILE_READ) {
        kept_clear(&keeper->kept);
        keeper->kept = found;
    }
    return true;
}

static void add_news(struct keeper *keeper, const char *sentence)
{
    size_t length = strlen(keeper->news);
    snprintf(keeper->news + length, sizeof keeper->news - length, "%s%s", length ? ". " : "",
             sentence);
}

/* With `locked` it writes, else it only looks; *settled says whether all is as it must be now. */
static enum ailab_mock_error settle_files(struct keeper *keeper, bool locked, bool *settled,
                                          char why[AILAB_MOCK_ERROR_SIZE])
{
    struct trust trust;
    enum ailab_mock_error error = AILAB_MOCK_OK;
    if (!trust_collect(&trust, kept_roots(&keeper->kept), &keeper->files))
        error = no_memory(why);
    else if (locked && !trust_write(&trust, &keeper->files, why))
        error = AILAB_MOCK_SYSTEM;
    *settled = error == AILAB_MOCK_OK && (locked || trust_is_written(&trust, &keeper->files));
    if (*settled && !trust.has_system)
        add_news(keeper, "The system has no root certificates (Debian: ca-certificates), so the "
                         "bundle holds the mock's authority alone");
    trust_clear(&trust);
    return error;
}

static enum ailab_mock_error refresh_locked(struct keeper *keeper, int64_t now_s, int64_t for_s,
                                            char why[AILAB_MOCK_ERROR_SIZE])
{
    bool settled;
    enum ailab_mock_error error = take(keeper, why) ? AILAB_MOCK_OK : AILAB_MOCK_SYSTEM;
    if (error == AILAB_MOCK_OK && !keeper_lasts(keeper, now_s, for_s))
        error = make_anew(keeper, now_s, why);
    return error == AILAB_MOCK_OK ? settle_files(keeper, true, &settled, why) : error;
}

enum ailab_mock_error keeper_refresh(struct keeper *keeper, int64_t now_s, int64_t for_s,
                                     unsigned wait_ms, char why[AILAB_MOCK_ERROR_SIZE])
{
    bool settled = false;
    enum ailab_mock_error error = AILAB_MOCK_OK;
    keeper->news[0] = '\0';
    /* Files are replaced in one step, so to look needs no lock: the directory may be read-only. */
    if (!take(keeper, why))
        return AILAB_MOCK_SYSTEM;
    if (keeper_lasts(keeper, now_s, for_s))
        error = settle_files(keeper, false, &settled, why);
    if (error != AILAB_MOCK_OK || settled)
        return error;
    int lock = directory_lock(keeper->directory, wait_ms, why);
    if (lock < 0)
        return AILAB_MOCK_SYSTEM;
    error = refresh_locked(keeper, now_s, for_s, why);
    close(lock);
    return error;
}

enum ailab_mock_error authority_remove(const char *directory, bool *removed,
                                       char why[AILAB_MOCK_ERROR_SIZE])
{
    static const char *const names[] = {KEY_NAME, CA_NAME, BUNDLE_NAME, JAVA_NAME,
                                        DIRECTORY_LOCK_NAME};
    char usual[PATH_MAX], path[PATH_MAX + 64];
    *removed = false;
    if (!directory && !authority_directory(usual, sizeof usual, why))
        return AILAB_MOCK_SYSTEM;
    if (!directory)
        directory = usual;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        if (unlink(path) == 0) {
            *removed |= i == 0;
        } else if (errno != ENOENT && errno != ENOTDIR) {
            snprintf(why, AILAB_MOCK_ERROR_SIZE, "cannot remove '%.300s': %s", path,
                     strerror(errno));
            return AILAB_MOCK_SYSTEM;
        }
    }
    rmdir(directory); /* unless it has other files */
    return AILAB_MOCK_OK;
}
