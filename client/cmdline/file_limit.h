/* The size that the system allows a file, 'ulimit -f'. */
#ifndef AILAB_CMDLINE_FILE_LIMIT_H
#define AILAB_CMDLINE_FILE_LIMIT_H

/* From now on a write beyond that size is an error like a full disk, EFBIG, and the program can say
 * so; without it the system ends the program by a signal, SIGXFSZ. Programs that this one starts
 * are not concerned. */
void file_limit_is_an_error(void);

#endif
