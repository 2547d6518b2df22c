/* A mock with HTTPS, its authority in a folder of the test's own, and a picture to send. */
#ifndef AILAB_MOCKSERVER_TESTS_FRONT_WIRE_WORLD_H
#define AILAB_MOCKSERVER_TESTS_FRONT_WIRE_WORLD_H

#include "ailab_mock.h"
#include "wire_client.h"

struct wire_world {
    char *folder;
    struct ailab_mock *mock;
    struct wire_ports ports;
    char *image;
    size_t image_size;
};

/* options: https and ca_dir are set here. Ends the test when the mock does not start. */
struct wire_world *wire_world_open(struct ailab_mock_options options);
/* A cmocka teardown: *state is the world. */
int wire_world_close(void **state);

#endif
