/* One situation: a stage for it, the command run once on it, what was seen, the verdict. */
#ifndef CONFORMANCE_CALLER_EXAM_ATTEMPT_H
#define CONFORMANCE_CALLER_EXAM_ATTEMPT_H

#include "caller/judge/judge.h"
#include "caller/process/arguments.h"
#include "caller/stage/stage.h"
#include "evidence/result.h"
#include "evidence/secrets.h"

/* The program that sits the exam. All texts are borrowed. */
struct candidate {
    char *const *words;  /* the command as typed, with its placeholders */
    const char *path;    /* where it is found */
    unsigned used;       /* placeholders, as arguments_check() tells them */
    const char *picture; /* file behind {picture} */
    struct stage_files files;
    const char *folder;  /* for the folders of the runs */
    const char *key_env; /* the variable of the key, beside AILAB_API_KEY */
    const char *options; /* given ones, as typed, for the line that repeats a situation */
    const struct secrets *secrets;
    int success_code;
    double patience_ms;
    int cancel_fd; /* readable when the exam is interrupted */
};

/* Fills *out, whose owner clears it. Threads may each make one at the same time. */
void attempt(struct result *out, const struct candidate *candidate, const struct case_def *def);

#endif
