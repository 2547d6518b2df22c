/* One mock, one client, one call after another. Each call is looked at for what must hold whatever
 * came of it: a picture if and only if it worked, texts that agree with the error, and no text that
 * shows the key. Asserts in the test's own thread; stage_problem() alone may be used by others. */
#ifndef AILAB_CLIENT_TEST_STAGE_H
#define AILAB_CLIENT_TEST_STAGE_H

#include "ailab.h"
#include "ailab_mock.h"
#include "testing/image_make.h"

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define STAGE_KEY "k3y-that-nobody-may-see-0123456789"
#define STAGE_PROBLEM_SIZE 700

struct stage {
    struct ailab_mock *mock;
    struct ailab *client;
    struct ailab_result *result; /* of the last call */
    struct image_file picture;   /* what is sent: at first a small JPEG; freed with the stage */
    char key[128];               /* of the client */
    long long took_ms;           /* the last call */
};

/* Starts a mock and makes a client for it with STAGE_KEY and defaults. options may be NULL. */
void stage_open(struct stage *stage, const struct ailab_mock_options *options);
void stage_close(struct stage *stage);

/* Another client instead. Without a key it gets the one it had, without a URL the mock's. */
void stage_client(struct stage *stage, struct ailab_options options);

/* Another picture instead; the stage owns it from here on. */
void stage_picture(struct stage *stage, struct image_file picture);

/* Sends the picture and keeps the result. Fails, saying why, unless the result is sound. */
enum ailab_error stage_call(struct stage *stage, const char *why);
enum ailab_error stage_call_with(struct stage *stage, const char *why, int service_choice,
                                 const char *file_name);

/* Puts steps (an array, as for printf) before the next calls of the client's key. */
__attribute__((format(printf, 2, 3))) void stage_arm(struct stage *stage, const char *format, ...);

/* How many requests of the journal match; NULL: all. Waits until none is in flight, for after a
 * time-out the mock learns only a moment later that its client is gone. */
size_t stage_count(struct stage *stage, const char *match);

/* What must never be, in words; "" when nothing. */
void stage_problem(char out[STAGE_PROBLEM_SIZE], const struct ailab_result *result,
                   enum ailab_error returned, const char *key);

/* "refused (422, ERROR_…, attempts 1, …)": for messages. Valid until the next call with out. */
const char *stage_describe(char out[STAGE_PROBLEM_SIZE], const struct ailab_result *result);

/* Whether the result's picture is exactly these bytes. */
bool stage_got(const struct ailab_result *result, const struct image_file *picture);

/* A small sound JPEG; one with so many bytes after its end. Free .data with free(). */
struct image_file stage_small_jpeg(void);
struct image_file stage_padded_jpeg(size_t size);

long long stage_now_ms(void);

#endif
