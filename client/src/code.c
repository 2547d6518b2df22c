/* The names of the contract and of this library: error codes, expressions, outcomes. The tables
 * under fixtures/contract hold the contract's names; this file repeats none of them. */
#include "code.h"
#include "ailab.h"
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    const char *description;
    int status;
} codes[] = {
    [AILAB_CODE_NONE] = {"", "", 0},
    [AILAB_CODE_UNKNOWN] = {"UNKNOWN", "", 0},
#define AILAB_ERROR(number, name, status_2025_09, status_2026_01, endpoint, seen, description)     \
    [AILAB_CODE_##name] = {#name, description, status_2026_01},
#include "contract/errors.def"
};

/* Only the order of the revisions matters here. */
enum revision {
#define AILAB_REVISION(id, name, envelope, choice, statuses, summary) id,
#include "contract/revisions.def"
    REVISIONS,
};

#define CURRENT_REVISION R2026_01 /* the documented page with today's statuses */

/* Sets of revisions, as bits. */
#define SINCE(id) (~0U << (id))
#define BEFORE(id) ((1U << (id)) - 1)

static const struct ailab_expression expressions[] = {
#define AILAB_EXPRESSION(number, slug, label, revisions)                                           \
    {number, slug, label, ((revisions) >> CURRENT_REVISION & 1) != 0},
#include "contract/expressions.def"
};

#define CODES (sizeof codes / sizeof *codes)
#define EXPRESSIONS (sizeof expressions / sizeof *expressions)

/* A number that no row has is a code that this library does not know. */
static enum ailab_code known(enum ailab_code code)
{
    return (size_t)code < CODES && codes[code].name ? code : AILAB_CODE_UNKNOWN;
}

const char *ailab_code_name(enum ailab_code code)
{
    return codes[known(code)].name;
}

const char *ailab_code_description(enum ailab_code code)
{
    return codes[known(code)].description;
}

int ai_code_status(enum ailab_code code)
{
    return codes[known(code)].status;
}

enum ailab_code ailab_code_find(const char *name)
{
    if (!name || !*name)
        return AILAB_CODE_NONE;
    for (size_t i = AILAB_CODE_UNKNOWN + 1; i < CODES; i++) {
        if (codes[i].name && !strcmp(codes[i].name, name))
            return (enum ailab_code)i;
    }
    return AILAB_CODE_UNKNOWN;
}

const struct ailab_expression *ailab_expressions(size_t *count_out)
{
    if (count_out)
        *count_out = EXPRESSIONS;
    return expressions;
}

const struct ailab_expression *ai_expression_by_number(int number)
{
    for (size_t i = 0; i < EXPRESSIONS; i++) {
        if (expressions[i].number == number)
            return &expressions[i];
    }
    return NULL;
}

/* Plain decimal, as it goes over the wire: no sign, no leading zero, no white space. */
static int plain_number(const char *text)
{
    int number = 0;
    size_t size = strspn(text, "0123456789");
    if (size == 0 || size > 4 || text[size] || (size > 1 && *text == '0'))
        return -1;
    for (; *text; text++)
        number = number * 10 + (*text - '0');
    return number;
}

const struct ailab_expression *ailab_expression_find(const char *text)
{
    if (!text)
        return NULL;
    for (size_t i = 0; i < EXPRESSIONS; i++) {
        if (!strcasecmp(expressions[i].slug, text) || !strcasecmp(expressions[i].label, text))
            return &expressions[i];
    }
    return ai_expression_by_number(plain_number(text));
}

const char *ailab_error_name(enum ailab_error error)
{
    static const char *const names[] = {
        [AILAB_OK] = "ok",
        [AILAB_REFUSED] = "refused",
        [AILAB_ARGUMENT] = "argument",
        [AILAB_PREFLIGHT] = "preflight",
        [AILAB_FILE] = "file",
        [AILAB_NO_MEMORY] = "no-memory",
        [AILAB_UNREACHABLE] = "unreachable",
        [AILAB_TIMEOUT] = "timeout",
        [AILAB_CANCELLED] = "cancelled",
        [AILAB_BAD_ANSWER] = "bad-answer",
    };
    return (size_t)error < sizeof names / sizeof *names ? names[error] : "unknown";
}

const char *ailab_version(void)
{
    return AILAB_VERSION_STRING;
}
