/* Tests of what the mock does with pictures: the three kinds of result, the memory of verdicts and
 * annotated pictures, the gate before the codecs. labels: threads */
#include "mock_requests.h"
#include "pictures/picture_work.h"
#include "testing/image_make.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define CACHE ((size_t)4 << 20)

struct subject {
    struct image_file file;
    struct multipart_part part;
    struct request request;
};

static void set_picture(struct subject *subject, struct image_file file, int number)
{
    *subject = (struct subject){.file = file};
    subject->part.body = image_make_slice(&subject->file);
    subject->request.image = &subject->part;
    subject->request.expression = expression_find(number, revision_default());
    image_inspect(&subject->request.facts, subject->part.body);
    subject->request.inspected = true;
}

static struct image_file portrait(void)
{
    return image_make_jpeg(&(struct image_jpeg_recipe){.width = 64, .height = 64});
}

/* Structure whole, data not: only decoding finds it. */
static struct image_file rotten(void)
{
    struct image_file file = image_make_png(
        &(struct image_png_recipe){.width = 64, .height = 64, .colour = 2, .depth = 8});
    struct image_facts facts;
    image_inspect(&facts, image_make_slice(&file));
    assert_int_equal(facts.state, IMAGE_SOUND);
    /* The dimensions no longer fit the rows; the chunk's CRC is made right again. */
    size_t at = image_make_chunk_at(&file, "IHDR");
    struct image_file head = image_make_copy(slice_make(file.data + at + 8, 13));
    head.data[7] = 65;
    memmove(file.data + at, file.data + at + 25, file.len - at - 25);
    file.len -= 25;
    image_make_chunk(&file, at, "IHDR", image_make_slice(&head));
    free(head.data);
    return file;
}

static struct picture_work *picture_work_with(enum result_kind result, size_t cache_bytes)
{
    const struct picture_work_options options = {
        .result = result, .cache_bytes = cache_bytes, .decodes_max = 1};
    struct picture_work *pictures = picture_work_new(&options);
    assert_non_null(pictures);
    return pictures;
}

static void picture_work_echo_by_giving_nothing_of_their_own(void **state)
{
    (void)state;
    struct subject subject;
    struct shared_bytes *result = (struct shared_bytes *)&subject;
    struct picture_work *pictures = picture_work_with(RESULT_ECHO, CACHE);
    set_picture(&subject, portrait(), 12);
    assert_true(picture_work_result(&result, pictures, &subject.request));
    assert_null(result);
    picture_work_free(pictures);
    free(subject.file.data);
}

static void picture_work_give_the_file_whatever_was_sent(void **state)
{
    (void)state;
    struct subject subject;
    struct shared_bytes *result, *file = shared_bytes_copy(slice_of("the file"));
    const struct picture_work_options options = {
        .result = RESULT_FILE, .file = file, .cache_bytes = CACHE, .decodes_max = 1};
    struct picture_work *pictures = picture_work_new(&options);
    shared_bytes_release(file); /* a reference was taken */
    set_picture(&subject, portrait(), 12);
    assert_true(picture_work_result(&result, pictures, &subject.request));
    assert_true(slice_equal(shared_bytes_slice(result), slice_of("the file")));
    picture_work_free(pictures);
    assert_true(slice_equal(shared_bytes_slice(result), slice_of("the file")));
    shared_bytes_release(result);
    free(subject.file.data);
}

static void picture_work_annotate_in_the_same_format_and_size(void **state)
{
    (void)state;
    struct image_file files[] = {
        portrait(),
        image_make_png(
            &(struct image_png_recipe){.width = 64, .height = 48, .colour = 2, .depth = 8}),
    };
    for (size_t i = 0; i < ROWS(files); i++) {
        struct subject subject;
        struct shared_bytes *result;
        struct image_facts facts;
        struct picture_work *pictures = picture_work_with(RESULT_ANNOTATE, CACHE);
        set_picture(&subject, files[i], 12);
        assert_true(picture_work_result(&result, pictures, &subject.request));
        assert_non_null(result);
        assert_false(slice_equal(shared_bytes_slice(result), subject.part.body));
        image_inspect(&facts, shared_bytes_slice(result));
        assert_true(image_decode(&facts, shared_bytes_slice(result)));
        assert_int_equal(facts.state, IMAGE_SOUND);
        assert_int_equal(facts.format, subject.request.facts.format);
        assert_int_equal(facts.width, subject.request.facts.width);
        assert_int_equal(facts.height, subject.request.facts.height);
        shared_bytes_release(result);
        picture_work_free(pictures);
        free(subject.file.data);
    }
}

static void picture_work_remember_by_content_and_expression(void **state)
{
    (void)state;
    struct subject first, same, other;
    struct shared_bytes *results[4];
    struct picture_work *pictures = picture_work_with(RESULT_ANNOTATE, CACHE);
    struct picture_work *fresh = picture_work_with(RESULT_ANNOTATE, 0);
    set_picture(&first, portrait(), 12);
    set_picture(&same, image_make_copy(first.part.body), 12);
    set_picture(&other, image_make_copy(first.part.body), 13);
    assert_true(picture_work_result(&results[0], pictures, &first.request));
    assert_true(picture_work_result(&results[1], pictures, &same.request));
    assert_true(picture_work_result(&results[2], pictures, &other.request));
    assert_true(picture_work_result(&results[3], fresh, &first.request));
    assert_ptr_equal(results[0], results[1]); /* the very same: remembered */
    assert_false(slice_equal(shared_bytes_slice(results[0]), shared_bytes_slice(results[2])));
    assert_ptr_not_equal(results[0], results[3]); /* made anew, and equal */
    assert_true(slice_equal(shared_bytes_slice(results[0]), shared_bytes_slice(results[3])));
    for (size_t i = 0; i < ROWS(results); i++)
        shared_bytes_release(results[i]);
    picture_work_free(pictures);
    picture_work_free(fresh);
    free(first.file.data);
    free(same.file.data);
    free(other.file.data);
}

static void picture_work_remember_nothing_without_a_cache(void **state)
{
    (void)state;
    struct subject subject;
    struct shared_bytes *first, *second;
    struct picture_work *pictures = picture_work_with(RESULT_ANNOTATE, 0);
    set_picture(&subject, portrait(), 12);
    assert_true(picture_work_result(&first, pictures, &subject.request));
    assert_true(picture_work_result(&second, pictures, &subject.request));
    assert_ptr_not_equal(first, second);
    shared_bytes_release(first);
    shared_bytes_release(second);
    picture_work_free(pictures);
    free(subject.file.data);
}

static void picture_work_draw_on_nothing_that_was_not_judged(void **state)
{
    (void)state;
    struct subject subject;
    struct shared_bytes *result;
    struct picture_work *pictures = picture_work_with(RESULT_ANNOTATE, CACHE);
    set_picture(&subject, portrait(), 12);
    const struct request right = subject.request;
    struct request cases[] = {
        [0] = {.image = NULL, .expression = right.expression, .inspected = true},
        [1] = {.image = right.image, .facts = right.facts, .inspected = true},
        [2] = {.image = right.image, .expression = right.expression, .facts = right.facts},
        [3] = {.image = right.image,
               .expression = right.expression,
               .inspected = true,
               .facts = {.state = IMAGE_FOREIGN}},
        [4] = {.image = right.image,
               .expression = right.expression,
               .inspected = true,
               .facts = {.state = IMAGE_DAMAGED, .format = IMAGE_JPEG}},
    };
    for (size_t i = 0; i < ROWS(cases); i++) {
        assert_true(picture_work_result(&result, pictures, &cases[i]));
        assert_null(result);
    }
    picture_work_free(pictures);
    free(subject.file.data);
}

static void picture_work_echo_what_no_codec_can_draw_on(void **state)
{
    (void)state;
    /* It has not been decoded: pictures are trusted, or the rule is switched off. */
    for (int cached = 0; cached < 2; cached++) {
        struct subject subject;
        struct shared_bytes *result;
        struct picture_work *pictures = picture_work_with(RESULT_ANNOTATE, cached ? CACHE : 0);
        set_picture(&subject, rotten(), 12);
        assert_true(picture_work_result(&result, pictures, &subject.request));
        assert_null(result);
        picture_work_free(pictures);
        free(subject.file.data);
    }
}

static void picture_work_judge_alike_the_first_and_the_second_time(void **state)
{
    (void)state;
    struct image_file files[] = {portrait(), rotten()};
    for (size_t i = 0; i < ROWS(files); i++)
        for (int cached = 0; cached < 2; cached++) {
            struct image_facts before, plain, first, second;
            struct picture_work *pictures = picture_work_with(RESULT_ECHO, cached ? CACHE : 0);
            const struct image_judge *judge = picture_work_judge(pictures);
            struct slice bytes = image_make_slice(&files[i]);
            image_inspect(&before, bytes);
            plain = first = second = before;
            assert_true(image_decode(&plain, bytes));
            assert_true(judge->decode(judge->context, &first, bytes));
            assert_true(judge->decode(judge->context, &second, bytes));
            assert_int_equal(plain.state, i ? IMAGE_DAMAGED : IMAGE_SOUND);
            if (cached) /* what is remembered is found by its hash */
                picture_work_hash(&plain, bytes);
            assert_memory_equal(&plain, &first, sizeof plain);
            assert_memory_equal(&plain, &second, sizeof plain);
            picture_work_free(pictures);
        }
    for (size_t i = 0; i < ROWS(files); i++)
        free(files[i].data);
}

static void picture_work_take_a_remembered_verdict_without_decoding(void **state)
{
    (void)state;
    struct image_file file = rotten();
    struct image_facts facts, forged;
    struct slice bytes = image_make_slice(&file);
    struct picture_work *pictures = picture_work_with(RESULT_ECHO, CACHE);
    const struct image_judge *judge = picture_work_judge(pictures);
    image_inspect(&facts, bytes);
    assert_true(judge->decode(judge->context, &facts, bytes));
    /* A decode would need the format; the remembered verdict does not. */
    forged = (struct image_facts){.state = IMAGE_SOUND, .format = IMAGE_JPEG};
    assert_true(judge->decode(judge->context, &forged, bytes));
    assert_memory_equal(&facts, &forged, sizeof facts);
    picture_work_free(pictures);
    free(file.data);
}

struct worker {
    pthread_t thread;
    struct picture_work *pictures;
    struct request *request;
    struct slice wanted;
    unsigned wrong;
};

static void *work(void *context)
{
    struct worker *worker = context;
    const struct image_judge *judge = picture_work_judge(worker->pictures);
    for (int i = 0; i < 10; i++) {
        struct shared_bytes *result = NULL;
        struct image_facts facts = worker->request->facts;
        worker->wrong += !judge->decode(judge->context, &facts, worker->request->image->body) ||
                         facts.state != IMAGE_SOUND ||
                         !picture_work_result(&result, worker->pictures, worker->request) ||
                         !result || !slice_equal(shared_bytes_slice(result), worker->wanted);
        shared_bytes_release(result);
    }
    return NULL;
}

static void picture_work_serve_several_threads_through_a_gate_for_one(void **state)
{
    (void)state;
    for (int cached = 0; cached < 2; cached++) {
        struct subject subject;
        struct shared_bytes *wanted;
        struct worker workers[4];
        unsigned wrong = 0;
        struct picture_work *pictures = picture_work_with(RESULT_ANNOTATE, cached ? CACHE : 0);
        set_picture(&subject, portrait(), 12);
        assert_true(picture_work_result(&wanted, pictures, &subject.request));
        for (size_t i = 0; i < ROWS(workers); i++) {
            workers[i] = (struct worker){.pictures = pictures,
                                         .request = &subject.request,
                                         .wanted = shared_bytes_slice(wanted)};
            assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
        }
        for (size_t i = 0; i < ROWS(workers); i++) {
            pthread_join(workers[i].thread, NULL);
            wrong += workers[i].wrong;
        }
        assert_int_equal(wrong, 0);
        shared_bytes_release(wanted);
        picture_work_free(pictures);
        free(subject.file.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_work_echo_by_giving_nothing_of_their_own),
        cmocka_unit_test(picture_work_give_the_file_whatever_was_sent),
        cmocka_unit_test(picture_work_annotate_in_the_same_format_and_size),
        cmocka_unit_test(picture_work_remember_by_content_and_expression),
        cmocka_unit_test(picture_work_remember_nothing_without_a_cache),
        cmocka_unit_test(picture_work_draw_on_nothing_that_was_not_judged),
        cmocka_unit_test(picture_work_echo_what_no_codec_can_draw_on),
        cmocka_unit_test(picture_work_judge_alike_the_first_and_the_second_time),
        cmocka_unit_test(picture_work_take_a_remembered_verdict_without_decoding),
        cmocka_unit_test(picture_work_serve_several_threads_through_a_gate_for_one),
    };
    return cmocka_run_group_tests_name("pictures", tests, NULL, NULL);
}
