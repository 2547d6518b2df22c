/* Reads /proc/self/fd; where that takes a descriptor too many, tries each number. */
#include "front/descriptors.h"
#include <dirent.h>
#include <stdlib.h>
#include <sys/resource.h>

#define TRIED_MAX 65536

static bool try_each(bool (*visit)(int fd, const void *context), const void *context)
{
    struct rlimit limit;
    bool found = false;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    const int end = limit.rlim_cur < TRIED_MAX ? (int)limit.rlim_cur : TRIED_MAX;
    for (int fd = 0; !found && fd < end; fd++)
        found = visit(fd, context);
    return found;
}

bool descriptors_each(bool (*visit)(int fd, const void *context), const void *context)
{
    bool found = false;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        return try_each(visit, context);
    for (struct dirent *entry; !found && (entry = readdir(directory)) != NULL;) {
        char *end;
        long fd = strtol(entry->d_name, &end, 10);
        if (end != entry->d_name && *end == '\0' && fd != dirfd(directory))
            found = visit((int)fd, context);
    }
    closedir(directory);
    return found;
}
