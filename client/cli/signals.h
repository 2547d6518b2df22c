/* Ctrl-C and friends end a call cleanly: the first signal cancels, the program then tidies up and
 * leaves with 128 plus the signal's number. */
#ifndef AILAB_CLI_SIGNALS_H
#define AILAB_CLI_SIGNALS_H

struct ailab;

/* From now on SIGINT, SIGTERM and SIGHUP are noticed; blocked reads and writes return EINTR. A
 * signal that the parent ignored (nohup) stays ignored. */
void signals_catch(void);

/* The client whose call a signal cancels; NULL before it is freed. A signal that came earlier
 * cancels its first call. */
void signals_watch(struct ailab *client);

/* The number of the first signal, 0 while there was none. */
int signals_caught(void);

#endif
