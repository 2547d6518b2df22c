/* Files that stand before others, in the mount namespace of isolate_enter(). */
#include "base/count_of.h"
#include "certificates/names.h"
#include "isolate.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_SIZE_MAX 65536

/* Where systems keep the certificates that programs trust. */
static const char *const stores[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Alpine, Arch */
    "/etc/ssl/cert.pem",                                 /* Alpine */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora */
    "/etc/ssl/ca-bundle.pem",                            /* openSUSE */
};

/* A path is cut at 300 bytes, so that the reason behind it is not. */
static bool fail(char why[FILE_WHY_SIZE], const char *path)
{
    snprintf(why, FILE_WHY_SIZE, "--isolate: cannot put another file before '%.300s': %s", path,
             strerror(errno));
    return false;
}

static bool fail_to_write(char why[FILE_WHY_SIZE], const char *path)
{
    snprintf(why, FILE_WHY_SIZE,
             "--isolate: cannot write '%.300s': %s; TMPDIR names another folder", path,
             strerror(errno));
    return false;
}

/* A file that is not there need not be hidden. */
static bool put_before(const char *path, const char *source, char why[FILE_WHY_SIZE])
{
    return mount(source, path, NULL, MS_BIND, NULL) == 0 || errno == ENOENT || errno == ENOTDIR ||
           fail(why, path);
}

/* The file that is mounted needs no name, so nothing is left behind. */
static bool put_text_before(const char *path, const char *text, char why[FILE_WHY_SIZE])
{
    char name[PATH_MAX];
    const char *folder = getenv("TMPDIR");
    snprintf(name, sizeof name, "%s/ailab-mock-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0)
        return fail_to_write(why, name);
    const ssize_t size = (ssize_t)strlen(text);
    bool done = write(fd, text, (size_t)size) == size && fchmod(fd, 0644) == 0;
    done = done ? put_before(path, name, why) : fail_to_write(why, name);
    close(fd);
    unlink(name);
    return done;
}

static bool put_hosts(char why[FILE_WHY_SIZE])
{
    char text[1024], machine[HOST_NAME_MAX + 1] = "";
    gethostname(machine, sizeof machine - 1);
    snprintf(text, sizeof text,
             "127.0.0.1 localhost %s\n"
             "::1 localhost ip6-localhost\n"
             "127.0.0.1 " NAMES_VENDOR_HOST " " NAMES_DOMAIN "\n"
             "::1 " NAMES_VENDOR_HOST " " NAMES_DOMAIN "\n",
             machine);
    return put_text_before("/etc/hosts", text, why);
}

/* The C library asks files and the name server, and no service that runs outside. */
static bool put_switch(char why[FILE_WHY_SIZE])
{
    static const char path[] = "/etc/nsswitch.conf", only[] = "hosts: files dns\n";
    char line[1024], text[FILE_SIZE_MAX] = "";
    size_t used = 0;
    FILE *in = fopen(path, "re");
    if (!in)
        return true;
    while (fgets(line, sizeof line, in) && used + sizeof line + sizeof only < sizeof text)
        if (strncmp(line + strspn(line, " \t"), "hosts:", strlen("hosts:")) != 0)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s", line);
    fclose(in);
    snprintf(text + used, sizeof text - used, "%s%s", used && text[used - 1] != '\n' ? "\n" : "",
             only);
    return put_text_before(path, text, why);
}

/* The C library asks the cache before anything else where its socket is. */
static bool hide_name_cache(char why[FILE_WHY_SIZE])
{
    static const char path[] = "/run/nscd";
    return access(path, F_OK) != 0 ||
           mount("none", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=4k") == 0 || fail(why, path);
}

bool isolate_names(const char *bundle, char why[FILE_WHY_SIZE])
{
    if (!put_hosts(why) || !put_switch(why) || !hide_name_cache(why) ||
        !put_text_before("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:2\n",
                         why))
        return false;
    for (size_t i = 0; i < COUNT_OF(stores); i++)
        if (!put_before(stores[i], bundle, why))
            return false;
    return true;
}
