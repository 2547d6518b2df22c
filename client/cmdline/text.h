/* Text of foreign origin (file names, what a server said) made fit to be shown. */
#ifndef AILAB_CMDLINE_TEXT_H
#define AILAB_CMDLINE_TEXT_H

/* Replaces in place, each byte by '?': what is not UTF-8. JSON must not carry it. */
void text_make_utf8(char *text);

/* The same, and control characters too: a message must not move the cursor of a terminal. */
void text_make_plain(char *text);

#endif
