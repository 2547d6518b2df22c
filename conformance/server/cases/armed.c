/* The error codes that a request cannot cause: the suite asks the target for each by the key
 * mock!CODE. Status and description are those of the table of the revision's date. */
#include "cases/suites.h"
#include "engine/test.h"
#include "judge/error_table.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void look_at_code(struct test *test, const struct answer *answer,
                         const struct error_row *row, int status)
{
    const char *text = cJSON_GetStringValue(answer_field(answer->detail, "code_message"));
    struct buf expected = {0}, actual = {0};
    buf_printf(&expected, "%d %s: %s", status, row->name, row->description);
    if (answer->http.status != status || !answer->code || strcmp(answer->code, row->name) != 0) {
        answer_describe(&actual, answer);
        test_fail(test, buf_str(&expected), "%s", buf_str(&actual));
    } else if (!text || strcmp(text, row->description) != 0) {
        test_blame(test, CLAUSE_error_table_text, buf_str(&expected), "%d %s: %s", status,
                   row->name, text ? text : "no code_message");
    }
    buf_clear(&expected);
    buf_clear(&actual);
}

RUN(run_armed)
{
    struct request request;
    struct exchange exchange = {0};
    const struct error_row *row = def->argument.row;
    if (!test_good(&request, test))
        return;
    snprintf(request.store, sizeof request.store, "mock!%s", row->name);
    request.key = request.store;
    if (test_ask(&exchange, test, &request))
        look_at_code(test, &exchange.answer, row, error_row_status(row, test->session->revision));
    exchange_clear(&exchange);
}

/* Another clause is about some of the codes. */
static enum clause_id clause_about(const char *code)
{
    static const struct {
        const char *code;
        enum clause_id clause;
    } rows[] = {
        {"ERROR_NO_FACE_IN_FILE", CLAUSE_no_face},
        {"ERROR_USER_LOCKED", CLAUSE_account_locked},
        {"ERROR_NOT_ENOUGH_CREDITS", CLAUSE_credits_exhausted},
        {"EXCEEDING_LIMITS", CLAUSE_rate_exceeded},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].code, code) == 0)
            return rows[i].clause;
    return CLAUSE_NONE;
}

static void make_armed(struct catalogue *out)
{
    size_t count = 0;
    const struct error_row *rows = error_table(&count);
    for (size_t i = 0; i < count; i++) {
        struct buf name = {0};
        for (const char *c = rows[i].name; *c; c++) {
            char lower = (char)(*c == '_' ? '-' : tolower((unsigned char)*c));
            buf_add(&name, &lower, 1);
        }
        catalogue_add(out,
                      &(struct case_def){.slug = catalogue_text(out, "armed/%s", buf_str(&name)),
                                         .title = rows[i].description,
                                         .clauses = {CLAUSE_error_table, CLAUSE_error_table_text,
                                                     clause_about(rows[i].name)},
                                         .argument.row = &rows[i],
                                         .run = run_armed,
                                         .flags = NEEDS_ARMING});
        buf_clear(&name);
    }
}

const struct suite suite_armed = {"armed", "Every code of the table", true, NULL, 0, make_armed};
