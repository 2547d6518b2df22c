/* The directory of an authority: where it is, whom it may belong to, who is at work in it. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_DIRECTORY_H
#define AILAB_MOCKSERVER_CERTIFICATES_DIRECTORY_H

#include "ailab_mock.h"
#include <stdbool.h>
#include <stddef.h>

#define DIRECTORY_LOCK_NAME "ailab-mock.lock"

/* Makes the directory with those above it (mode 0700), and sees to it that it is the user's own and
 * that other users cannot write there. On success *resolved is its absolute path, to be freed. */
enum ailab_mock_error directory_prepare(char **resolved, const char *path,
                                        char why[AILAB_MOCK_ERROR_SIZE]);

/* Keeps other processes out for as long as the descriptor is open; waits for them for up to
 * wait_ms. -1, with why: not locked. */
int directory_lock(const char *directory, unsigned wait_ms, char why[AILAB_MOCK_ERROR_SIZE]);

#endif
