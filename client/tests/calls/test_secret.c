/* The key is gone when its owner is: no memory that the library gives back still holds it. */
#include "samples.h"
#include "scene.h"
#include "testing/closed_port.h"
#include "testing/freed_secret.h"
#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void __real_curl_slist_free_all(struct curl_slist *list);
void __wrap_curl_slist_free_all(struct curl_slist *list);

/* libcurl owns the texts, but only we know that one of them is secret. */
void __wrap_curl_slist_free_all(struct curl_slist *list)
{
    for (const struct curl_slist *item = list; item; item = item->next)
        freed_secret_see(item->data);
    __real_curl_slist_free_all(list);
}

static void assert_wiped(const char *why, unsigned blocks)
{
    if (atomic_load(&freed.found))
        fail_msg("%s: the key is in %u blocks that were given back", why,
                 atomic_load(&freed.found));
    if (atomic_load(&freed.blocks) < blocks)
        fail_msg("%s: only %u blocks were seen", why, atomic_load(&freed.blocks));
    freed_secret_look_for(NULL);
}

static void secret_is_wiped_with_an_unused_handle(void **state)
{
    const struct ailab_options options = {.api_key = SCENE_KEY, .base_url = "http://127.0.0.1"};
    struct ailab *client = NULL;
    (void)state;
    freed_secret_look_for(SCENE_KEY);
    assert_int_equal(ailab_new(&client, &options), AILAB_OK);
    ailab_free(client);
    assert_wiped("made and freed", 4);
}

/* What the call itself makes and gives back. */
static void secret_is_wiped_in_a_call(void **state)
{
    const struct closed_port port = closed_port_take();
    const struct ailab_options options = {.api_key = SCENE_KEY, .base_url = port.url};
    const struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    (void)state;
    freed_secret_look_for(SCENE_KEY);
    assert_int_equal(ailab_new(&client, &options), AILAB_OK);
    assert_int_equal(ailab_edit(&result, client, 12, &image), AILAB_UNREACHABLE);
    ailab_result_free(result);
    ailab_free(client);
    assert_wiped("a call without an answer", 5);
    closed_port_give_back(&port);
}

/* The server tells the key; the result strikes it out before the caller sees it. */
static void secret_is_wiped_after_an_answer_that_tells_it(void **state)
{
    struct scene scene = {
        .text = {sample_answer("401 Unauthorized", "",
                               "{\"error_detail\":{\"status_code\":401,\"code\":"
                               "\"ERROR_USER_NOT_EXISTS\",\"code_message\":\"Who?\","
                               "\"message\":\"who is " SCENE_KEY "?\"}}")}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), HOLD, END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){0});
    assert_int_equal(scene_call(&scene), AILAB_REFUSED);
    freed_secret_look_for(SCENE_KEY);
    ailab_result_free(scene.result);
    ailab_free(scene.client);
    assert_wiped("a refused call", 5);
    scene.result = NULL;
    scene.client = NULL;
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_is_wiped_with_an_unused_handle),
        cmocka_unit_test(secret_is_wiped_in_a_call),
        cmocka_unit_test(secret_is_wiped_after_an_answer_that_tells_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
