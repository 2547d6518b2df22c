/* What a case sends, printed instead of sent: of the target, the revision, the
 * picture and earlier answers. */
#include "answers.h"
#include "cases/suites.h"
#include "stand.h"
#include "testing/closed_port.h"
#include "testing/scripted_steps.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OPEN_MISSING REFUSED("400", "MISSING_PARAMETERS", "Content-Length: 79\r\n")

/* What is printed of a request; the caller's. */
static char *print(size_t *size, struct session *session, const struct catalogue *catalogue,
                   const char *slug, unsigned step)
{
    char *sent = NULL;
    struct result result;
    session->dry = open_memstream(&sent, size);
    assert_non_null(session->dry);
    session->dry_step = step;
    session->dry_wire = true;
    stand_run(&result, session, catalogue, slug);
    fclose(session->dry);
    result_clear(&result);
    return sent;
}

/* A proxy is told the scheme of the connection. */
static void sent_target_is_absolute(void **state)
{
    static const struct {
        const char *url, *slug, *begin;
    } rows[] = {
        {"http://host.example", "wire/target-absolute",
         "POST http://host.example/api/portrait/effects/emotion-editor HTTP/1.1\r\n"
         "Host: host.example\r\n"},
        {"https://host.example", "wire/target-absolute",
         "POST https://host.example/api/portrait/effects/emotion-editor HTTP/1.1\r\n"
         "Host: host.example\r\n"},
        {"https://host.example", "wire/target-other-host",
         "POST https://other.example/api/portrait/effects/emotion-editor HTTP/1.1\r\n"
         "Host: other.example\r\n"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t size = 0;
        struct session session;
        stand_open(&session, rows[i].url);
        char *sent = print(&size, &session, *state, rows[i].slug, 1);
        if (strncmp(sent, rows[i].begin, strlen(rows[i].begin)) != 0)
            fail_msg("%s, %s: %.200s", rows[i].url, rows[i].slug, sent);
        free(sent);
        session_clear(&session);
    }
}

/* The good request: the first revision knows no 12, which the others prefer. */
static void sent_form_has_what_the_revision_and_the_picture_are(void **state)
{
    static const struct {
        enum revision revision;
        const char *slug, *words;
    } rows[] = {
        {REVISION_1_0_0, "image/type/jpeg", "name=\"service_choice\"\r\n\r\n100\r\n"},
        {REVISION_1_0_1, "image/type/jpeg", "name=\"service_choice\"\r\n\r\n12\r\n"},
        {REVISION_2026_05, "image/type/jpeg", "name=\"service_choice\"\r\n\r\n12\r\n"},
        {REVISION_2026_01, "image/type/jpeg",
         "filename=\"portrait.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff"},
        {REVISION_2026_01, "image/type/png",
         "filename=\"portrait.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG"},
        {REVISION_2026_01, "wire/http-1-0-expect", " HTTP/1.0\r\n"},
        {REVISION_2026_01, "wire/http-1-0-expect", "\r\nExpect: 100-continue\r\n"},
        {REVISION_2026_01, "image/type/jpeg-declared-text",
         "filename=\"portrait.jpg\"\r\nContent-Type: text/plain\r\n\r\n\xff\xd8\xff"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t size = 0;
        struct session session;
        stand_open(&session, "http://host.example");
        session.revision = rows[i].revision;
        char *sent = print(&size, &session, *state, rows[i].slug, 1);
        if (!memmem(sent, size, rows[i].words, strlen(rows[i].words)))
            fail_msg("%s at %s: %.600s", rows[i].slug, revision_name(rows[i].revision), sent);
        free(sent);
        session_clear(&session);
    }
}

/* The first request of a connection is printed although there is no server. */
static void sent_first_request_needs_no_connection(void **state)
{
    const struct closed_port port = closed_port_take();
    size_t size = 0;
    struct session session;
    stand_open(&session, port.url);
    char *sent = print(&size, &session, *state, "wire/keep-alive", 1);
    assert_int_equal(strncmp(sent, "POST ", 5), 0);
    free(sent);
    session_clear(&session);
    closed_port_give_back(&port);
}

/* The next is printed once the first has its answer. */
static void sent_next_request_follows_an_answer(void **state)
{
    static const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(OPEN_MISSING), HOLD, END};
    size_t size = 0;
    struct session session;
    struct scripted *server = scripted_start_steps(steps, NULL, NULL);
    assert_non_null(server);
    stand_open(&session, server->url);
    char *sent = print(&size, &session, *state, "wire/keep-alive-mixed", 2);
    scripted_stop(server);
    assert_string_equal(server->problem, "");
    assert_null(memmem(server->heard, server->heard_size, "image_target", 12));
    assert_non_null(memmem(sent, size, "image_target", 12));
    free(sent);
    session_clear(&session);
    scripted_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sent_target_is_absolute),
        cmocka_unit_test(sent_form_has_what_the_revision_and_the_picture_are),
        cmocka_unit_test(sent_first_request_needs_no_connection),
        cmocka_unit_test(sent_next_request_follows_an_answer),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
