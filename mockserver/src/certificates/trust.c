#include "certificates/trust.h"
#include "certificates/java_trust.h"
#include "certificates/stored_file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRUST_FILE_MODE 0644u

/* The bundles of the distributions. */
static const char *const system_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Ubuntu, Alpine, Arch */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, Red Hat */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* the same, newer */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
    "/etc/ssl/certs/ca-bundle.crt",                      /* NixOS */
    "/etc/ssl/cert.pem",                                 /* Alpine without ca-certificates */
};

static bool is_same_file(const char *a, const char *b)
{
    struct stat about_a, about_b;
    return stat(a, &about_a) == 0 && stat(b, &about_b) == 0 && about_a.st_dev == about_b.st_dev &&
           about_a.st_ino == about_b.st_ino;
}

static bool holds_certificates(const char *text)
{
    return strstr(text, "-----BEGIN ") != NULL;
}

/* NULL: not there, or no bundle. */
static char *read_bundle(const char *path)
{
    char why[AILAB_MOCK_ERROR_SIZE], *text;
    size_t size;
    if (stored_file_read(&text, &size, path, why) == FILE_READ && holds_certificates(text))
        return text;
    free(text);
    return NULL;
}

/* The variable may name our own bundle already: a mock that another mock started. */
static char *read_system_roots(const struct trust_files *files)
{
    const char *named = getenv("SSL_CERT_FILE");
    char *text = NULL;
    if (named && named[0] && !is_same_file(named, files->bundle) && !is_same_file(named, files->ca))
        text = read_bundle(named);
    for (size_t i = 0; !text && i < sizeof system_bundles / sizeof system_bundles[0]; i++)
        text = read_bundle(system_bundles[i]);
    return text;
}

bool trust_collect(struct trust *out, char *certificates, const struct trust_files *files)
{
    *out = (struct trust){.ca = certificates};
    if (!certificates)
        return false;
    char *roots = read_system_roots(files);
    out->has_system = roots != NULL;
    if (asprintf(&out->bundle, "%s%s%s", certificates, roots ? "\n" : "", roots ? roots : "") < 0)
        out->bundle = NULL;
    free(roots);
    return out->bundle != NULL;
}

void trust_clear(struct trust *trust)
{
    free(trust->ca);
    free(trust->bundle);
    *trust = (struct trust){0};
}

static bool holds(const char *path, const char *text)
{
    char why[AILAB_MOCK_ERROR_SIZE], *found;
    size_t size;
    bool same = stored_file_read(&found, &size, path, why) == FILE_READ && strcmp(found, text) == 0;
    free(found);
    return same;
}

bool trust_is_written(const struct trust *trust, const struct trust_files *files)
{
    return holds(files->ca, trust->ca) && holds(files->bundle, trust->bundle) &&
           access(files->java, F_OK) == 0;
}

/* Java's file before the bundle that tells whether it is up to date. */
bool trust_write(const struct trust *trust, const struct trust_files *files,
                 char why[AILAB_MOCK_ERROR_SIZE])
{
    void *java;
    size_t size;
    if (!holds(files->ca, trust->ca) &&
        !stored_file_write(files->ca, TRUST_FILE_MODE, trust->ca, strlen(trust->ca), why))
        return false;
    if (holds(files->bundle, trust->bundle) && access(files->java, F_OK) == 0)
        return true;
    if (!java_trust_make(&java, &size, trust->bundle)) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "out of memory");
        return false;
    }
    bool done = stored_file_write(files->java, TRUST_FILE_MODE, java, size, why) &&
                stored_file_write(files->bundle, TRUST_FILE_MODE, trust->bundle,
                                  strlen(trust->bundle), why);
    free(java);
    return done;
}
