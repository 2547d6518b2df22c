/* service_choice: each documented value, their neighbours, and text that is no decimal integer. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <stdio.h>
#include <string.h>

#define OUTSIDE(slug_, number, revisions_)                                                         \
    CASE("choice/outside-" slug_, number " is none of the values", TEXT(change_choice, number),    \
         EXPECTS(INVALID), .revisions = revisions_)
#define NO_INTEGER(slug_, text_)                                                                   \
    CASE("choice/text-" slug_, "\"" text_ "\" is no decimal integer", TEXT(change_choice, text_),  \
         EXPECTS(INVALID))
#define STRICT(slug_, text_, title_)                                                               \
    CASE("choice/strict-" slug_, title_, TEXT(change_choice, text_), EXPECTS(INVALID))

#define LETTERS                                                                                    \
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxabcdefghijklmnopqrstuvwxyzabcdefghijklmnop" \
    "qrstuvwxabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxabcdefghijklmnopqrstuvwxyzabcdefgh" \
    "ijklmnopqrstuvwx"

CHANGE(with_nul)
{
    struct part *part = request_part(request, "service_choice");
    part->body = "100\0";
    part->body_len = 4;
}

/* A value that can be shown stands in the message as it was sent. */
static void shows_choice(struct test *test, const struct answer *answer)
{
    static const struct {
        const char *number;
        unsigned revisions;
    } values[] = {
#define AILAB_EXPRESSION_WITNESS(number, slug_, label, revisions_) {#number, revisions_},
#include "witness/expressions.def"
    };
    const char *message = answer->message ? answer->message : "";
    if (!strstr(message, test->def->argument.text))
        test_fail(test, "error_detail.message with the value that was sent", "%s", message);
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        char word[16];
        snprintf(word, sizeof word, " %s", values[i].number);
        const char *at = strstr(message, word);
        while (at && strchr("0123456789", at[strlen(word)]) && at[strlen(word)])
            at = strstr(at + 1, word);
        if (revision_is_in(test->session->revision, values[i].revisions) && !at)
            test_fail(test, "error_detail.message with each value that is taken",
                      "%s is missing from \"%s\"", values[i].number, message);
    }
}

#define AILAB_EXPRESSION_WITNESS(number, slug_, label, revisions_)                                 \
    CASE("choice/value-" #number, #number " is taken", TEXT(change_choice, #number),               \
         .revisions = revisions_, ALSO(choice_decimal_text)),
static const struct case_def cases[] = {
    CLAUSE(choice_values, "service_choice takes each documented value of the revision."),
#include "witness/expressions.def"
    CLAUSE(error_choice_scope,
           "A service_choice outside the scope is refused with ERROR_INVALID_PARAMETER."),
    OUTSIDE("0", "0", SINCE(2025_09)),
    OUTSIDE("1", "1", SINCE(2025_09)),
    OUTSIDE("2", "2", SINCE(2025_09)),
    OUTSIDE("3", "3", SINCE(2025_09)),
    OUTSIDE("4", "4", 0),
    OUTSIDE("9", "9", 0),
    OUTSIDE("10", "10", BEFORE(1_0_1)),
    OUTSIDE("12", "12", BEFORE(1_0_1)),
    OUTSIDE("16", "16", BEFORE(1_0_1)),
    OUTSIDE("17", "17", 0),
    OUTSIDE("99", "99", 0),
    OUTSIDE("101", "101", 0),
    OUTSIDE("1000", "1000", 0),
    OUTSIDE("minus-1", "-1", 0),
    OUTSIDE("minus-100", "-100", 0),
    OUTSIDE("2-to-31", "2147483648", 0),
    OUTSIDE("2-to-32-and-100", "4294967396", 0),
    /* 100 after a wrap at 32 bits */
    OUTSIDE("2-to-64-and-100", "18446744073709551716", 0),
    CLAUSE(
        error_choice_not_integer,
        "A service_choice that is not a decimal integer is refused with ERROR_INVALID_PARAMETER."),
    NO_INTEGER("word", "abc"),
    NO_INTEGER("label", "Opening eyes"),
    NO_INTEGER("slug", "opening-eyes"),
    NO_INTEGER("fraction", "100.5"),
    NO_INTEGER("zero-fraction", "100.0"),
    NO_INTEGER("hexadecimal", "0x64"),
    NO_INTEGER("tail", "100abc"),
    NO_INTEGER("list", "100,100"),
    NO_INTEGER("json-list", "[100]"),
    NO_INTEGER("true", "true"),
    NO_INTEGER("null", "null"),
    NO_INTEGER("nan", "NaN"),
    CASE("choice/text-hostile", "control characters, quotes and bytes that are no UTF-8",
         TEXT(change_choice, "\x01\x1b[31m\x1f\x7f\"\\\xff\xc3"), EXPECTS(INVALID)),
    CASE("choice/text-long", "four hundred letters", TEXT(change_choice, LETTERS LETTERS),
         EXPECTS(INVALID)),
    CLAUSE(error_shows_choice, "error_detail.message shows a service_choice that is refused, and "
                               "lists the values that are taken."),
    CASE("choice/shown-number", "the message shows 17", TEXT(change_choice, "17"), EXPECTS(INVALID),
         .check = shows_choice),
    CASE("choice/shown-text", "the message shows a text", TEXT(change_choice, "a smile ~/z"),
         EXPECTS(INVALID), .check = shows_choice),
    CASE("choice/shown-letter", "the message shows a letter", TEXT(change_choice, "x"),
         EXPECTS(INVALID), .check = shows_choice),
    CLAUSE(error_choice_strict_text,
           "White space, a sign, a leading zero or an exponent in service_choice is refused."),
    STRICT("space-before", " 100", "a space before 100"),
    STRICT("space-after", "100 ", "a space behind 100"),
    STRICT("only-space", " ", "a space alone"),
    STRICT("tab", "\t100", "a tab before 100"),
    STRICT("line-end", "100\r\n", "a line end behind 100"),
    STRICT("plus", "+100", "a plus sign"),
    STRICT("leading-zero", "0100", "a leading zero"),
    STRICT("two-zeros", "00", "two zeros"),
    STRICT("exponent", "1e2", "an exponent"),
    STRICT("quotes", "\"100\"", "100 in quotes"),
    STRICT("full-width", "\xef\xbc\x91\xef\xbc\x90\xef\xbc\x90", "full-width digits"),
    CASE("choice/strict-nul", "a NUL behind 100", .change = with_nul, EXPECTS(INVALID)),
};

SUITE(choice, "service_choice");
