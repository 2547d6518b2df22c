/* The target of a run: a URL, or the mock of this project started in this process. */
#ifndef CONFORMANCE_SERVER_ENGINE_TARGET_H
#define CONFORMANCE_SERVER_ENGINE_TARGET_H

#include "engine/session.h"

#define TARGET_WHY_SIZE 640

struct target {
    struct ailab_mock *mock; /* NULL for a URL */
    char name[1400];         /* for reports: the URL, and the proxy's */
    bool live;               /* the vendor's own service */
    struct trust *trust;     /* NULL for http */
};

enum target_error {
    TARGET_OK = 0,
    TARGET_USAGE,    /* the URL or the key is wrong */
    TARGET_UNUSABLE, /* it cannot be started or reached */
};

/* The proxy that the target is reached through; NULL for none. Before target_open(). */
enum target_error target_set_proxy(struct session *session, const char *proxy,
                                   char why[TARGET_WHY_SIZE]);

/* Sets URL, keys, key_known and the defaults of the run that follow from them. key is the value of
 * AILAB_API_KEY, or NULL. The revision is only for the mock. */
enum target_error target_open(struct target *out, struct session *session, const char *target,
                              const char *key, char why[TARGET_WHY_SIZE]);
void target_close(struct target *target);

/* After a run: whether the target never answered, stopped answering or is gone, so that it cannot
 * be judged; then a sentence is appended to why. */
bool target_is_lost(struct session *session, struct buf *why);

#endif
