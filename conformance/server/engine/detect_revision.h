/* Finds out which revision a target speaks, by requests that cost nothing. */
#ifndef CONFORMANCE_SERVER_ENGINE_DETECT_REVISION_H
#define CONFORMANCE_SERVER_ENGINE_DETECT_REVISION_H

#include "engine/session.h"

/* True with the revision and the reason in why; false with the obstacle in why. */
bool detect_revision(enum revision *out, struct session *session, struct buf *why);
/* Whether the target answers ERROR_BLURRY_FACE when its key asks for it. */
bool detect_arming(struct session *session);

#endif
