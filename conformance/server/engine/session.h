/* The cases of one run share it: the target, the key, the pictures, the budget. Read-only while the
 * run lasts, except where a lock is named. */
#ifndef CONFORMANCE_SERVER_ENGINE_SESSION_H
#define CONFORMANCE_SERVER_ENGINE_SESSION_H

#include "engine/budget.h"
#include "engine/invariants.h"
#include "evidence/origin.h"
#include "judge/revision.h"
#include "pictures/picture.h"
#include "wire/connection.h"
#include "wire/endpoint.h"
#include <pthread.h>
#include <stdio.h>

#define SESSION_TIMEOUT_MS 10000 /* of one case, where the caller asks for no other */
#define SESSION_SHARED_MAX 8     /* the good call and some refused ones */

struct exchange;
struct record;

struct session {
    struct endpoint endpoint;
    struct secrets secrets;
    const char *program; /* its name on the command line; NULL: ailab-conformance */
    bool key_known;      /* the target was told this key: others are unknown to it */
    bool arm;            /* errors may be asked for by key */
    bool economy;        /* successful calls cost money: share one */
    long timeout_ms;     /* of one case; 0 until target_open() sets one */
    enum revision revision;
    struct pictures *pictures;
    struct invariants *invariants;
    struct record *record; /* NULL: nothing is recorded */
    FILE *dry;             /* NULL, or exchange number dry_step goes there instead */
    unsigned dry_step;
    bool dry_wire; /* head and framed body, not the body alone */

    struct budget budget;
    pthread_mutex_t lock;                        /* over the next three */
    char *silence;                               /* owned; see session_silence() */
    char *unanswered;                            /* owned; why the first of the requests that got no
                                                    answer got none; NULL while each got one */
    bool answered;                               /* one got an answer */
    pthread_mutex_t shared_lock;                 /* over shared, also while one is asked */
    struct exchange *shared[SESSION_SHARED_MAX]; /* asked once for the whole run; NULL until then */
};

/* Sets the defaults and makes what is shared. False when out of memory. */
bool session_init(struct session *session);
void session_clear(struct session *session);
/* For evidence. Borrows from the session. */
struct origin session_origin(const struct session *session);

/* Why the good call got no answer, so that no further case waits for one; NULL while the target
 * answers. Borrowed; the first reason stays. */
const char *session_silence(struct session *session);
void session_note_silence(struct session *session, const char *why);
/* A request is over. */
void session_note_request(struct session *session, enum wire_result result, const char *why);

#endif
