/* The pieces of an answer when memory runs out: for every allocation, once failing alone and once
 * with all that follow, a piece is either right or refused, and nothing leaks. */
#include "api/contract_document.h"
#include "api/deviation.h"
#include "fault_wire.h"
#include "testing/failing_malloc.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MOST_ALLOCATIONS 20000

/* bytes NULL: the piece was refused. */
struct piece {
    char *bytes; /* owned */
    size_t len;
};

/* A kind of piece, and which one of its kind. */
struct recipe {
    const char *name;
    struct piece (*make)(const struct recipe *recipe);
    const struct deviation *deviation;
    const struct revision *revision;
    enum fault_id fault;
    bool ok; /* the answer is a success */
};

static bool is_same(const struct piece *piece, const struct piece *right)
{
    return slice_equal(slice_make(piece->bytes, piece->len), slice_make(right->bytes, right->len));
}

/* With the n-th allocation failing. Returns whether one did. */
static bool make_failing(const struct recipe *recipe, const struct piece *right, unsigned long n,
                         bool for_ever)
{
    memory_start(n, for_ever);
    struct piece piece = recipe->make(recipe);
    memory_stop();
    const long held = piece.bytes ? 1 : 0;
    if (memory.live != held)
        fail_msg("%s, allocation %lu: %ld blocks leak", recipe->name, n, memory.live - held);
    if (!piece.bytes && !memory.failed)
        fail_msg("%s, allocation %lu: refused though none failed", recipe->name, n);
    if (piece.bytes && !is_same(&piece, right))
        fail_msg("%s, allocation %lu: not whole: %s", recipe->name, n, piece.bytes);
    free(piece.bytes);
    return memory.failed;
}

/* Each allocation in turn, or where a piece has thousands, some of them. */
static void check_recipe(const struct recipe *recipe, bool has_thousands)
{
    struct piece right = recipe->make(recipe);
    assert_non_null(right.bytes);
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        unsigned long n = 1;
        while (make_failing(recipe, &right, n, for_ever)) {
            n += has_thousands ? n : 1;
            assert_true(n < MOST_ALLOCATIONS);
        }
        assert_true(n > 1); /* something was allocated, so something was tested */
    }
    free(right.bytes);
}

/* The tree is consumed. */
static struct piece print_and_delete(cJSON *tree)
{
    char *text = tree ? cJSON_PrintUnformatted(tree) : NULL;
    cJSON_Delete(tree);
    return (struct piece){text, text ? strlen(text) : 0};
}

static cJSON *make_envelope(const struct recipe *recipe)
{
    static const struct answer_ids ids = {"4B1F0C52-6C1B-4A4A-9B7E-0A6C7C1D2E3F", "12345678"};
    struct verdict verdict;
    verdict_make(&verdict, recipe->revision, recipe->ok ? ERROR_NONE : CODE_ERROR_NO_FACE_IN_FILE,
                 422 * !recipe->ok, "pic not has face");
    cJSON *data = recipe->ok ? envelope_image_data() : NULL;
    if (recipe->ok && !data)
        return NULL;
    return envelope_make(recipe->revision, &verdict, &ids, data);
}

static struct piece make_deviated(const struct recipe *recipe)
{
    int status = recipe->ok ? 200 : 422;
    cJSON *envelope = make_envelope(recipe);
    if (envelope && !deviation_apply(recipe->deviation, envelope, &status)) {
        cJSON_Delete(envelope);
        return (struct piece){NULL, 0};
    }
    return print_and_delete(envelope);
}

static void deviation_is_whole_or_refused_whichever_allocation_fails(void **state)
{
    (void)state;
    size_t count;
    const struct deviation *table = deviation_table(&count);
    SKIP_UNLESS_MEMORY_COUNTS();
    for (size_t i = 0; i < count; i++)
        for (enum revision_id id = 0; id < REVISION_COUNT; id++)
            for (int ok = 0; ok < 2; ok++) {
                const struct recipe recipe = {.name = table[i].name,
                                              .make = make_deviated,
                                              .deviation = &table[i],
                                              .revision = revision_info(id),
                                              .ok = ok};
                check_recipe(&recipe, false);
            }
}

static struct piece make_faulty(const struct recipe *recipe)
{
    unsigned char image[WIRE_IMAGE_SIZE + 1];
    struct reply_head head = wire_head(recipe->ok, true);
    struct reply reply;
    struct seen seen;
    wire_make_image(image);
    const bool made = fault_reply(&reply, &head, slice_of(recipe->ok ? wire_success : wire_failure),
                                  slice_make((char *)image, WIRE_IMAGE_SIZE), recipe->fault, 1000);
    memory.counting = false;
    if (!made) {
        reply_clear(&reply);
        return (struct piece){NULL, 0};
    }
    wire_carry_out(&seen, &reply);
    return (struct piece){seen.bytes, seen.len};
}

static void fault_is_whole_or_refused_whichever_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++)
        for (int ok = 0; ok < 2; ok++) {
            const struct fault_info *info = fault_info(id);
            const struct recipe recipe = {
                .name = info->name, .make = make_faulty, .fault = id, .ok = ok};
            if (info->place != FAULT_UPLOAD && info->place != FAULT_INSTEAD)
                check_recipe(&recipe, false);
        }
}

static struct piece make_contract(const struct recipe *recipe)
{
    (void)recipe;
    return print_and_delete(contract_document());
}

static void contract_is_whole_or_refused_whichever_allocation_fails(void **state)
{
    (void)state;
    const struct recipe recipe = {.name = "the contract", .make = make_contract};
    SKIP_UNLESS_MEMORY_COUNTS();
    check_recipe(&recipe, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deviation_is_whole_or_refused_whichever_allocation_fails),
        cmocka_unit_test(fault_is_whole_or_refused_whichever_allocation_fails),
        cmocka_unit_test(contract_is_whole_or_refused_whichever_allocation_fails),
    };
    return cmocka_run_group_tests_name("answer_memory", tests, NULL, NULL);
}
