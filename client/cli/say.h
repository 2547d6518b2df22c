/* One line on standard error, "ailab: …", with control characters replaced. */
#ifndef AILAB_CLI_SAY_H
#define AILAB_CLI_SAY_H

__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

#endif
