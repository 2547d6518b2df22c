/* The error codes that no request provokes by itself: the target is asked for each by the key
 * mock!CODE. Status and description are those of the table of the revision's date. */
#include "cases/suites.h"
#include "engine/test.h"
#include "judge/error_table.h"
#include <ctype.h>
#include <string.h>

static void run_armed(struct test *test, const struct case_def *def)
{
    struct request request;
    struct exchange exchange = {0};
    struct buf key = {0}, expected = {0};
    const struct error_row *row = error_row_find(def->text);
    int status = error_row_status(row, test->session->revision);
    buf_printf(&key, "mock!%s", row->name);
    buf_printf(&expected, "%d %s: %s", status, row->name, row->description);
    if (!test_good(&request, test))
        goto out;
    request.key = buf_str(&key);
    if (!test_ask(&exchange, test, &request))
        goto out;
    const struct answer *answer = &exchange.answer;
    const char *text = cJSON_GetStringValue(answer_field(answer->detail, "code_message"));
    if (answer->http.status != status || !answer->code || strcmp(answer->code, row->name) != 0) {
        struct buf actual = {0};
        answer_describe(&actual, answer);
        test_fail(test, NULL, buf_str(&expected), "%s", buf_str(&actual));
        buf_clear(&actual);
    } else if (!text || strcmp(text, row->description) != 0) {
        test_fail(test, "error_table_text", buf_str(&expected), "%d %s: %s", status, row->name,
                  text ? text : "no code_message");
    }
out:
    exchange_clear(&exchange);
    buf_clear(&key);
    buf_clear(&expected);
}

static const char *clauses_of(const char *code)
{
    static const struct {
        const char *code, *clauses;
    } rows[] = {
        {"ERROR_NO_FACE_IN_FILE", "error_table error_table_text no_face"},
        {"ERROR_USER_LOCKED", "error_table error_table_text account_locked"},
        {"ERROR_NOT_ENOUGH_CREDITS", "error_table error_table_text credits_exhausted"},
        {"EXCEEDING_LIMITS", "error_table error_table_text rate_exceeded"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].code, code) == 0)
            return rows[i].clauses;
    return "error_table error_table_text";
}

static size_t make_armed(struct case_def cases[SUITE_CASES_MAX], struct buf *store)
{
    size_t count = 0, slugs[SUITE_CASES_MAX];
    const struct error_row *rows = error_table(&count);
    for (size_t i = 0; i < count; i++) {
        slugs[i] = store->len;
        buf_text(store, "armed/");
        for (const char *c = rows[i].name; *c; c++) {
            char lower = (char)(*c == '_' ? '-' : tolower((unsigned char)*c));
            buf_add(store, &lower, 1);
        }
        buf_add(store, "", 1);
        cases[i] = (struct case_def){.clauses = clauses_of(rows[i].name),
                                     .title = rows[i].description,
                                     .text = rows[i].name,
                                     .run = run_armed,
                                     .flags = NEEDS_ARMING};
    }
    for (size_t i = 0; i < count; i++)
        cases[i].slug = buf_str(store) + slugs[i];
    return count;
}

const struct suite_maker suite_armed = {"armed", "Every code of the table", true, make_armed};
