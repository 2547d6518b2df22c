/* What an exchange does when memory runs out: for every allocation of every library, once failing
 * alone and once with all that follow, the client gets either the right answer or a 500, and
 * nothing leaks. */
#include "mock_requests.h"
#include "scenario_json.h"
#include "testing/failing_malloc.h"
#include "testing/image_make.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define MOST_ALLOCATIONS 5000

struct scene {
    const char *why;
    struct mock_call call;
    enum result_kind result;
    size_t cache_bytes;
    int status; /* of the right answer */
    unsigned requests;
    bool keeps_bodies;    /* in the journal */
    const char *document; /* with a scenario "s", which the call names; NULL for none */
    const char *code;     /* wherever the answer has a code; NULL: it is not looked at */
};

static struct mock_answer play(const struct scene *scene, struct mock *mock,
                               const struct mock_text *body)
{
    char length_text[24];
    struct exchange exchange = {0};
    mock_call_head(&exchange.request.head, &scene->call, body->len, length_text);
    memory.counting = true;
    if (exchange_begin(&exchange, mock, MOCK_NOW) == EXCHANGE_READ_BODY)
        exchange_body(&exchange, mock_text_slice(body), BODY_COMPLETE);
    memory.counting = false;
    struct mock_answer answer = mock_answer_of(&exchange);
    if (!scene->document &&
        answer.status != error_status(exchange.verdict.code, exchange.context.revision) &&
        answer.status != 204 && answer.status != 405)
        fail_msg("%s: %d is sent and %d is logged", scene->why, answer.status,
                 exchange.verdict.status);
    if (answer.status != 200)
        assert_false(exchange.charged); /* only what succeeds costs credits */
    if (answer.status == 500)
        assert_int_equal(exchange.verdict.status, 500); /* and so it is journalled */
    exchange_end(&exchange);
    return answer;
}

static void check_answer(const struct scene *scene, const struct mock_answer *answer)
{
    bool last_resort = answer->status == 500 && answer->body.len == 0 && answer->close;
    bool told = answer->status == 500 &&
                strcmp(mock_answer_code(answer), "SERVICE_INTERNAL_ERROR") == 0 &&
                strstr(mock_answer_message(answer), "memory");
    if (memory.failed && (last_resort || told))
        return;
    if (answer->status != scene->status)
        fail_msg("%s, allocation %lu%s: %d %s %s", scene->why, memory.fails_at,
                 memory.for_ever ? " and all later" : "", answer->status, mock_answer_code(answer),
                 mock_answer_message(answer));
    if (scene->code) {
        const char *outer =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer->json, "error_code_str"));
        if (strcmp(mock_answer_code(answer), scene->code) != 0 || !outer ||
            strcmp(outer, scene->code) != 0)
            fail_msg("%s, allocation %lu: %s", scene->why, memory.fails_at, answer->body.ptr);
    }
    if (strcmp(scene->call.path, MOCK_CREDITS_PATH) == 0) /* both pools are whole */
        assert_non_null(
            strstr(strstr(answer->body.ptr, "last_update_time") + 1, "last_update_time"));
    if (scene->status == 200 && scene->call.image.ptr && strcmp(scene->call.method, "POST") == 0) {
        struct mock_text image = mock_answer_image(answer);
        assert_true(image.len > 0);
        if (scene->result == RESULT_ECHO)
            assert_true(slice_equal(mock_text_slice(&image), scene->call.image));
        mock_text_clear(&image);
    }
}

/* One run with the n-th allocation failing; returns whether one did. */
static bool run(const struct scene *scene, unsigned long fails_at, bool for_ever)
{
    static const char *const keys[] = {MOCK_KEY};
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.api_keys = keys;
    options.api_key_count = ROWS(keys);
    options.pictures.result = scene->result;
    options.pictures.cache_bytes = scene->cache_bytes;
    options.state.settings.journal_bodies = scene->keeps_bodies;
    struct document document = {0};
    memory_start(0, false);
    memory_stop();
    if (scene->document) {
        scenario_json_document(&document, scene->document);
        options.document = &document;
    }
    const long held = memory.live; /* by the document, which the mock takes over */
    struct mock_text body = mock_call_body(&scene->call);
    memory_start(fails_at, for_ever);
    memory.live = held;
    struct mock *mock = mock_new(&options);
    memory_stop();
    document_clear(&document); /* what a mock that was not made has left */
    for (unsigned i = 0; mock && i < scene->requests; i++) {
        struct mock_answer answer = play(scene, mock, &body);
        check_answer(scene, &answer);
        mock_answer_clear(&answer);
    }
    assert_true(mock || memory.failed);
    mock_free(mock);
    if (fails_at && memory.live != 0) /* the first run makes what is made once in a process */
        fail_msg("%s, allocation %lu%s: %ld blocks leak", scene->why, fails_at,
                 for_ever ? " and all later" : "", memory.live);
    mock_text_clear(&body);
    return memory.failed;
}

static void exchange_answers_rightly_or_500_whichever_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct image_file jpeg =
        image_make_jpeg(&(struct image_jpeg_recipe){.width = 64, .height = 64});
    struct image_file png = image_make_png(
        &(struct image_png_recipe){.width = 64, .height = 64, .colour = 6, .depth = 8});
    struct mock_call with_jpeg = mock_call_right(image_make_slice(&jpeg));
    struct mock_call with_png = mock_call_right(image_make_slice(&png));
    struct mock_call credits = with_jpeg, preflight = with_jpeg, wrong = with_jpeg,
                     none = with_jpeg;
    credits.method = "GET";
    credits.path = MOCK_CREDITS_PATH;
    credits.not_announced = none.not_announced = preflight.not_announced = true;
    preflight.method = "OPTIONS";
    wrong.choice = slice_of("17");
    none.method = "GET";
    struct mock_call named = with_jpeg;
    mock_call_header(&named, "X-Mock-Scenario", "s");
    const size_t cache = (size_t)1 << 20;
    const struct scene scenes[] = {
        {"echo", with_jpeg, RESULT_ECHO, 0, 200, 1, false, NULL, NULL},
        {"echo, its body in the journal", with_jpeg, RESULT_ECHO, 0, 200, 1, true, NULL, NULL},
        {"echo, remembered", with_jpeg, RESULT_ECHO, cache, 200, 2, false, NULL, NULL},
        {"annotate JPEG", with_jpeg, RESULT_ANNOTATE, 0, 200, 1, false, NULL, NULL},
        {"annotate JPEG, remembered", with_jpeg, RESULT_ANNOTATE, cache, 200, 2, false, NULL, NULL},
        {"annotate PNG, remembered", with_png, RESULT_ANNOTATE, cache, 200, 2, false, NULL, NULL},
        {"credits", credits, RESULT_ECHO, cache, 200, 1, false, NULL, NULL},
        {"preflight", preflight, RESULT_ECHO, cache, 204, 1, false, NULL, NULL},
        {"a refusal", wrong, RESULT_ECHO, cache, 400, 1, false, NULL, NULL},
        {"a refused method", none, RESULT_ECHO, cache, 405, 1, false, NULL, NULL},
        {"a raw answer", named, RESULT_ECHO, cache, 503, 1, false,
         "{'scenarios': [{'name': 's', 'steps': [{'status': 503, 'body': 'x',"
         " 'headers': {'A': 'b'}}]}]}",
         NULL},
        {"an unlisted code", named, RESULT_ECHO, cache, 422, 1, false,
         "{'scenarios': [{'name': 's', 'steps': [{'error': 'ERROR_OF_TOMORROW', 'status': "
         "422}]}]}",
         "ERROR_OF_TOMORROW"},
        {"a deviation", named, RESULT_ECHO, cache, 200, 1, false,
         "{'scenarios': [{'name': 's', 'steps': [{'deviation': 'extra-fields'}]}]}", NULL},
    };
    for (size_t i = 0; i < ROWS(scenes); i++) {
        run(&scenes[i], 0, false);
        for (int for_ever = 0; for_ever < 2; for_ever++) {
            unsigned long n = 1;
            while (run(&scenes[i], n, for_ever))
                assert_true(++n < MOST_ALLOCATIONS);
            assert_true(n > 3); /* something was allocated, so something was tested */
            if (for_ever)
                print_message("%s: %lu allocations\n", scenes[i].why, n - 1);
        }
    }
    free(jpeg.data);
    free(png.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_answers_rightly_or_500_whichever_allocation_fails),
    };
    return cmocka_run_group_tests_name("exchange_memory", tests, NULL, NULL);
}
