/* One client of library ailab and one mock for it: what a case about the client plays on.
 *
 * The mock is the case's own, whatever the target of the run is, so that every request it sees is
 * the client's. It answers with the uploaded picture. A call is compared with what it must come to
 * and with what must hold for every call; what is wrong becomes the verdict of the trial. */
#ifndef CONFORMANCE_CLIENT_STAGE_H
#define CONFORMANCE_CLIENT_STAGE_H

#include "engine/test.h"
#include <ailab.h>

struct ailab_mock;

/* What a call must come to. */
struct client_outcome {
    enum ailab_error error;
    const char *code;     /* error_detail.code; NULL: not looked at */
    long status;          /* of HTTP; 0: not looked at */
    unsigned attempts;    /* that the client makes, and the mock sees */
    bool nobody_listens;  /* they do not reach the mock */
    const char *what;     /* of several calls of a case, for people; may be NULL */
    double least_ms;      /* the call takes at least so long */
    unsigned retry_after; /* seconds that the server asked for */
};

struct client_stage {
    struct trial *trial; /* borrowed */
    struct ailab_mock *mock;
    struct ailab *client;
    struct ailab_options options; /* of the client */
    struct ailab_result *result;  /* of the last call */
    const void *picture;          /* uploaded; borrowed */
    size_t picture_size;
    const void *wanted; /* what a success must bring; the uploaded bytes unless set; borrowed */
    size_t wanted_size;
    const char *file_name; /* NULL: the default */
    size_t requests;       /* that the mock has seen before the last call */
    bool tentative;        /* a call that is not as it must be is no verdict yet … */
    bool missed;           /* … but noted here, for another try */
};

/* Starts a mock of the revision and makes a client with default options and short time-outs. False
 * with a verdict. Always end with client_stage_close(). */
bool client_stage_open(struct client_stage *out, struct trial *trial, const char *revision);
void client_stage_close(struct client_stage *stage);

/* Another picture to upload. */
bool client_stage_picture(struct client_stage *stage, enum picture which);
/* Another client; key and URL are set where they are missing. */
bool client_stage_client(struct client_stage *stage, struct ailab_options options);
/* Puts steps, an array as for printf, before the next calls. */
bool client_stage_arm(struct client_stage *stage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One step: an answer of these bytes. location may be NULL. */
bool client_stage_arm_body(struct client_stage *stage, int status, const char *location,
                           const char *body);
/* Uploads the picture. False, with a verdict, when anything is not as it must be. */
bool client_stage_call(struct client_stage *stage, const struct client_outcome *expected);
/* The journal of the mock, as JSON; NULL when there is none. To be freed. */
char *client_stage_journal(struct client_stage *stage);

#endif
