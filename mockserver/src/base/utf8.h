/* UTF-8 and control characters. Pure. */
#ifndef AILAB_MOCKSERVER_BASE_UTF8_H
#define AILAB_MOCKSERVER_BASE_UTF8_H

#include "base/slice.h"

/* How many bytes from the start are UTF-8. */
size_t utf8_length(struct slice text);
/* No byte below a space, and no DEL. */
bool is_plain_text(struct slice text);

#endif
