/* Keys of a document and of the admin API: memory of ours that is given back holds none of them.
 * The state itself keeps digests alone. */
#include "admin_ask.h"
#include "documents/shapes.h"
#include "testing/freed_secret.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_wiped(const char *why)
{
    const unsigned seen = atomic_load(&freed.blocks), found = atomic_load(&freed.found);
    freed_secret_look_for(NULL);
    if (found)
        fail_msg("%s: the key is in %u blocks that were given back", why, found);
    if (seen == 0)
        fail_msg("%s: no block was seen", why);
}

static void secret_is_wiped_with_its_document(void **state)
{
    (void)state;
    struct document document;
    struct document_error error;
    freed_secret_look_for(SECRET);
    assert_true(document_parse(
        &document, slice_of("{\"accounts\": {\"" SECRET "\": {\"credits\": 12}}}"), &error));
    document_clear(&document);
    assert_wiped("a document");
}

static void secret_is_wiped_after_a_call_of_the_admin_api(void **state)
{
    static const struct {
        const char *method, *target, *body;
    } rows[] = {
        {"PUT", "/__admin/accounts", "{'accounts': {'" SECRET "': {'credits': 12}}}"},
        {"POST", "/__admin/queue", "{'api_key': '" SECRET "', 'steps': [{'status': 500}]}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct state *mock = admin_state();
        freed_secret_look_for(SECRET);
        cJSON_Delete(admin_json(mock, rows[i].method, rows[i].target, rows[i].body, 200));
        state_free(mock);
        assert_wiped(rows[i].target);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_is_wiped_with_its_document),
        cmocka_unit_test(secret_is_wiped_after_a_call_of_the_admin_api),
    };
    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
