/* Reads /proc/self/fd. */
#include "http/descriptors.h"
#include <dirent.h>
#include <stdlib.h>

bool descriptors_each(bool (*visit)(int fd, const void *context), const void *context)
{
    bool found = false;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        return false;
    for (struct dirent *entry; !found && (entry = readdir(directory)) != NULL;) {
        char *end;
        long fd = strtol(entry->d_name, &end, 10);
        if (end != entry->d_name && *end == '\0' && fd != dirfd(directory))
            found = visit((int)fd, context);
    }
    closedir(directory);
    return found;
}
