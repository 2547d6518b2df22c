/* The lock is flock() on the folder itself, which the system gives back when the process ends. A
 * folder gets its first entry after its lock, so one that has entries and no lock is left over; an
 * empty one may be about to be locked, and stays. Where a file system has no locks, no process gets
 * that of another, and all that is left there stays. */
#include "environment/held_folder.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "ailab-mock-files-"
#define CHANCE "XXXXXX"

static int open_folder(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

/* What a runtime has put beside our files, such as __pycache__, goes too. */
static void remove_all(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static bool has_our_name(const char *name)
{
    return strlen(name) == strlen(PREFIX CHANCE) && strncmp(name, PREFIX, strlen(PREFIX)) == 0;
}

static bool is_ours(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && about.st_uid == geteuid();
}

static bool has_entries(int fd)
{
    bool found = false;
    const int own = open_folder(fd, ".");
    DIR *folder = own >= 0 ? fdopendir(own) : NULL;
    if (!folder) {
        if (own >= 0)
            close(own);
        return false;
    }
    for (const struct dirent *entry; !found && (entry = readdir(folder));)
        found = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    return found;
}

static void remove_left(const char *parent, int parent_fd, const char *name)
{
    char *path = NULL;
    const int fd = open_folder(parent_fd, name);
    if (fd < 0)
        return;
    if (is_ours(fd) && has_entries(fd) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        asprintf(&path, "%s/%s", parent, name) >= 0) {
        remove_all(path);
        free(path);
    }
    close(fd);
}

/* What cannot be removed stays, and is no fault of this process. */
static void remove_all_left(const char *parent)
{
    DIR *folder = opendir(parent);
    if (!folder)
        return;
    for (const struct dirent *entry; (entry = readdir(folder));)
        if (has_our_name(entry->d_name))
            remove_left(parent, dirfd(folder), entry->d_name);
    closedir(folder);
}

/* False with errno. An absolute path: the command may go to another folder. */
static bool make(struct held_folder *out, const char *parent)
{
    if (asprintf(&out->path, "%s/" PREFIX CHANCE, parent) < 0) {
        out->path = NULL;
        return false;
    }
    if (!mkdtemp(out->path)) {
        free(out->path);
        out->path = NULL;
        return false;
    }
    out->fd = open_folder(AT_FDCWD, out->path);
    if (out->fd < 0) {
        const int error = errno;
        held_folder_remove(out);
        errno = error;
        return false;
    }
    (void)!flock(out->fd, LOCK_EX | LOCK_NB);
    return true;
}

bool held_folder_make(struct held_folder *out, const char *parent)
{
    *out = (struct held_folder){NULL, -1};
    char *absolute = realpath(parent, NULL);
    if (!absolute)
        return false;
    remove_all_left(absolute);
    const bool made = make(out, absolute);
    free(absolute);
    return made;
}

void held_folder_remove(struct held_folder *folder)
{
    if (!folder->path)
        return;
    remove_all(folder->path);
    if (folder->fd >= 0)
        close(folder->fd);
    free(folder->path);
    *folder = (struct held_folder){NULL, -1};
}
