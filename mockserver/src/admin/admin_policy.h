/* Judges by a request's head alone whether it may use the admin API. Pure. */
#ifndef AILAB_MOCKSERVER_ADMIN_ADMIN_POLICY_H
#define AILAB_MOCKSERVER_ADMIN_ADMIN_POLICY_H

#include "api/request.h"
#include "state/mock.h"

struct admin_refusal {
    int status;      /* 0: the request may go on */
    const char *why; /* static storage */
};

#define ADMIN_HEALTH_PATH "/__admin/health"

/* Whether a path is the admin API's. Switched off, it has only ADMIN_HEALTH_PATH; all other paths
 * are unknown ones of the mocked API. */
bool admin_policy_opens_path(const struct admin_policy *policy, struct slice path);

/* head: derived by request_head_derive(). */
struct admin_refusal admin_policy_judge(const struct admin_policy *policy,
                                        const struct request_head *head);

#endif
