/* One server, one client, one call after another. The server is a mock of the test's own, also when
 * the environment names another. Each result is checked for the promises that always hold: a
 * picture if and only if the call worked, texts that agree with the error, and no text that shows
 * the key.
 *
 * Functions assert in the test's own thread; fixture_problem() alone may be called by others. */
#ifndef CONFORMANCE_CLIENT_KIT_FIXTURE_H
#define CONFORMANCE_CLIENT_KIT_FIXTURE_H

#include "ailab.h"
#include "ailab_mock.h"
#include "testing/image_make.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define FIXTURE_KEY "k3y-that-no-text-may-show-0123456789"
#define FIXTURE_PROBLEM_SIZE 700

struct fixture {
    struct ailab_mock *mock;
    struct ailab *client;
    struct ailab_result *result; /* of the last call */
    struct image_file picture;   /* what is sent: at first a small JPEG; freed with the fixture */
    char key[128];               /* of the client */
    struct ailab_options way;    /* what leads a client to the mock: base_url, ca_file, proxy */
    char *folder;                /* of the mock's authority; NULL without TLS */
    long long took_ms;           /* the last call */
};

/* Starts a mock and makes a client for it with FIXTURE_KEY and defaults. options may be NULL. With
 * AILAB_LIVE=1 the test is skipped, for a live server cannot be armed. */
void fixture_open(struct fixture *fixture, const struct ailab_mock_options *options);
/* The same for a mock that speaks HTTPS: the client comes to it by TLS, straight or, as to the
 * vendor's host, through CONNECT. */
enum fixture_way { FIXTURE_STRAIGHT, FIXTURE_TUNNEL, FIXTURE_WAYS };
void fixture_open_tls(struct fixture *fixture, enum fixture_way way,
                      const struct ailab_mock_options *options);
void fixture_close(struct fixture *fixture);

/* Another client instead. Without a key it gets the one it had, without a URL the mock's, by the
 * way that the fixture was opened for. */
void fixture_client(struct fixture *fixture, struct ailab_options options);

/* Another picture instead; the fixture owns it from here on. */
void fixture_picture(struct fixture *fixture, struct image_file picture);

/* Sends the picture and keeps the result. Fails, saying why, unless the result is sound. */
enum ailab_error fixture_call(struct fixture *fixture, const char *why);
enum ailab_error fixture_call_with(struct fixture *fixture, const char *why, int service_choice,
                                   const char *file_name);

/* Puts steps (an array, as for printf) before the next calls of the client's key. */
__attribute__((format(printf, 2, 3))) void fixture_arm(struct fixture *fixture, const char *format,
                                                       ...);

/* The next connection meets this fault of TLS. */
void fixture_arm_tls(struct fixture *fixture, const char *fault);

/* One step: an answer of this status, header Content-Type or Location, and body. */
void fixture_arm_body(struct fixture *fixture, int status, const char *location, const char *body);

/* How many requests of the journal match; NULL: all. Waits until none is in flight, for after a
 * time-out the mock learns only a moment later that its client is gone. */
size_t fixture_count(struct fixture *fixture, const char *match);

/* The broken promise of the result in words; "" when it is sound. */
void fixture_problem(char out[FIXTURE_PROBLEM_SIZE], const struct ailab_result *result,
                     enum ailab_error returned, const char *key);

/* "refused (422, ERROR_…, attempts 1, …)": for messages. Valid until the next call with out. */
const char *fixture_describe(char out[FIXTURE_PROBLEM_SIZE], const struct ailab_result *result);

/* Whether the result's picture is exactly these bytes. */
bool fixture_got(const struct ailab_result *result, const struct image_file *picture);

/* A small sound JPEG; one with so many bytes after its end. Free .data with free(). */
struct image_file fixture_small_jpeg(void);
struct image_file fixture_padded_jpeg(size_t size);

long long fixture_now_ms(void);

/* main() of a test program: runs the tests, or, with an argument, those that it names as a pattern
 * with * and ?. */
#define CLIENT_SUITE(name, ...)                                                                    \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        if (argc > 1)                                                                              \
            cmocka_set_test_filter(argv[1]);                                                       \
        return cmocka_run_group_tests_name(name, tests, NULL, NULL);                               \
    }

#endif
