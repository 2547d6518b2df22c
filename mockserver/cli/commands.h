/* What ailab-mock does other than serve. */
#ifndef AILAB_MOCK_COMMANDS_H
#define AILAB_MOCK_COMMANDS_H

enum exit_code { EXIT_DONE = 0, EXIT_USAGE = 2, EXIT_UNAVAILABLE = 3 };

struct command {
    const char *name;
    int arguments; /* how many it takes */
    /* Returns an exit code. */
    int (*run)(char *const *arguments);
};

/* NULL when there is no such command. Static storage. */
const struct command *command_find(const char *name);

/* Prints "ailab-mock: TEXT" to stderr and returns code. */
int complain(int code, const char *text);

/* ailab-mock cue NAME IN OUT */
int command_cue(char *const *arguments);

#endif
