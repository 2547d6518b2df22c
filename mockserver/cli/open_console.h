/* Shows the console in the user's browser. */
#ifndef AILAB_MOCK_CLI_OPEN_CONSOLE_H
#define AILAB_MOCK_CLI_OPEN_CONSOLE_H

#include "line_writer.h"

/* Asks the desktop to open the console of the mock at this URL, and says in the log where it is.
 * Does not wait for the browser. */
void open_console(const char *url, struct line_writer *log);

#endif
