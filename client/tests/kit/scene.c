/* Setting up and taking down; asserts in the test's own thread. */
#include "scene.h"
#include "samples.h"
#include "testing/slowness.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void cancel_now(void *context)
{
    struct scene *scene = context;
    scene->cancelled_ms = ai_now_ms();
    ailab_cancel(scene->client);
}

/* The hook finds a client: the script reaches its CALL only after a request of that client. */
void scene_open(struct scene *scene, const struct scripted_step *steps,
                struct ailab_options options)
{
    scene->server = scripted_start_steps(steps, cancel_now, scene);
    assert_non_null(scene->server);
    options.api_key = SCENE_KEY;
    if (!options.base_url)
        options.base_url = scene->server->url;
    if (scene->is_proxy)
        options.proxy = scene->server->url;
    assert_int_equal(ailab_new(&scene->client, &options), AILAB_OK);
    scene->picture_size = SAMPLE_PNG_SIZE;
    scene->picture = calloc(1, SCENE_BIG);
    assert_non_null(scene->picture);
    memcpy(scene->picture, SAMPLE_PNG, SAMPLE_PNG_SIZE);
}

enum ailab_error scene_call(struct scene *scene)
{
    struct ailab_image image = {.data = scene->picture, .size = scene->picture_size};
    ailab_result_free(scene->result);
    return ailab_edit(&scene->result, scene->client, 12, &image);
}

enum ailab_error scene_call_timed(struct scene *scene)
{
    struct slowness *slowness = slowness_start();
    scene->began_ms = ai_now_ms();
    const enum ailab_error error = scene_call(scene);
    scene->ended_ms = ai_now_ms();
    scene->slowness = slowness_stop(slowness);
    return error;
}

double scene_took_ms(const struct scene *scene, long long since_ms)
{
    return (double)(scene->ended_ms - since_ms) / scene->slowness;
}

void scene_stop_server(struct scene *scene)
{
    scripted_stop(scene->server);
    if (*scene->server->problem)
        fail_msg("the server: %s", scene->server->problem);
}

void scene_close(struct scene *scene)
{
    assert_null(strstr(ailab_result_error_text(scene->result), SCENE_KEY));
    ailab_result_free(scene->result);
    ailab_free(scene->client);
    scripted_free(scene->server); /* its thread may still look at the texts */
    for (size_t i = 0; i < sizeof scene->text / sizeof *scene->text; i++)
        free(scene->text[i]);
    free(scene->picture);
}
