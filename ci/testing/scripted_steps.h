/* Short names, so that a script of scripted.h reads as a list of words. */
#ifndef AILAB_TESTING_SCRIPTED_STEPS_H
#define AILAB_TESTING_SCRIPTED_STEPS_H

#include "testing/scripted.h"

/* clang-format off */
#define ACCEPT {.act = SCRIPTED_ACCEPT}
#define HEAD {.act = SCRIPTED_HEAD}
#define BODY {.act = SCRIPTED_BODY}
#define READ(count) {.act = SCRIPTED_READ, .size = (count)}
#define SEND(bytes) {.act = SCRIPTED_SEND, .text = (bytes)}
#define SEND_SIZED(bytes, count) {.act = SCRIPTED_SEND, .text = (bytes), .size = (count)}
#define CALL {.act = SCRIPTED_CALL}
#define HOLD {.act = SCRIPTED_HOLD}
#define CLOSE {.act = SCRIPTED_CLOSE}
#define END {.act = SCRIPTED_END}
/* clang-format on */

#endif
