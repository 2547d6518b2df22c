/* How a form may be written, and how not: the boundary, the headers of a part, the lines between
 * the parts. What one reader takes for a field and another for data lets a file add fields. Each
 * request would succeed or miss its image_target, were it not for the one thing. */
#include "cases/changes.h"
#include "cases/suites.h"
#include <stdio.h>
#include <string.h>

CHANGE(quoted)
{
    snprintf(request->store, sizeof request->store, "multipart/form-data; boundary=\"%s\"",
             request->boundary);
    request->content_type = request->store;
}

CHANGE(padding)
{
    request->padding = def->argument.text;
}

/* The two bytes are the line end behind the closing delimiter. */
CHANGE(without_last_line_end)
{
    request->cut = 2;
}

/* In a part of its own, as what the picture holds is not ours to say. */
CHANGE(note)
{
    const char *text = def->argument.text;
    request_add_part(request,
                     &(struct part){.name = "note", .body = text, .body_len = strlen(text)});
}

CHANGE(body_by_x)
{
    request_raw_body(request, "multipart/form-data; boundary=x", def->argument.text);
}

CHANGE(gzip)
{
    request_add_header(request, "Content-Encoding", "gzip");
}

#define TYPE "multipart/form-data"
#define BOUNDARY "------------------------5f0c1d3a9b7e2846" /* of the good request */
#define DISPOSITION "Content-Disposition: form-data; "
#define CHOICE "name=\"service_choice\""
#define TEN(text) text text text text text text text text text text
/* A whole form by the boundary x without an image_target, but for its ends. */
#define FIELD DISPOSITION CHOICE "\r\n\r\n12"

CHANGE(nul_in_head)
{
    static const char body[] = "--x\r\nX-Note: a\0b\r\n" FIELD "\r\n--x--\r\n";
    request_raw_body(request, "multipart/form-data; boundary=x", body);
    request->raw_body_len = sizeof body - 1;
}

#define READ(slug_, title_, change_, text_) CASE("form/" slug_, title_, TEXT(change_, text_))
#define REFUSED(slug_, title_, change_, text_)                                                     \
    CASE("form/" slug_, title_, TEXT(change_, text_), EXPECTS(MULTIPART))
#define TYPE_REFUSED(slug_, title_, parameters)                                                    \
    REFUSED("type-" slug_, title_, change_content_type, TYPE parameters)
#define HEAD_REFUSED(slug_, title_, head)                                                          \
    REFUSED("head-" slug_, title_, change_choice_head, head "\r\n")
#define BODY_REFUSED(slug_, title_, body) REFUSED("body-" slug_, title_, body_by_x, body)

static const struct case_def cases[] = {
    CLAUSE(form_syntax, "A form that RFC 2046 and RFC 7578 allow is understood, however its "
                        "boundary, its headers and its lines are written."),
    READ("type-blanks", "blanks around the semicolons of Content-Type", change_content_type,
         TYPE " ;  boundary=" BOUNDARY " ; charset=utf-8"),
    READ("type-quoted-blanks", "blanks around a quoted boundary", change_content_type,
         TYPE " ; boundary=\"" BOUNDARY "\" ; charset=\"utf-8\""),
    READ("type-empty-parameters", "empty parameters around the boundary", change_content_type,
         TYPE ";; boundary=" BOUNDARY ";;"),
    READ("type-other-parameter", "a parameter with a quoted semicolon before the boundary",
         change_content_type, TYPE "; note=\"a; boundary=b\"; boundary=" BOUNDARY),
    CASE("form/boundary-characters", "every punctuation that RFC 2046 allows, in quotes",
         TEXT(change_boundary, "Az09'()+_,-./:=? z"), .then = quoted),
    READ("head-blanks", "blanks around the semicolons of a part header", change_choice_head,
         "Content-Disposition: \t form-data ; \t " CHOICE " ; \r\n"),
    READ("head-blanks-unquoted", "blanks around a name without quotes", change_choice_head,
         DISPOSITION " name=service_choice ; size=3\r\n"),
    READ("head-empty-parameters", "empty parameters of a part header", change_choice_head,
         DISPOSITION "; " CHOICE ";;\r\n"),
    READ("head-other-parameters", "further parameters, one with a quoted semicolon",
         change_choice_head, DISPOSITION "size=3; note=\"a; name=b\"; " CHOICE "; names=c\r\n"),
    READ("head-empty-value", "a part header without a value", change_choice_head,
         "X-Note:\r\n" DISPOSITION CHOICE "\r\n"),
    READ("head-folded", "a part header on two lines", change_choice_head,
         "Content-Disposition: form-data;\r\n " CHOICE "\r\n"),
    READ("head-folded-thrice", "a part header on four lines, by tabs", change_choice_head,
         "Content-Disposition:\r\n\tform-data;\r\n\t" CHOICE ";\r\n\tsize=3\r\n"),
    READ("head-folded-type", "a folded Content-Type of the file", change_file_head,
         DISPOSITION "name=\"image_target\"; filename=\"p.jpg\"\r\n"
                     "Content-Type: image/jpeg;\r\n name=\"p.jpg\"\r\n"),
    READ("head-many", "forty part headers", change_choice_head,
         TEN("X-Note: a\r\nX-Note: b\r\nX-Note: c\r\nX-Note: d\r\n") DISPOSITION CHOICE "\r\n"),
    READ("head-long", "a part header of four thousand characters", change_choice_head,
         "X-Note: " TEN(TEN(TEN("abcd"))) "\r\n" DISPOSITION CHOICE "\r\n"),
    READ("file-name-backslash", "a file name that ends in an escaped backslash", change_file_name,
         "p.jpg\\\\"),

    CLAUSE(form_delimiters, "A delimiter of a form is a whole line: two dashes, the boundary, then "
                            "only blanks; any other line is data."),
    READ("delimiter-blank", "a blank behind each boundary", padding, " "),
    READ("delimiter-blanks", "tabs and blanks behind each boundary", padding, "\t \t"),
    READ("preamble-empty-line", "an empty line before the first boundary", change_preamble, "\r\n"),
    READ("preamble-alike", "the boundary within a line of the preamble", change_preamble,
         "see --" BOUNDARY "\r\n--" BOUNDARY "x\r\n"),
    READ("epilogue-alike", "a part behind the closing boundary", change_epilogue,
         "--" BOUNDARY "\r\n" DISPOSITION CHOICE "\r\n\r\n15\r\n--" BOUNDARY "--\r\n"),
    READ("close-at-end", "no line end behind the closing boundary", without_last_line_end, NULL),
    READ("data-within-line", "the boundary within a line of a field", note,
         "see --" BOUNDARY "--\r\n" DISPOSITION CHOICE "\r\n\r\n15"),
    READ("data-behind-line-feed", "the boundary behind a bare LF", note,
         "see\n--" BOUNDARY "--\r\n" DISPOSITION CHOICE "\r\n\r\n15"),
    READ("data-longer", "a boundary that goes on, in a field", note,
         "see\r\n--" BOUNDARY "x\r\n" DISPOSITION CHOICE "\r\n\r\n15"),
    READ("data-text-behind", "a boundary with text behind its blanks, in a field", note,
         "see\r\n--" BOUNDARY " x\r\n" DISPOSITION CHOICE "\r\n\r\n15"),
    READ("data-one-dash", "a boundary with one dash behind it, in a field", note,
         "see\r\n--" BOUNDARY "-\r\n" DISPOSITION CHOICE "\r\n\r\n15"),
    READ("data-shorter", "a boundary that ends early, in a field", note,
         "see\r\n------------------------5f0c1d3a9b7e284\r\n--\r\n\r\n"),
    CASE("form/no-field", "a closing boundary alone: a form without fields",
         TEXT(body_by_x, "--x--\r\n"), EXPECTS(MISSING)),

    CLAUSE(form_ambiguous, "A form that the readers in use take apart differently is 400 "
                           "ERROR_PARAMETERS."),
    TYPE_REFUSED("twice", "two boundaries", "; boundary=" BOUNDARY "; boundary=x"),
    TYPE_REFUSED("extended", "boundary* beside boundary",
                 "; boundary=" BOUNDARY "; boundary*=utf-8''x"),
    TYPE_REFUSED("extended-before", "BOUNDARY* before boundary",
                 "; BOUNDARY*=utf-8''x; boundary=" BOUNDARY),
    TYPE_REFUSED("continued", "boundary*0 beside boundary",
                 "; boundary=" BOUNDARY "; boundary*0=x"),
    TYPE_REFUSED("blank-before-equals", "a blank before the = of the boundary",
                 "; boundary =" BOUNDARY),
    TYPE_REFUSED("blank-behind-equals", "a blank behind the = of the boundary",
                 "; boundary= " BOUNDARY),
    TYPE_REFUSED("quote-open", "a boundary whose quotes do not close", "; boundary=\"" BOUNDARY),
    TYPE_REFUSED("quote-tail", "text behind the quotes of the boundary",
                 "; boundary=\"" BOUNDARY "\"x"),
    TYPE_REFUSED("quote-within", "quotes around a part of the boundary",
                 "; boundary=\"----\"--------------------5f0c1d3a9b7e2846"),
    TYPE_REFUSED("two-words", "two words as the boundary", "; boundary=" BOUNDARY " x"),
    TYPE_REFUSED("no-equals", "a parameter without a value", "; boundary=" BOUNDARY "; charset"),
    TYPE_REFUSED("no-parameter-name", "a parameter without a name", "; =x; boundary=" BOUNDARY),
    TYPE_REFUSED("no-semicolon", "no semicolon before the boundary", " boundary=" BOUNDARY),
    REFUSED("type-hostile", "bytes that are no UTF-8 in Content-Type", change_content_type,
            "text/\xff\"\xc3; boundary=" BOUNDARY),
    TYPE_REFUSED("longer", "multipart/form-data2", "2; boundary=" BOUNDARY),
    CASE("form/boundary-escape", "an escaped character in a quoted boundary",
         TEXT(change_boundary, "a\\(b"), .then = quoted, EXPECTS(MULTIPART)),
    CASE("form/boundary-escape-first", "an escaped character at the beginning of a quoted boundary",
         TEXT(change_boundary, "\\(ab"), .then = quoted, EXPECTS(MULTIPART)),
    CASE("form/boundary-escape-last", "an escaped backslash at the end of a quoted boundary",
         TEXT(change_boundary, "ab\\\\"), .then = quoted, EXPECTS(MULTIPART)),
    CASE("form/boundary-blank-last", "a quoted boundary that ends in a blank",
         TEXT(change_boundary, "ab "), .then = quoted, EXPECTS(MULTIPART)),
    REFUSED("boundary-unquoted", "a boundary that needs quotes and has none", change_boundary,
            "a@b"),
    REFUSED("boundary-unquoted-first", "a bracket at the beginning of a boundary without quotes",
            change_boundary, "[ab"),
    REFUSED("boundary-not-ascii", "a boundary beyond ASCII", change_boundary, "a\xc3\xb6z"),
    REFUSED("boundary-over-long", "a boundary of two thousand characters", change_boundary,
            TEN(TEN("01234567890123456789"))),
    HEAD_REFUSED("name-twice", "two names", DISPOSITION CHOICE "; name=\"note\""),
    HEAD_REFUSED("name-extended", "name* beside name", DISPOSITION CHOICE "; name*=utf-8''note"),
    HEAD_REFUSED("name-extended-before", "NAME* before name",
                 DISPOSITION "NAME*=utf-8''note; " CHOICE),
    HEAD_REFUSED("name-continued", "name*0 beside name", DISPOSITION CHOICE "; name*0=note"),
    HEAD_REFUSED("name-extended-alone", "name* alone", DISPOSITION "name*=utf-8''service_choice"),
    HEAD_REFUSED("name-blank-before-equals", "a blank before the = of the name",
                 DISPOSITION "name =\"service_choice\""),
    HEAD_REFUSED("name-quote-open", "a name whose quotes do not close",
                 DISPOSITION "name=\"service_choice"),
    HEAD_REFUSED("name-quote-escaped", "a name whose closing quote is escaped",
                 DISPOSITION "name=\"service_choice\\\""),
    HEAD_REFUSED("name-quote-tail", "text behind the quotes of the name", DISPOSITION CHOICE "x"),
    HEAD_REFUSED("name-quote-within", "quotes around a part of the name",
                 DISPOSITION "name=service\"_choice\""),
    HEAD_REFUSED("name-two-words", "two words as the name", DISPOSITION "name=service_choice x"),
    HEAD_REFUSED("quote-alone", "a parameter that is an opening quote",
                 DISPOSITION CHOICE "; note=\""),
    HEAD_REFUSED("parameter-no-equals", "a parameter without a value", DISPOSITION CHOICE "; note"),
    HEAD_REFUSED("parameter-no-name", "a parameter without a name", DISPOSITION "=a; " CHOICE),
    HEAD_REFUSED("parameter-no-token", "a bracket before the name of a parameter",
                 DISPOSITION "[note=b; " CHOICE),
    HEAD_REFUSED("no-token", "a bracket before the name of a part header",
                 "[X-Note: a\r\n" DISPOSITION CHOICE),
    HEAD_REFUSED("parameter-two-words", "a blank in the name of a parameter",
                 DISPOSITION "a note=b; " CHOICE),
    HEAD_REFUSED("quote-on-two-lines", "a quoted value that is folded",
                 DISPOSITION "note=\"a\r\n b\"; " CHOICE),
    HEAD_REFUSED("control", "a control character in the disposition",
                 DISPOSITION CHOICE "; note=a\x01z"),
    HEAD_REFUSED("delete", "a DEL in a quoted value of the disposition",
                 DISPOSITION "note=\"a\x7f\"; " CHOICE),
    HEAD_REFUSED("type-control", "a control character in the Content-Type of a part",
                 DISPOSITION CHOICE "\r\nContent-Type: text/\x1fplain"),
    HEAD_REFUSED("bare-cr", "a bare CR in a part header", DISPOSITION "note=a\rb; " CHOICE),
    HEAD_REFUSED("bare-lf", "a part header that ends in a bare LF",
                 "X-Note: a\n" DISPOSITION CHOICE),
    HEAD_REFUSED("empty-line-lf", "a bare LF as the empty line behind the part headers",
                 DISPOSITION CHOICE "\r\n\nX-Note: a"),
    HEAD_REFUSED("blank-before-colon", "a blank before the colon of a part header",
                 "Content-Disposition : form-data; " CHOICE),
    HEAD_REFUSED("no-colon", "a part header without a colon", DISPOSITION CHOICE "\r\nX-Note"),
    HEAD_REFUSED("no-colon-hostile", "the same, with control characters and no UTF-8",
                 DISPOSITION CHOICE "\r\nX-N\x1b\x1f\x7f\"\xff"),
    HEAD_REFUSED("no-colon-long", "the same, of four hundred characters",
                 DISPOSITION CHOICE "\r\n" TEN(TEN("abcd"))),
    HEAD_REFUSED("no-name", "a part header without a name", ": a\r\n" DISPOSITION CHOICE),
    HEAD_REFUSED("fold-first", "a part that begins with a folded line",
                 " X-Note: a\r\n" DISPOSITION CHOICE),
    HEAD_REFUSED("attachment", "an attachment with the name of a field",
                 "Content-Disposition: attachment; " CHOICE),
    HEAD_REFUSED("attachment-no-name", "an attachment without a name",
                 "Content-Disposition: attachment; filename=\"a.txt\""),
    HEAD_REFUSED("no-type", "a disposition that begins with the name",
                 "Content-Disposition: " CHOICE "; size=3"),
    HEAD_REFUSED("twice", "two dispositions that disagree",
                 DISPOSITION CHOICE "\r\n" DISPOSITION "name=\"note\""),
    REFUSED("file-name-twice", "two file names", change_file_head,
            DISPOSITION "name=\"image_target\"; filename=\"a.jpg\"; filename=\"b.jpg\"\r\n"),
    REFUSED("file-name-extended-twice", "two filename*", change_file_head,
            DISPOSITION "name=\"image_target\"; filename*=utf-8''a; filename*=utf-8''b\r\n"),
    BODY_REFUSED("lf-first", "a first boundary that ends in a bare LF",
                 "--x\n" FIELD "\r\n--x--\r\n"),
    BODY_REFUSED("lf-next", "a further boundary that ends in a bare LF",
                 "--x\r\n" FIELD "\r\n--x\n" DISPOSITION "name=\"a\"\r\n\r\n1\r\n--x--\r\n"),
    BODY_REFUSED("lf-before-close", "a bare LF before the closing boundary",
                 "--x\r\n" FIELD "\n--x--\r\n"),
    BODY_REFUSED("no-data", "a part whose empty line is followed by a boundary at once",
                 "--x\r\n" DISPOSITION CHOICE "\r\n\r\n--x--\r\n"),
    BODY_REFUSED("ends-in-boundary", "a body that ends within the closing boundary",
                 "--x\r\n" FIELD "\r\n--x-"),
    BODY_REFUSED("ends-behind-boundary", "a body that ends behind a boundary",
                 "--x\r\n" FIELD "\r\n--x\r\n"),
    BODY_REFUSED("ends-in-head", "a body that ends in a part header",
                 "--x\r\n" FIELD "\r\n--x\r\n" DISPOSITION "name=\"a\""),
    BODY_REFUSED("ends-in-fold", "a body that ends in a folded part header",
                 "--x\r\n" FIELD "\r\n--x\r\n" DISPOSITION "name=\"a\"\r\n x"),
    BODY_REFUSED("ends-behind-head", "a body that ends behind a part header",
                 "--x\r\n" FIELD "\r\n--x\r\n" DISPOSITION "name=\"a\"\r\n"),
    BODY_REFUSED("empty-head", "a part without headers",
                 "--x\r\n" FIELD "\r\n--x\r\n\r\n1\r\n--x--\r\n"),
    CASE("form/head-nul", "a NUL in a part header", .change = nul_in_head, EXPECTS(MULTIPART)),
    CASE("form/coded", "a form that a reader of its Content-Encoding would not see",
         TEXT(change_preamble, "not compressed\r\n"), .then = gzip, EXPECTS(MULTIPART)),
};

SUITE(form, "How a form is written");
