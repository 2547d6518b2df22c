/* Every odd and every damaged picture of image_cases.def, as the mock judges it: the verdict, the
 * oddities that it tells, and a banner that can be drawn on what is taken. */
#include "mock_requests.h"
#include "pictures/picture_work.h"
#include "testing/image_cases.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct subject {
    struct image_file file;
    struct multipart_part part;
    struct request request;
    const struct image_case *expected;
};

/* The picture as an upload, in a block of its exact size, so that a sanitizer sees one byte too
 * far. */
static void upload(struct subject *out, size_t i)
{
    struct image_file made;
    *out = (struct subject){0};
    out->expected = image_case_make(&made, i);
    out->file = image_make_copy(image_make_slice(&made));
    free(made.data);
    out->part.body = image_make_slice(&out->file);
    out->request.image = &out->part;
    out->request.expression = expression_find(12, revision_default());
    out->request.inspected = true;
}

static struct picture_work *annotating(size_t cache_bytes)
{
    struct picture_work *pictures = picture_work_new(&(struct picture_work_options){
        .result = RESULT_ANNOTATE, .cache_bytes = cache_bytes, .decodes_max = 1});
    assert_non_null(pictures);
    return pictures;
}

static void judge(struct subject *subject, struct picture_work *pictures)
{
    const struct image_judge *judge = picture_work_judge(pictures);
    image_inspect(&subject->request.facts, subject->part.body);
    assert_true(judge->decode(judge->context, &subject->request.facts, subject->part.body));
}

static void words_of(char out[512], unsigned oddities)
{
    const char *words[ODDITIES_MAX];
    const size_t count = oddity_words(words, &image_oddities, oddities);
    int used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += snprintf(out + used, 512 - (size_t)used, "%s%s", i ? " " : "", words[i]);
}

static void picture_cases_are_judged_as_their_rows_say(void **state)
{
    (void)state;
    struct picture_work *pictures = annotating(1 << 20);
    unsigned wrong = 0;
    for (size_t i = 0; i < 2 * image_case_count(); i++) { /* each twice: judged, and remembered */
        struct subject subject;
        char words[512];
        upload(&subject, i / 2);
        judge(&subject, pictures);
        const struct image_facts *facts = &subject.request.facts;
        const bool taken = subject.expected->verdict == IMAGE_CASE_TAKEN;
        words_of(words, facts->oddities);
        const bool told = !taken || strcmp(words, subject.expected->oddities) == 0;
        if ((facts->state == IMAGE_SOUND) != taken || facts->state == IMAGE_FOREIGN || !told) {
            print_error("%s: \"%s\", oddities \"%s\"\n", subject.expected->name, facts->why, words);
            wrong++;
        }
        free(subject.file.data);
    }
    picture_work_free(pictures);
    assert_int_equal(wrong, 0);
}

/* The result is a picture of the same kind and size in which nothing is odd any more. */
static void picture_cases_that_are_taken_get_a_banner(void **state)
{
    (void)state;
    struct picture_work *pictures = annotating(0);
    for (size_t i = 0; i < image_case_count(); i++) {
        struct subject subject;
        struct image_facts facts;
        struct shared_bytes *result;
        upload(&subject, i);
        if (subject.expected->verdict == IMAGE_CASE_TAKEN) {
            judge(&subject, pictures);
            assert_true(picture_work_result(&result, pictures, &subject.request));
            assert_non_null(result);
            image_inspect(&facts, shared_bytes_slice(result));
            assert_true(image_decode(&facts, shared_bytes_slice(result)));
            if (facts.state != IMAGE_SOUND || facts.oddities ||
                facts.format != subject.request.facts.format ||
                facts.width != subject.request.facts.width ||
                facts.height != subject.request.facts.height)
                fail_msg("%s: %ux%u, oddities %x, \"%s\"", subject.expected->name, facts.width,
                         facts.height, facts.oddities, facts.why);
            shared_bytes_release(result);
        }
        free(subject.file.data);
    }
    picture_work_free(pictures);
}

/* With --trust-images only headers are looked at: whatever comes, there is a result. */
static void picture_cases_that_are_trusted_get_an_answer(void **state)
{
    (void)state;
    struct picture_work *pictures = annotating(0);
    for (size_t i = 0; i < image_case_count(); i++) {
        struct subject subject;
        struct shared_bytes *result;
        upload(&subject, i);
        image_identify(&subject.request.facts, subject.part.body);
        if (subject.request.facts.state == IMAGE_SOUND) {
            if (!picture_work_result(&result, pictures, &subject.request))
                fail_msg("%s: no result", subject.expected->name);
            shared_bytes_release(result);
        }
        free(subject.file.data);
    }
    picture_work_free(pictures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_cases_are_judged_as_their_rows_say),
        cmocka_unit_test(picture_cases_that_are_taken_get_a_banner),
        cmocka_unit_test(picture_cases_that_are_trusted_get_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
