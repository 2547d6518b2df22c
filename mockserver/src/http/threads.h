/* How many more threads the system gives this process. civetweb goes on when the system refuses it
 * a thread, even the one that accepts connections. */
#ifndef AILAB_MOCKSERVER_HTTP_THREADS_H
#define AILAB_MOCKSERVER_HTTP_THREADS_H

/* Starts that many threads, at most until one is refused, ends them again, and returns how many ran
 * at once. Limits are RLIMIT_NPROC, the pids limit of a container, and memory. */
unsigned threads_available(unsigned wanted);

#endif
