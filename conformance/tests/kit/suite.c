/* See suite.h. */
#include "suite.h"
#include <stdarg.h>

#define ARGUMENTS_MAX 160

static struct program_call call_of(const char *const *argv, const char *const *env)
{
    return (struct program_call){
        .program = argv[0], .arguments = argv + 1, .environment = env, .inherits = true};
}

void command_run(struct program_outcome *out, const char *const *argv, const char *const *env)
{
    const struct program_call call = call_of(argv, env);
    program_run(out, &call);
}

bool command_serve(struct program_server *out, const char *const *argv, const char *const *env)
{
    const struct program_call call = call_of(argv, env);
    return program_server_start(out, &call);
}

void suite_run(struct program_outcome *out, const char *const *env, const char *first, ...)
{
    const char *argv[ARGUMENTS_MAX + 1] = {AILAB_BIN_DIR "/ailab-conformance"};
    size_t count = 1;
    va_list args;
    va_start(args, first);
    for (const char *text = first; text && count < ARGUMENTS_MAX; text = va_arg(args, const char *))
        argv[count++] = text;
    va_end(args);
    command_run(out, argv, env);
}
