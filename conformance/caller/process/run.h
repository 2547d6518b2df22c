/* A program run once within its bounds, and what was seen of it from outside. */
#ifndef CONFORMANCE_CALLER_PROCESS_RUN_H
#define CONFORMANCE_CALLER_PROCESS_RUN_H

#include "caller/process/leak.h"

#define RUN_TAIL_SIZE 4096               /* bytes of output that are kept, the last ones */
#define RUN_OUTPUT_MAX (64UL << 20)      /* a program that prints more is killed */
#define RUN_FILE_BYTES_MAX (256UL << 20) /* the largest file that it can write */

enum run_ending {
    RUN_EXITED,
    RUN_SIGNALLED,
    RUN_LATE,        /* killed, because its time was over */
    RUN_FLOODED,     /* killed, because it printed more than RUN_OUTPUT_MAX */
    RUN_CANCELLED,   /* killed, because the exam was interrupted */
    RUN_NOT_STARTED, /* code is an errno */
};

struct run_call {
    char *const *argv;        /* argv[0] is a path */
    char *const *environment; /* NAME=VALUE, ended by NULL */
    const char *key;          /* looked for in its output */
    double patience_ms;
    int cancel_fd; /* readable when the exam is interrupted; -1: never */
};

struct run {
    enum run_ending ending;
    int code;        /* exit status, signal or errno */
    unsigned strays; /* processes that outlived the program, and were killed */
    double ms;
    unsigned long printed; /* bytes of output in all */
    char tail[RUN_TAIL_SIZE];
    size_t tail_size;
    struct leak leak;
};

/* Runs the program to its end and kills what it leaves behind. */
void run_program(struct run *out, const struct run_call *call);

#endif
