/* The envelope, clause by clause: of a success, of a set of different errors, and of every answer
 * that the whole run has seen. The cases follow from the table of envelope.h. */
#include "judge/envelope.h"
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <string.h>

/* The last part of the slug names the check. */
static const struct envelope_check *check_of(const struct case_def *def)
{
    return envelope_check_find(def->text);
}

static void judge(struct test *test, const struct envelope_check *check,
                  const struct answer *answer)
{
    struct buf actual = {0};
    if (!envelope_owes(check, answer, test->session->revision)) {
        answer_describe(&actual, answer);
        test_fail(test, answer->json ? NULL : "answer_json", check->expected, "%s",
                  buf_str(&actual));
    } else if (!check->holds(&actual, answer, test->session->revision)) {
        test_fail(test, NULL, check->expected, "%s", buf_str(&actual));
    }
    buf_clear(&actual);
}

static void run_success(struct test *test, const struct case_def *def)
{
    test->silence_is_error = true;
    const struct answer *answer = test_good_answer(test);
    if (answer)
        judge(test, check_of(def), answer);
}

static void make_bad(struct request *request, struct test *test, size_t which)
{
    static const struct case_def choice = {.text = "17"}, path = {.text = "/api/no-such-group"};
    struct picture_bytes picture = {0};
    struct part *image = request_part(request, "image_target");
    switch (which) {
    case 1:
        request->key = NULL;
        break;
    case 2:
        change_path(request, &path);
        break;
    case 3:
        change_choice(request, &choice);
        break;
    case 4:
        image->body_len = 0;
        break;
    case 5:
        request_drop_part(request, "image_target");
        break;
    default:
        if (pictures_get(&picture, test->session->pictures,
                         which == 6 ? PICTURE_TEXT : PICTURE_JPEG_HALF)) {
            image->body = picture.data;
            image->body_len = picture.size;
        }
    }
}

/* A request that should be refused and is not is another suite's business; none refused is ours. */
static void run_errors(struct test *test, const struct case_def *def)
{
    size_t refused = 0;
    test->silence_is_error = true;
    for (size_t which = 1; which < SESSION_SHARED_MAX && !test->decided; which++) {
        struct request request;
        if (!test_good(&request, test))
            return;
        make_bad(&request, test, which);
        const struct answer *answer = test_shared(test, which, &request);
        if (!answer || answer->http.status == 200)
            continue;
        refused++;
        judge(test, check_of(def), answer);
    }
    if (refused == 0)
        test_fail(test, NULL, "an error to look at", "none of seven bad requests was refused");
}

static void run_every(struct test *test, const struct case_def *def)
{
    struct observation seen = {0};
    const struct envelope_check *check = check_of(def);
    invariants_ask(&seen, test->session->invariants, def->text);
    if (seen.seen == 0) {
        test_skip(test, "no answer of this run owed it");
        return;
    }
    struct buf note = {0};
    buf_printf(&note, "%zu answers", seen.seen);
    test_note(test, buf_str(&note));
    buf_clear(&note);
    if (seen.violated == 0)
        return;
    test->result->exchange = seen.exchange ? strdup(seen.exchange) : NULL;
    test_fail(test, NULL, check ? check->expected : "a request_id that no other answer has",
              "%s, first met by %s; %zu of %zu answers", seen.actual, seen.first, seen.violated,
              seen.seen);
}

/* Appends "a/b/c" to the store and returns where it begins. Offsets, because the store moves. */
static size_t put(struct buf *store, const char *a, const char *b, const char *c)
{
    size_t at = store->len;
    buf_printf(store, "%s%s%s", a, b, c);
    buf_add(store, "", 1);
    return at;
}

static void resolve(struct case_def *cases, const size_t *slugs, const size_t *titles, size_t count,
                    const struct buf *store)
{
    for (size_t i = 0; i < count; i++) {
        cases[i].slug = buf_str(store) + slugs[i];
        cases[i].title = buf_str(store) + titles[i];
    }
}

static size_t make_envelope(struct case_def cases[SUITE_CASES_MAX], struct buf *store)
{
    size_t count = 0, made = 0, slugs[SUITE_CASES_MAX], titles[SUITE_CASES_MAX];
    const struct envelope_check *checks = envelope_checks(&count);
    for (size_t i = 0; i < count * 2; i++) {
        const struct envelope_check *check = &checks[i / 2];
        bool error = i % 2;
        if (!(error ? check->on_error : check->on_success))
            continue;
        slugs[made] = put(store, "envelope/", check->name, error ? "/errors" : "/success");
        titles[made] = put(store, check->expected, error ? ", on errors" : ", on success", "");
        cases[made++] = (struct case_def){.clauses = check->clause,
                                          .text = check->name,
                                          .run = error ? run_errors : run_success,
                                          .flags = error ? 0 : SHARES_GOOD,
                                          .revisions = check->revisions};
    }
    resolve(cases, slugs, titles, made, store);
    return made;
}

static size_t make_every(struct case_def cases[SUITE_CASES_MAX], struct buf *store)
{
    size_t count = 0, made = 0, slugs[SUITE_CASES_MAX], titles[SUITE_CASES_MAX];
    const struct envelope_check *checks = envelope_checks(&count);
    for (size_t i = 0; i < count; i++) {
        slugs[made] = put(store, "every-answer/", checks[i].name, "");
        titles[made] = put(store, checks[i].expected, "", "");
        cases[made++] = (struct case_def){.clauses = checks[i].clause,
                                          .text = checks[i].name,
                                          .run = run_every,
                                          .flags = NEEDS_QUIET,
                                          .revisions = checks[i].revisions};
    }
    slugs[made] = put(store, "every-answer/request-id-unique", "", "");
    titles[made] = put(store, "no two answers have the same request_id", "", "");
    cases[made++] = (struct case_def){.clauses = "answer_request_id_unique",
                                      .text = "request-id-unique",
                                      .run = run_every,
                                      .flags = NEEDS_QUIET};
    resolve(cases, slugs, titles, made, store);
    return made;
}

const struct suite_maker suite_envelope = {"envelope", "The envelope", true, make_envelope};
const struct suite_maker suite_every_answer = {"every-answer", "Every answer of this run", true,
                                               make_every};
