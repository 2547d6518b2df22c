/* One client, one scripted server, one call: what a test of the wire sets up and takes down. */
#ifndef CLIENT_TESTS_SCENE_H
#define CLIENT_TESTS_SCENE_H

#include "ailab.h"
#include "testing/scripted_steps.h"
#include "wake.h"

#define SCENE_KEY "s3cret-key-0123456789"
#define SCENE_BIG ((size_t)4 * 1024 * 1024)
#define SCENE_SOON_MS 300 /* on a machine with nothing else to do */

/* Begins as zeros and, maybe, texts. */
struct scene {
    char *text[4]; /* answers of the script; freed with the scene */
    bool is_proxy; /* the server stands in for a proxy on the way to options.base_url */
    struct scripted *server;
    struct ailab *client;
    struct ailab_result *result;
    unsigned char *picture;       /* SCENE_BIG bytes that begin with a small PNG */
    size_t picture_size;          /* how much of it is sent; at first the PNG alone */
    long long cancelled_ms;       /* when the script's CALL cancelled */
    long long began_ms, ended_ms; /* of scene_call_timed() */
    double slowness;              /* of the machine meanwhile */
};

/* Starts the server and makes a client for it, with the key above. CALL cancels the client. */
void scene_open(struct scene *scene, const struct scripted_step *steps,
                struct ailab_options options);

/* Sends the picture and keeps the result. */
enum ailab_error scene_call(struct scene *scene);

/* The same, and looks at the clock. */
enum ailab_error scene_call_timed(struct scene *scene);

/* Milliseconds from then to the end of the timed call, as they would be on a machine with nothing
 * else to do. */
double scene_took_ms(const struct scene *scene, long long since_ms);

/* Ends the server and fails unless it could do all that the script says. */
void scene_stop_server(struct scene *scene);

/* Frees everything; the key must not have found its way into the error text. */
void scene_close(struct scene *scene);

#endif
