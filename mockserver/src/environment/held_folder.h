/* A temporary folder that is locked as long as its owner lives. A process that is killed leaves its
 * folder behind, and the next that makes one removes it. */
#ifndef AILAB_MOCKSERVER_ENVIRONMENT_HELD_FOLDER_H
#define AILAB_MOCKSERVER_ENVIRONMENT_HELD_FOLDER_H

#include <stdbool.h>

struct held_folder {
    char *path; /* owned and absolute; NULL: there is no folder */
    int fd;     /* holds the lock */
};

/* Makes a folder in parent that only its owner can read, and removes the folders there that killed
 * processes of the same user have left. False with errno. */
bool held_folder_make(struct held_folder *out, const char *parent);

/* Removes it with all that is in it, and clears *folder. One without a path is allowed. */
void held_folder_remove(struct held_folder *folder);

#endif
