/* See session.h. */
#include "engine/session.h"
#include "evidence/redact.h"
#include "evidence/transcript.h"
#include <stdlib.h>
#include <string.h>

bool session_init(struct session *session)
{
    *session = (struct session){.revision = REVISION_DEFAULT, .endpoint.cancel_fd = -1};
    if (!budget_init(&session->budget) || pthread_mutex_init(&session->lock, NULL) != 0 ||
        pthread_mutex_init(&session->shared_lock, NULL) != 0)
        return false;
    session->pictures = picture_set_new();
    return session->pictures != NULL;
}

void session_clear(struct session *session)
{
    for (size_t i = 0; i < SESSION_SHARED_MAX; i++) {
        if (session->shared[i])
            exchange_clear(session->shared[i]);
        free(session->shared[i]);
    }
    picture_set_free(session->pictures);
    invariants_free(session->invariants);
    pthread_mutex_destroy(&session->shared_lock);
    pthread_mutex_destroy(&session->lock);
    budget_clear(&session->budget);
    free(session->silence);
    free(session->unanswered);
}

struct origin session_origin(const struct session *session)
{
    return (struct origin){session->program, &session->endpoint, &session->secrets,
                           session->revision};
}

const char *session_silence(struct session *session)
{
    pthread_mutex_lock(&session->lock);
    const char *why = session->silence;
    pthread_mutex_unlock(&session->lock);
    return why;
}

void session_note_silence(struct session *session, const char *why)
{
    pthread_mutex_lock(&session->lock);
    if (!session->silence)
        session->silence = strdup(why);
    pthread_mutex_unlock(&session->lock);
}

void session_note_request(struct session *session, enum wire_result result, const char *why)
{
    const bool missing = result == WIRE_UNREACHABLE || result == WIRE_CLOSED ||
                         result == WIRE_GARBLED || result == WIRE_LATE;
    pthread_mutex_lock(&session->lock);
    session->answered |= result == WIRE_OK;
    if (missing && !session->unanswered) {
        struct buf text = {0};
        buf_printf(&text, "%s: %s", wire_result_name(result), why);
        session->unanswered = redact_line(&text, &session->secrets);
    }
    pthread_mutex_unlock(&session->lock);
}
