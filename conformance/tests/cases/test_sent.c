/* What a case sends where that depends on the target: it is printed instead of sent. */
#include "cases/suites.h"
#include "stand.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
        char *sent = NULL;
        size_t size = 0;
        struct session session;
        struct result result;
        stand_open(&session, rows[i].url);
        session.dry = open_memstream(&sent, &size);
        assert_non_null(session.dry);
        session.dry_step = 1;
        session.dry_wire = true;
        stand_run(&result, &session, *state, rows[i].slug);
        fclose(session.dry);
        if (size < strlen(rows[i].begin) ||
            strncmp(sent, rows[i].begin, strlen(rows[i].begin)) != 0)
            fail_msg("%s, %s: %.200s", rows[i].url, rows[i].slug, sent);
        free(sent);
        result_clear(&result);
        session_clear(&session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sent_target_is_absolute),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
