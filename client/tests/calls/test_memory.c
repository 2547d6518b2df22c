/* Every allocation of ours fails once, in turn: no crash, no leak, no byte beside a block, an
 * honest error. The linker hands our calls to the wrappers below; libraries keep the real ones. */
#include "ailab.h"
#include "answer.h"
#include "samples.h"
#include "testing/files.h"
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#define FENCE_SIZE 32
#define FILLING 0xA5 /* a block before it is written; no pointer, no end of a text */

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
void __wrap_free(void *block);

static unsigned countdown; /* 0: nothing fails; 1: the next allocation does */

/* The blocks that the library has. Behind each stands a fence. */
static struct {
    unsigned char *bytes;
    size_t size;
} blocks[256];
static size_t lent;

static bool fails(void)
{
    return countdown > 0 && --countdown == 0;
}

static void *lend(unsigned char *bytes, size_t size)
{
    if (!bytes)
        return NULL;
    assert_in_range(lent, 0, sizeof blocks / sizeof *blocks - 1);
    memset(bytes + size, FILLING, FENCE_SIZE);
    blocks[lent].bytes = bytes;
    blocks[lent++].size = size;
    return bytes;
}

/* Blocks of other libraries are on no list. */
static void take_back(const void *block)
{
    for (size_t i = 0; i < lent; i++) {
        const unsigned char *bytes = blocks[i].bytes;
        const size_t size = blocks[i].size;
        if (bytes != block)
            continue;
        for (size_t at = size; at < size + FENCE_SIZE; at++) {
            if (bytes[at] != FILLING)
                fail_msg("the client wrote %zu bytes behind a block of %zu", at - size, size);
        }
        blocks[i] = blocks[--lent];
        return;
    }
}

void *__wrap_malloc(size_t size)
{
    if (fails())
        return NULL;
    unsigned char *bytes = __real_malloc(size + FENCE_SIZE);
    return lend(bytes ? memset(bytes, FILLING, size) : NULL, size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *bytes = __wrap_malloc(count * size);
    return bytes ? memset(bytes, 0, count * size) : NULL;
}

void *__wrap_realloc(void *old, size_t size)
{
    if (fails())
        return NULL;
    take_back(old);
    return lend(__real_realloc(old, size + FENCE_SIZE), size);
}

char *__wrap_strdup(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = __wrap_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

void __wrap_free(void *block)
{
    take_back(block);
    __real_free(block);
}

/* cJSON keeps the real malloc() unless it is told otherwise, and says by errno alone why it failed.
 */
static void *malloc_for_cjson(size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        errno = ENOMEM;
    return memory;
}

static enum ailab_error make_a_client(void)
{
    static const struct ailab_options options = {.api_key = "k3y",
                                                 .base_url = "http://127.0.0.1:1/prefix/"};
    struct ailab *client = NULL;
    enum ailab_error error = ailab_new(&client, &options);
    assert_int_equal(client == NULL, error != AILAB_OK);
    ailab_free(client);
    return error;
}

static enum ailab_error check_a_picture(void)
{
    struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    struct ailab_result *result = NULL;
    enum ailab_error error = ailab_check(&result, 12, &image);
    assert_int_equal(ailab_result_error(result), error);
    ailab_result_free(result);
    return error;
}

static enum ailab_error edit_a_file(void)
{
    static const struct ailab_options options = {.api_key = "k3y",
                                                 .base_url = "http://127.0.0.1:1"};
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    enum ailab_error error = ailab_new(&client, &options);
    if (error == AILAB_OK) {
        ailab_cancel(client); /* nothing needs to be sent */
        error =
            ailab_edit_file(&result, client, 12, AILAB_SOURCE_DIR "/fixtures/images/portrait.jpg");
        assert_int_equal(ailab_result_error(result), error);
        assert_true(*ailab_result_error_text(result));
    }
    ailab_result_free(result);
    ailab_free(client);
    return error == AILAB_CANCELLED ? AILAB_OK : error;
}

/* Long enough that the body's memory grows several times, and that its picture is cut out. */
static enum ailab_error judge_an_answer(void)
{
    static const char head[] = "{\"data\":{\"image\":\"";
    static char base64[400000];
    struct ai_answer answer = {.http_status = 200};
    struct ailab_result *result = ai_result_new();
    struct ai_envelope envelope = {0};
    if (!result)
        return AILAB_NO_MEMORY;
    memset(base64, 'A', sizeof base64);
    memcpy(base64, SAMPLE_PNG_BASE64, sizeof SAMPLE_PNG_BASE64 - 1);
    bool added = ai_envelope_add(&envelope, head, sizeof head - 1);
    for (size_t at = 0; added && at < sizeof base64; at += 16000)
        added = ai_envelope_add(&envelope, base64 + at, 16000);
    added = added && ai_envelope_add(&envelope, "\"}}", 3);
    enum ailab_error error = added ? ai_answer_judge(result, &answer, &envelope) : AILAB_NO_MEMORY;
    assert_int_equal(ailab_result_image(result, NULL) != NULL, error == AILAB_OK);
    ai_envelope_clear(&envelope);
    ailab_result_free(result);
    return error;
}

/* A tree that was read and then thrown away. */
static enum ailab_error judge_an_answer_that_says_a_thing_twice(void)
{
    static const char body[] = "{\"log_id\":\"1\",\"log_id\":\"2\"}";
    struct ai_answer answer = {.http_status = 200};
    struct ailab_result *result = ai_result_new();
    struct ai_envelope envelope = {0};
    if (!result)
        return AILAB_NO_MEMORY;
    enum ailab_error error = ai_envelope_add(&envelope, body, sizeof body - 1)
                                 ? ai_answer_judge(result, &answer, &envelope)
                                 : AILAB_NO_MEMORY;
    ai_envelope_clear(&envelope);
    ailab_result_free(result);
    return error == AILAB_BAD_ANSWER ? AILAB_OK : error;
}

static void every_allocation_may_fail(void **state)
{
    static const struct {
        const char *why;
        enum ailab_error (*act)(void);
        unsigned least; /* allocations that there must be */
    } rows[] = {
        {"making a client", make_a_client, 5},
        {"checking a picture", check_a_picture, 1},
        {"editing a file", edit_a_file, 6},
        {"judging an answer", judge_an_answer, 12},
        {"refusing an answer", judge_an_answer_that_says_a_thing_twice, 6},
    };
    cJSON_Hooks hooks = {.malloc_fn = malloc_for_cjson, .free_fn = free};
    (void)state;
    cJSON_InitHooks(&hooks);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned n = 1;
        for (;; n++) {
            const size_t descriptors = folder_count("/proc/self/fd");
            countdown = n;
            enum ailab_error error = rows[i].act();
            bool all_done = countdown > 0;
            countdown = 0;
            if (lent || folder_count("/proc/self/fd") != descriptors)
                fail_msg("%s, allocation %u: %zu blocks are left, or a descriptor", rows[i].why, n,
                         lent);
            if (error != (all_done ? AILAB_OK : AILAB_NO_MEMORY))
                fail_msg("%s, allocation %u: %s", rows[i].why, n, ailab_error_name(error));
            if (all_done)
                break;
        }
        if (n <= rows[i].least)
            fail_msg("%s: only %u allocations were seen", rows[i].why, n - 1);
    }
}

/* The descriptors of the host program are not the client's to close. */
static void client_without_descriptors_closes_none(void **state)
{
    struct rlimit before, none;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    const enum ailab_error error = make_a_client();
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(error, AILAB_NO_MEMORY);
    for (int fd = 0; fd <= 2; fd++)
        assert_true(fcntl(fd, F_GETFD) >= 0);
}

static void freed_client_leaves_no_descriptor(void **state)
{
    const size_t before = folder_count("/proc/self/fd");
    (void)state;
    assert_int_equal(make_a_client(), AILAB_OK);
    assert_int_equal(folder_count("/proc/self/fd"), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(client_without_descriptors_closes_none),
        cmocka_unit_test(freed_client_leaves_no_descriptor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
