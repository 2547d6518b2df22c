/* Helpers of wire_world.h. */
#include "wire_world.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct wire_world *wire_world_open(struct ailab_mock_options options)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct wire_world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->folder = folder_new();
    world->image = file_read(IMAGES "/portrait-small.jpg", &world->image_size);
    options.https = true;
    options.ca_dir = world->folder;
    if (ailab_mock_start(&world->mock, &options, why) != AILAB_MOCK_OK)
        fail_msg("no mock: %s", why);
    world->ports = wire_ports_of(world->mock);
    return world;
}

int wire_world_close(void **state)
{
    struct wire_world *world = *state;
    ailab_mock_stop(world->mock);
    folder_free(world->folder);
    free(world->image);
    free(world);
    return 0;
}
