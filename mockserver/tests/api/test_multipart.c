/* Tests of the multipart parser: what real clients send is read, what hostile ones send is refused
 * with a reason that names the fault, and no input makes it read or return a byte outside of what
 * it was given. What the fields mean is not its business and not tested here. */
#include "api/multipart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define TYPE_TEXT "multipart/form-data; "
#define TYPE(parameters) BYTES(TYPE_TEXT parameters)
#define FORM "Content-Disposition: form-data; "
#define PART(parameters, value) "--X\r\n" FORM parameters "\r\n\r\n" value "\r\n"
#define FIELD(name, value) PART("name=\"" name "\"", value)
#define FILE_HEAD "--X\r\n" FORM "name=\"image_target\"; filename=\"file\"\r\n"
#define START "--X\r\n" FORM "name=a\r\n\r\n"
#define END "--X--"
#define SEVENTY "1234567890123456789012345678901234567890123456789012345678901234567890"
#define DASHES "----------------------------------------------------------------------"
#define PICTURE "\xff\xd8\xff\x00\r\n\x1a\n\xff\xd9"

/* ---- Helpers ---- */

/* Memory with a forbidden page on either side, so that one byte too far is a crash. */
struct fence {
    char *map;
    size_t page, room;
};

static void fence_init(struct fence *fence, size_t room)
{
    fence->page = (size_t)sysconf(_SC_PAGESIZE);
    fence->room = (room + fence->page - 1) / fence->page * fence->page;
    fence->map =
        mmap(NULL, fence->room + 2 * fence->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(fence->map != MAP_FAILED);
    assert_int_equal(mprotect(fence->map + fence->page, fence->room, PROT_READ | PROT_WRITE), 0);
}

static void fence_clear(struct fence *fence)
{
    assert_int_equal(munmap(fence->map, fence->room + 2 * fence->page), 0);
}

/* A copy that ends right before the second forbidden page, or begins right after the first. */
static struct slice fence_put(const struct fence *fence, struct slice text, bool at_end)
{
    char *place = fence->map + fence->page + (at_end ? fence->room - text.len : 0);
    assert_true(text.len <= fence->room);
    if (text.len)
        memcpy(place, text.ptr, text.len);
    return slice_make(place, text.len);
}

static bool lies_inside(struct slice inner, struct slice outer)
{
    if (!inner.ptr)
        return inner.len == 0;
    return inner.ptr >= outer.ptr && inner.len <= outer.len &&
           (size_t)(inner.ptr - outer.ptr) <= outer.len - inner.len;
}

/* NULL, or what is wrong with a reason given to a client. */
static const char *fault_of_reason(const char *why)
{
    size_t len = strnlen(why, MULTIPART_WHY_SIZE);
    if (len == 0 || len == MULTIPART_WHY_SIZE)
        return "the reason is empty or not ended";
    for (size_t i = 0; i < len; i++)
        if (why[i] < 0x20 || why[i] == 0x7f)
            return "the reason holds a raw control character or byte beyond ASCII";
    return NULL;
}

/* NULL, or which promise of multipart.h a parsed form breaks. */
static const char *fault_of_form(const struct multipart *form, struct slice body,
                                 struct slice boundary)
{
    if (form->count > MULTIPART_PARTS_MAX || form->kept > MULTIPART_KEPT_MAX ||
        form->kept > form->count)
        return "more parts than there may be";
    for (size_t i = 0; i < form->kept; i++) {
        const struct multipart_part *part = &form->parts[i];
        if (!lies_inside(part->name, body) || !lies_inside(part->file_name, body) ||
            !lies_inside(part->content_type, body) || !lies_inside(part->body, body))
            return "a slice lies outside of the body";
        if (!part->name.ptr || !part->body.ptr)
            return "a part lacks its name or body";
        if (part->has_file_name != (part->file_name.ptr != NULL))
            return "has_file_name is wrong";
        const char *end = part->body.ptr + part->body.len;
        struct slice rest = slice_make(end, (size_t)(body.ptr + body.len - end));
        if (rest.len < 4 + boundary.len || memcmp(end, "\r\n--", 4) != 0 ||
            memcmp(end + 4, boundary.ptr, boundary.len) != 0)
            return "a part does not end at a delimiter";
    }
    return NULL;
}

static const char *const fields[] = {"image_target", "service_choice", NULL};

/* Parses and checks every promise that holds for any input. */
static bool parse_checked(struct multipart *form, struct slice body, struct slice boundary,
                          char why[MULTIPART_WHY_SIZE])
{
    memset(why, 0, MULTIPART_WHY_SIZE);
    bool ok = multipart_parse(form, body, boundary, fields, why);
    const char *fault = ok ? fault_of_form(form, body, boundary) : fault_of_reason(why);
    if (fault)
        fail_msg("%s; reason: \"%s\"", fault, why);
    return ok;
}

/* The parts as text, one "name|file name|type|body" a line; "-" stands for what was not sent. */
static void describe(char *text, size_t size, const struct multipart *form)
{
    struct slice none = slice_of("-");
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < form->kept; i++) {
        const struct multipart_part *part = &form->parts[i];
        struct slice columns[] = {
            part->name,
            part->has_file_name ? part->file_name : none,
            part->content_type.ptr ? part->content_type : none,
            part->body,
        };
        for (size_t k = 0; k < ROWS(columns); k++) {
            assert_true(used + columns[k].len + 2 < size);
            memcpy(text + used, columns[k].ptr, columns[k].len);
            used += columns[k].len;
            text[used++] = k + 1 < ROWS(columns) ? '|' : '\n';
        }
        text[used] = '\0';
    }
}

/* Small, seeded and the same everywhere: a failure comes back. */
static uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* ---- The boundary ---- */

static void multipart_boundary_is_found_when_content_type_is_right(void **state)
{
    (void)state;
    static const struct {
        const char *why, *value, *boundary;
    } rows[] = {
        {"curl", TYPE_TEXT "boundary=------------------------d74496d66958873e",
         "------------------------d74496d66958873e"},
        {"type in capitals", "Multipart/FORM-data; boundary=X", "X"},
        {"parameter name in capitals", TYPE_TEXT "BOUNDARY=X", "X"},
        {"the boundary keeps its case", TYPE_TEXT "boundary=AbC", "AbC"},
        {"quoted", TYPE_TEXT "boundary=\"X\"", "X"},
        {"quoted with a space inside", TYPE_TEXT "boundary=\"a b=(c)?\"", "a b=(c)?"},
        {"all punctuation that may occur", TYPE_TEXT "boundary=\"'()+_,-./:=?\"", "'()+_,-./:=?"},
        {"unquoted with '=', as Java mail sends", TYPE_TEXT "boundary=----=_Part_1_2.3",
         "----=_Part_1_2.3"},
        {"parameter before", TYPE_TEXT "charset=utf-8; boundary=X", "X"},
        {"parameter after", TYPE_TEXT "boundary=X; charset=utf-8", "X"},
        {"quoted parameter with a boundary in it",
         TYPE_TEXT "note=\"; boundary=Y; \\\"\"; boundary=X", "X"},
        {"white space around semicolons", " multipart/form-data \t;\t boundary=X \t;  a=b  ", "X"},
        {"no white space", "multipart/form-data;boundary=X", "X"},
        {"empty parameters", "multipart/form-data;; boundary=X;", "X"},
        {"70 characters", TYPE_TEXT "boundary=" SEVENTY, SEVENTY},
        {"71 characters", TYPE_TEXT "boundary=" SEVENTY "1", SEVENTY "1"},
        {"unquoted characters of a token", TYPE_TEXT "boundary=X!#$%&*^`|~", "X!#$%&*^`|~"},
        {"quoted characters of no token", TYPE_TEXT "boundary=\"a;b{}@[]<>\"", "a;b{}@[]<>"},
        {"a backslash that escapes nothing", TYPE_TEXT "boundary=\"a\\b\"", "a\\b"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char why[MULTIPART_WHY_SIZE] = "";
        struct slice value = slice_of(rows[i].value), out = {NULL, 0};
        bool ok = multipart_boundary(&out, value, why);
        if (!ok || !slice_equal(out, slice_of(rows[i].boundary)) || !lies_inside(out, value))
            fail_msg("%s: got \"%.*s\", reason \"%s\"", rows[i].why, (int)out.len, out.ptr, why);
    }
}

static void multipart_boundary_says_why_when_content_type_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct slice value;
        const char *reason;
    } rows[] = {
        {"none", {NULL, 0}, "no Content-Type; expected multipart/form-data"},
        {"blank", BYTES(" \t "), "no Content-Type"},
        {"JSON", BYTES("application/json; charset=utf-8"),
         "Content-Type is application/json; expected multipart/form-data with a boundary "
         "parameter"},
        {"urlencoded", BYTES("application/x-www-form-urlencoded"),
         "Content-Type is application/x-www-form-urlencoded; expected"},
        {"another multipart", BYTES("multipart/mixed; boundary=X"), "is multipart/mixed;"},
        {"a longer type", BYTES("multipart/form-data2; boundary=X"), "is multipart/form-data2;"},
        {"comma", BYTES("multipart/form-data, boundary=X"), "is multipart/form-data, boundary=X;"},
        {"no boundary", BYTES("multipart/form-data"), "without a boundary"},
        {"only other parameters", TYPE("charset=utf-8; xboundary=X"), "without a boundary"},
        {"extended parameter", TYPE("boundary*=utf-8''X"), "without a boundary"},
        {"empty", TYPE("boundary="), "0 characters; expected 1 to 1024"},
        {"empty in quotes", TYPE("boundary=\"\""), "0 characters"},
        {"1050 characters",
         TYPE("boundary=" SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY
                  SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY SEVENTY),
         "1050 characters; expected 1 to 1024"},
        {"twice", TYPE("boundary=X; boundary=X"), "boundary is given twice; expected once"},
        {"twice in another case", TYPE("boundary=X; Boundary=Y"), "boundary is given twice"},
        {"escape", TYPE("boundary=\"\\(X\""), "holds an escape"},
        {"escaped quote", TYPE("boundary=\"X\\\"Y\""), "the byte 0x22"},
        {"unquoted backslash", TYPE("boundary=X\\Y"), "holds '\\' without quotes"},
        {"unquoted brace", TYPE("boundary=X{Y"), "holds '{' without quotes"},
        {"byte beyond ASCII", TYPE("boundary=\xc3\xa9"), "the byte 0xc3"},
        {"space at the end", TYPE("boundary=\"X \""), "ends in a space"},
        {"unclosed quote", TYPE("boundary=\"X"), "no closing"},
        {"quote closed by an escape", TYPE("boundary=\"X\\\""), "no closing"},
        {"lone backslash at the end", TYPE("boundary=\"X\\"), "no closing"},
        {"text after the quotes", TYPE("boundary=\"X\"Y"), "followed by text"},
        {"space inside", TYPE("boundary=X Y"), "followed by text"},
        {"quote inside", TYPE("boundary=X\"Y\""), "quote inside"},
        {"no equals sign", TYPE("boundary"), "boundary is not of the form"},
        {"space before the equals sign", TYPE("boundary =X"), "not of the form name=value"},
        {"no parameter name", TYPE("=X"), "not of the form"},
        {"malformed neighbour", TYPE("a=\"b; boundary=X"), "parameter a has"},
        {"NUL", TYPE("boundary=X\0Y"), "control character"},
        {"line break", TYPE("boundary=X\r\nA: b"), "control character"},
        {"control characters in the type", BYTES("a\x1b[31m\r\n\x7f\xff/b"), "a?[31m\?\?\?\?/b"},
        {"long type", BYTES("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"),
         "ddddddddddeeeeeeee...; expected"},
    };
    struct fence fence;
    fence_init(&fence, 4096);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char why[MULTIPART_WHY_SIZE] = "";
        struct slice value = fence_put(&fence, rows[i].value, true), out = {NULL, 0};
        if (multipart_boundary(&out, value, why) || !strstr(why, rows[i].reason) ||
            fault_of_reason(why))
            fail_msg("%s: got \"%.*s\", reason \"%s\"", rows[i].why, (int)out.len, out.ptr, why);
    }
    fence_clear(&fence);
}

/* ---- Right bodies ---- */

/* All with the boundary "X". */
static const struct good {
    const char *why;
    struct slice body;
    const char *parts; /* as describe() writes them */
} good[] = {
    {"curl: text, then file",
     BYTES(FIELD("service_choice", "10") FILE_HEAD
           "Content-Type: image/jpeg\r\n\r\njpeg\r\n--X--\r\n"),
     "service_choice|-|-|10\nimage_target|file|image/jpeg|jpeg\n"},
    {"file, then text", BYTES(FILE_HEAD "\r\njpeg\r\n" FIELD("service_choice", "16") END),
     "image_target|file|-|jpeg\nservice_choice|-|-|16\n"},
    {"unquoted name", BYTES(PART("name=service_choice", "10") END), "service_choice|-|-|10\n"},
    {"unquoted name with a trailing semicolon", BYTES(PART("name=service_choice;", "10") END),
     "service_choice|-|-|10\n"},
    {".NET: unquoted, with filename and filename*",
     BYTES(PART("name=image_target; filename=a.jpg; filename*=utf-8''a.jpg", "jpeg") END),
     "image_target|a.jpg|-|jpeg\n"},
    {"filename* alone, as sent",
     BYTES(PART("name=\"i\"; filename*=UTF-8''na%C3%AFve.jpg", "j") END),
     "i|UTF-8''na%C3%AFve.jpg|-|j\n"},
    {"filename wins over filename* in any order",
     BYTES(PART("filename*=UTF-8''b; filename=\"a\"; name=\"i\"", "j") END), "i|a|-|j\n"},
    {"empty file name", BYTES(PART("name=\"i\"; filename=\"\"", "j") END), "i||-|j\n"},
    {"text with a type",
     BYTES(PART("name=\"c\"\r\nContent-Type: \t text/plain; charset=utf-8 \t", "10") END),
     "c|-|text/plain; charset=utf-8|10\n"},
    {"header and parameter names in any case",
     BYTES("--X\r\ncontent-disposition:FORM-Data;NAME=\"c\";FileName=\"f\"\r\nCONTENT-TYPE:a/b"
           "\r\n\r\n10\r\n--X--\r\n"),
     "c|f|a/b|10\n"},
    {"other headers and parameters",
     BYTES("--X\r\nContent-Length: 2\r\nContent-Transfer-Encoding: binary\r\nX-Empty:\r\n" FORM
           "size=2; name=\"c\"; note=\"; name=\\\"d\\\"\"\r\n\r\n10\r\n--X--\r\n"),
     "c|-|-|10\n"},
    {"folded headers",
     BYTES("--X\r\nContent-Disposition:\r\n form-data;\r\n\tname=\"c\"\r\n ;filename=\"f\"\r\n"
           "Content-Type:\r\n a/b\r\n\r\n10\r\n--X--\r\n"),
     "c|f|a/b|10\n"},
    {"path with backslashes", BYTES(PART("name=\"i\"; filename=\"C:\\x\\y.jpg\"", "j") END),
     "i|C:\\x\\y.jpg|-|j\n"},
    {"path with slashes", BYTES(PART("name=\"i\"; filename=/a/b.jpg", "j") END),
     "i|/a/b.jpg|-|j\n"},
    {"escaped quotes of both kinds",
     BYTES(PART("name=\"i\"; filename=\"a\\\"; name=%22b\\\\\"", "j") END),
     "i|a\\\"; name=%22b\\\\|-|j\n"},
    {"raw UTF-8", BYTES(PART("name=\"i\"; filename=\"\xe7\xac\x91 1.jpg\"", "j") END),
     "i|\xe7\xac\x91 1.jpg|-|j\n"},
    {"empty value", BYTES(FIELD("c", "") END), "c|-|-|\n"},
    {"empty name", BYTES(FIELD("", "1") PART("name=", "2") END), "|-|-|1\n|-|-|2\n"},
    {"the same name twice is the caller's affair", BYTES(FIELD("c", "1") FIELD("c", "2") END),
     "c|-|-|1\nc|-|-|2\n"},
    {"no line break at the end", BYTES(FIELD("c", "1") END), "c|-|-|1\n"},
    {"preamble", BYTES("a\r\n--\r\n--Xy\r\n\r\n" FIELD("c", "1") END), "c|-|-|1\n"},
    {"preamble that looks like a delimiter", BYTES("--Xy\r\n" FIELD("c", "1") END), "c|-|-|1\n"},
    {"empty line first", BYTES("\r\n" FIELD("c", "1") END), "c|-|-|1\n"},
    {"epilogue, even of parts", BYTES(FIELD("c", "1") END FIELD("d", "2") "--X\r\n"), "c|-|-|1\n"},
    {"epilogue right after the dashes", BYTES(FIELD("c", "1") "--X--more"), "c|-|-|1\n"},
    {"padding", BYTES("--X \t\r\n" FORM "name=\"c\"\r\n\r\n1\r\n--X-- \t\r\n"), "c|-|-|1\n"},
    {"a form without fields", BYTES(END), ""},
    {"boundary not at a line start", BYTES(FIELD("c", "a--X\r\nb\n--X\r\n\r--X--") END),
     "c|-|-|a--X\r\nb\n--X\r\n\r--X--\n"},
    {"longer boundary", BYTES(FIELD("c", "\r\n--XY\r\n--X-\r\n--X -\r\n--X.") END),
     "c|-|-|\r\n--XY\r\n--X-\r\n--X -\r\n--X.\n"},
    {"line breaks around a value", BYTES(FIELD("c", "\r\n1\r\r\n") END), "c|-|-|\r\n1\r\r\n\n"},
};

static void multipart_parse_reads_what_real_clients_send(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(good); i++) {
        struct multipart form;
        char why[MULTIPART_WHY_SIZE], text[1024];
        if (!parse_checked(&form, good[i].body, slice_of("X"), why))
            fail_msg("%s: refused: %s", good[i].why, why);
        describe(text, sizeof text, &form);
        if (strcmp(text, good[i].parts) != 0)
            print_error("%s:\n", good[i].why);
        assert_string_equal(text, good[i].parts);
    }
}

static void multipart_parse_keeps_every_byte_of_a_picture(void **state)
{
    (void)state;
    static const char body[] = FILE_HEAD "\r\n" PICTURE "\r\n--X--\r\n";
    struct multipart form;
    char why[MULTIPART_WHY_SIZE];
    assert_true(parse_checked(&form, slice_make(body, sizeof body - 1), slice_of("X"), why));
    assert_int_equal(form.count, 1);
    assert_int_equal(form.parts[0].body.len, sizeof(PICTURE) - 1);
    assert_memory_equal(form.parts[0].body.ptr, PICTURE, sizeof(PICTURE) - 1);
}

static void multipart_parse_takes_the_longest_boundary(void **state)
{
    (void)state;
    char body[512], why[MULTIPART_WHY_SIZE];
    int len = snprintf(body, sizeof body, "--%s\r\n" FORM "name=c\r\n\r\n--%.69s\r\n--%s--",
                       SEVENTY, SEVENTY, SEVENTY);
    struct multipart form;
    assert_true(parse_checked(&form, slice_make(body, (size_t)len), slice_of(SEVENTY), why));
    assert_int_equal(form.count, 1);
    assert_int_equal(form.parts[0].body.len, 2 + 69);
}

static void multipart_parse_refuses_every_truncation_of_a_right_body(void **state)
{
    (void)state;
    struct fence fence;
    fence_init(&fence, 4096);
    for (size_t i = 0; i < ROWS(good); i++) {
        const char *text = good[i].body.ptr, *close = strstr(text, "\r\n" END);
        size_t closed = close ? (size_t)(close - text) + sizeof("\r\n" END) - 1 : sizeof END - 1;
        for (size_t len = 0; len <= good[i].body.len; len++) {
            for (int at_end = 0; at_end < 2; at_end++) {
                struct slice body =
                    fence_put(&fence, slice_make(good[i].body.ptr, len), at_end != 0);
                struct multipart form;
                char why[MULTIPART_WHY_SIZE];
                bool ok = parse_checked(&form, body, slice_of("X"), why);
                if (ok != (len >= closed))
                    fail_msg("%s, cut after %zu of %zu bytes: %s", good[i].why, len,
                             good[i].body.len, ok ? "accepted" : why);
            }
        }
    }
    fence_clear(&fence);
}

/* ---- Wrong bodies ---- */

static void multipart_parse_says_why_when_body_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct slice body;
        const char *reason;
    } rows[] = {
        {"empty", {NULL, 0}, "holds no line \"--X\" ended by CRLF"},
        {"no delimiter", BYTES("service_choice=10"), "holds no line \"--X\""},
        {"another boundary", BYTES("--Y\r\n" FORM "name=c\r\n\r\n1\r\n--Y--\r\n"),
         "Content-Type names"},
        {"only a longer boundary", BYTES("--XY\r\n" FORM "name=c\r\n\r\n1\r\n--XY--"), "no line"},
        {"delimiter and nothing else", BYTES("--X\r\n"), "ends in the headers of part 1"},
        {"headers cut", BYTES("--X\r\n" FORM "name=c\r\n"), "ends in the headers of part 1"},
        {"no closing delimiter", BYTES(FIELD("c", "1") FIELD("d", "2")),
         "ends in part 2; expected the closing delimiter \"--X--\""},
        {"half a closing delimiter", BYTES(FIELD("c", "1") "--X-\r\n"), "expected the closing"},
        {"padding before the closing dashes", BYTES(FIELD("c", "1") "--X --\r\n"),
         "expected the clos"},
        {"next part cut at its delimiter", BYTES(FIELD("c", "1") "--X\r\n"), "headers of part 2"},
        {"bare LF throughout", BYTES("--X\n" FORM "name=c\n\n1\n--X--\n"),
         "the delimiter before part 1 ends in a bare LF; expected CRLF"},
        {"bare LF after a later delimiter",
         BYTES(FIELD("c", "1") "--X\n" FORM "name=d\r\n\r\n2\r\n--X--"),
         "the delimiter after part 1 ends in a bare LF"},
        {"bare LF after a header", BYTES(PART("name=c\nA: b", "1") END),
         "part 1: a header line ends in a bare LF"},
        {"bare LF as the empty line", BYTES("--X\r\n" FORM "name=c\r\n\n1\r\n--X--"), "bare LF"},
        {"zero headers", BYTES("--X\r\n\r\n1\r\n--X--"), "part 1 has no Content-Disposition"},
        {"zero headers, no body", BYTES("--X\r\n\r\n\r\n--X--"),
         "part 1 has no Content-Disposition"},
        {"nothing between delimiters", BYTES("--X\r\n--X--"),
         "part 1: its headers run into a delim"},
        {"empty line shared with the delimiter", BYTES("--X\r\n\r\n--X--"), "part 1"},
        {"no empty line", BYTES(FIELD("c", "1") "--X\r\n" FORM "name=d\r\n--X--"),
         "part 2: its headers run into a delimiter; expected an empty line"},
        {"empty line runs into the closing delimiter", BYTES("--X\r\n" FORM "name=c\r\n\r\n--X--"),
         "part 1: its empty line runs into a delimiter; expected CRLF"},
        {"empty line runs into the next part",
         BYTES("--X\r\n" FORM "name=c\r\n\r\n" FIELD("image_target", "1") END),
         "part 1: its empty"},
        {"missing empty line before the bytes", BYTES("--X\r\n" FORM "name=c\r\n10\r\n--X--"),
         "part 1: \"10\" is no header"},
        {"space before the colon",
         BYTES("--X\r\nContent-Disposition : form-data\r\n\r\n1\r\n--X--"), "is no header"},
        {"fold before any header", BYTES("--X\r\n " FORM "name=c\r\n\r\n1\r\n--X--"),
         "is no header"},
        {"header without a name", BYTES("--X\r\n: a\r\n\r\n1\r\n--X--"), "is no header"},
        {"no Content-Disposition", BYTES("--X\r\nContent-Type: text/plain\r\n\r\n1\r\n--X--"),
         "part 1 has no Content-Disposition; expected form-data"},
        {"nameless attachment", BYTES("--X\r\nContent-Disposition: attachment\r\n\r\n1\r\n--X--"),
         "Content-Disposition is \"attachment\"; expected form-data with a name"},
        {"empty disposition", BYTES("--X\r\nContent-Disposition:\r\n\r\n1\r\n--X--"),
         "Content-Disposition is \"\"; expected form-data"},
        {"no name", BYTES(PART("filename=\"a\"", "1") END),
         "part 1: Content-Disposition has no name"},
        {"name* is no name", BYTES(PART("name*=utf-8''c", "1") END), "has no name"},
        {"name without a value", BYTES(PART("name", "1") END),
         "parameter name is not of the form name=value"},
        {"two names", BYTES(PART("name=c; Name=d", "1") END), "parameter name is given twice"},
        {"two file names", BYTES(PART("name=c; filename=a; filename=b", "1") END),
         "parameter filename is given twice"},
        {"two dispositions", BYTES("--X\r\n" FORM "name=c\r\n" FORM "name=d\r\n\r\n1\r\n--X--"),
         "part 1: header Content-Disposition is given twice, with different values"},
        {"unclosed quote", BYTES(PART("name=\"c", "1") END),
         "parameter name has an opening quote and no closing one"},
        {"unescaped quote in a file name", BYTES(PART("name=c; filename=\"a\"b\"", "1") END),
         "parameter filename is followed by text; expected ';'"},
        {"unquoted name with a space", BYTES(PART("name=a b", "1") END), "followed by text"},
        {"NUL in a name", BYTES(PART("name=\"c\0d\"", "1") END),
         "part 1: a header holds a NUL or a bare CR"},
        {"CR in a name", BYTES(PART("name=\"c\rd\"", "1") END), "bare CR"},
        {"a control character in a name",
         BYTES(PART("name=\"c\x01"
                    "d\"",
                    "1") END),
         "part 1: header Content-Disposition holds a control character"},
        {"a control character in a type", BYTES(PART("name=c\r\nContent-Type: a\x7f", "1") END),
         "part 1: header Content-Type holds a control character"},
        {"LF in a name", BYTES(PART("name=\"c\nd\"", "1") END), "bare LF"},
        {"line break in a name", BYTES(PART("name=\"c\r\n d\"", "1") END),
         "parameter name breaks its line inside quotes"},
        {"line break behind a backslash", BYTES(PART("name=\"c\\\r\n d\"", "1") END),
         "breaks its line inside quotes"},
        {"NUL in another header", BYTES("--X\r\nA: \0\r\n" FORM "name=c\r\n\r\n1\r\n--X--"), "NUL"},
        {"a field that is an attachment",
         BYTES("--X\r\nContent-Disposition: attachment; name=image_target\r\n\r\n1\r\n--X--"),
         "is \"attachment\"; expected form-data"},
        {"what is echoed is made printable and short",
         BYTES("--X\r\n\xff\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee\r\n\r\n1\r\n--X--"),
         "\"?\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeee...\" is no header"},
    };
    struct fence fence;
    fence_init(&fence, 4096);
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        struct slice body = fence_put(&fence, rows[i].body, true);
        if (parse_checked(&form, body, slice_of("X"), why))
            fail_msg("%s: accepted with %zu parts", rows[i].why, form.count);
        if (!strstr(why, rows[i].reason))
            fail_msg("%s: reason \"%s\" lacks \"%s\"", rows[i].why, why, rows[i].reason);
    }
    fence_clear(&fence);
}

static void multipart_parse_refuses_a_boundary_that_cannot_be_one(void **state)
{
    (void)state;
    struct multipart form;
    char why[MULTIPART_WHY_SIZE], longer[MULTIPART_BOUNDARY_MAX + 1];
    memset(longer, 'b', sizeof longer);
    struct slice body = slice_of("--\r\n--b--\r\n");
    assert_false(parse_checked(&form, body, slice_make(NULL, 0), why));
    assert_non_null(strstr(why, "0 characters"));
    assert_false(parse_checked(&form, body, slice_make(longer, sizeof longer), why));
    assert_non_null(strstr(why, "1025 characters"));
    assert_false(parse_checked(&form, body, slice_of("b\r\n--b"), why));
    assert_non_null(strstr(why, "0x0d"));
}

/* ---- Bounds ---- */

/* Repeats text up to size bytes after a well-formed head, without a closing delimiter. */
static char *make_body(const char *head, const char *text, size_t size)
{
    char *body = test_malloc(size);
    size_t used = strlen(head), len = strlen(text);
    memcpy(body, head, used);
    for (; used < size; used++)
        body[used] = text[(used - strlen(head)) % len];
    return body;
}

static void multipart_parse_notes_what_is_odd(void **state)
{
    static const struct {
        const char *why;
        struct slice boundary, body;
        unsigned oddities;
    } rows[] = {
        {"nothing", BYTES("X"), BYTES(FIELD("c", "1") END), 0},
        {"a boundary with a star", BYTES("X*"), BYTES("--X*\r\n" FORM "name=c\r\n\r\n1\r\n--X*--"),
         1u << MULTIPART_ODDITY_boundary_characters},
        {"two types", BYTES("X"),
         BYTES(PART("name=c\r\nContent-Type: a/b\r\nContent-Type: c/d", "1") END),
         1u << MULTIPART_ODDITY_repeated_header},
        {"the same disposition twice", BYTES("X"),
         BYTES("--X\r\n" FORM "name=c\r\n" FORM "name=c\r\n\r\n1\r\n--X--"),
         1u << MULTIPART_ODDITY_repeated_header},
        {"DEL in another header", BYTES("X"),
         BYTES("--X\r\nA: \x7f\r\n" FORM "name=c\r\n\r\n1\r\n--X--"),
         1u << MULTIPART_ODDITY_control_characters},
        {"an attachment", BYTES("X"),
         BYTES("--X\r\nContent-Disposition: attachment; name=c\r\n\r\n1\r\n--X--"),
         1u << MULTIPART_ODDITY_no_form_data},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        if (!parse_checked(&form, rows[i].body, rows[i].boundary, why))
            fail_msg("%s: %s", rows[i].why, why);
        if (form.oddities != rows[i].oddities)
            fail_msg("%s: oddities 0x%x", rows[i].why, form.oddities);
    }
}

/* Many other parts do not hide a documented field, nor that it is there twice. */
static void multipart_parse_keeps_the_fields_behind_many_parts(void **state)
{
    (void)state;
    enum { EACH = sizeof(FIELD("a", "")) - 1, MANY = 900 };
    static const char tail[] =
        FIELD("image_target", "1") FIELD("image_target", "2") FIELD("service_choice", "3") END;
    char *body = make_body("", FIELD("a", ""), EACH * MANY + sizeof tail);
    struct multipart form;
    char why[MULTIPART_WHY_SIZE];
    memcpy(body + EACH * MANY, tail, sizeof tail);
    assert_true(
        parse_checked(&form, slice_make(body, EACH * MANY + sizeof tail - 1), slice_of("X"), why));
    assert_int_equal(form.count, MANY + 3);
    for (size_t i = 1; i <= 3; i++)
        assert_true(slice_equal(form.parts[form.kept - i].name,
                                slice_of(i == 1 ? "service_choice" : "image_target")));
    assert_int_equal(form.oddities, 1u << MULTIPART_ODDITY_many_parts);
    test_free(body);
}

static void multipart_parse_counts_parts_up_to_its_limit(void **state)
{
    (void)state;
    enum { EACH = sizeof(FIELD("a", "")) - 1, MANY = 10000 };
    char *body = make_body("", FIELD("a", ""), EACH * MANY + 5);
    struct multipart form;
    char why[MULTIPART_WHY_SIZE];
    for (size_t count = MULTIPART_PARTS_MAX - 1; count <= MULTIPART_PARTS_MAX + 1; count++) {
        char kept[5];
        memcpy(kept, body + EACH * count, 5);
        memcpy(body + EACH * count, END, 5);
        bool ok = parse_checked(&form, slice_make(body, EACH * count + 5), slice_of("X"), why);
        memcpy(body + EACH * count, kept, 5);
        assert_int_equal(ok, count <= MULTIPART_PARTS_MAX);
        assert_int_equal(ok ? form.count : count, count);
        assert_true(!ok || form.kept < MULTIPART_KEPT_MAX); /* places are left for fields */
    }
    assert_non_null(strstr(why, "more than 1000 parts"));
    memcpy(body + EACH * MANY, END, 5);
    assert_false(parse_checked(&form, slice_make(body, EACH * MANY + 5), slice_of("X"), why));
    assert_non_null(strstr(why, "more than 1000 parts"));
    test_free(body);
}

static void multipart_parse_reads_headers_up_to_their_limit(void **state)
{
    (void)state;
    static const char head[] = "--X\r\n",
                      start[] = FORM "name=c\r\nA:", end[] = "\r\n\r\n\r\n--X--";
    for (int over = -1; over <= 1; over++) {
        size_t block = (size_t)(MULTIPART_PART_HEADER_MAX + over);
        size_t filler = block - (sizeof start - 1) - 4; /* 4: the two CRLF that end the block */
        size_t size = sizeof head - 1 + block + sizeof "\r\n--X--" - 1;
        char *body = make_body("--X\r\n" FORM "name=c\r\nA:", "a", size);
        memcpy(body + sizeof head - 1 + sizeof start - 1 + filler, end, sizeof end - 1);
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        bool ok = parse_checked(&form, slice_make(body, size), slice_of("X"), why);
        assert_int_equal(ok, over <= 0);
        if (!ok)
            assert_non_null(strstr(why, "longer than 65536 bytes"));
        test_free(body);
    }
}

/* 5 MB of what is almost a delimiter must take time like 5 MB of anything: about 20 ms. The bound
 * is that high because AddressSanitizer's memmem looks at all of its range on every call (4 s);
 * a quadratic search of our own would take minutes. */
static void multipart_parse_takes_linear_time_when_body_is_hostile(void **state)
{
    (void)state;
    enum { SIZE = 5 * 1024 * 1024 };
    const double bound_ms = 20000;
    static const struct {
        const char *why, *boundary, *head, *text;
    } rows[] = {
        {"dashes alone on a line", "X", FIELD("a", ""), "\r\n--"},
        {"dashes as boundary", "--", "----\r\n" FORM "name=a\r\n\r\n", "\r\n---"},
        {"longer boundaries", "X", START, "\r\n--XY"},
        {"padding to the end", "X", START "\r\n--X", " "},
        {"padding, then text", "X", START, "\r\n--X \t y"},
        {"dashes only", SEVENTY, "", "-"},
        {"seventy dashes sought in dashes", DASHES, "x", "-"},
        {"nearly seventy dashes", DASHES, "", "\r\n-" DASHES},
        {"boundary that ends like its middle",
         "aaaaaaaaaaaaaaaaaaaabaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "",
         "\r\n--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
        {"line breaks in the preamble", "X", "", "\r\n"},
        {"header without an end", "X", "--X\r\nA: ", "a"},
        {"folds without an end", "X", "--X\r\nA: ", "\r\n "},
        {"empty parts", "X", "", "--X\r\n\r\n\r\n"},
        {"parts with a name", "X", "", FIELD("a", "")},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *body = make_body(rows[i].head, rows[i].text, SIZE);
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        struct timespec before, after;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        bool ok = parse_checked(&form, slice_make(body, SIZE), slice_of(rows[i].boundary), why);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        double ms = (double)(after.tv_sec - before.tv_sec) * 1e3 +
                    (double)(after.tv_nsec - before.tv_nsec) / 1e6;
        test_free(body);
        if (ok || ms > bound_ms)
            fail_msg("%s: %s after %.0f ms", rows[i].why, ok ? "accepted" : why, ms);
    }
}

/* ---- Any bytes ---- */

static void multipart_parse_keeps_its_promises_when_bytes_are_mutated(void **state)
{
    (void)state;
    enum { ROUNDS = 60000, ROOM = 4096 };
    static const char *const pieces[] = {"\r\n", "--X",      "--", "\"",   "\\", ";",
                                         "=",    "\r\n\r\n", ":",  " ",    "\n", "\r",
                                         "X",    "\r\n--X",  FORM, "name="};
    struct fence fence;
    fence_init(&fence, ROOM);
    uint32_t seed = 20260108;
    char buffer[ROOM];
    size_t accepted = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct slice start = good[random_next(&seed) % ROWS(good)].body;
        size_t len = start.len;
        memcpy(buffer, start.ptr, len);
        for (uint32_t edits = 1 + random_next(&seed) % 3; edits > 0 && len > 0; edits--) {
            size_t at = random_next(&seed) % len;
            const char *piece = pieces[random_next(&seed) % ROWS(pieces)];
            size_t count = 1 + random_next(&seed) % 8;
            switch (random_next(&seed) % 3) {
            case 0:
                buffer[at] = (char)random_next(&seed);
                break;
            case 1:
                count = count < len - at ? count : len - at;
                memmove(buffer + at, buffer + at + count, len - at - count);
                len -= count;
                break;
            default:
                memmove(buffer + at + strlen(piece), buffer + at, len - at);
                memcpy(buffer + at, piece, strlen(piece));
                len += strlen(piece);
            }
        }
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        struct slice body = fence_put(&fence, slice_make(buffer, len), round % 2 == 0);
        accepted += parse_checked(&form, body, slice_of("X"), why);
    }
    fence_clear(&fence);
    /* Otherwise the loop would have shown nothing about one of the two outcomes. */
    assert_in_range(accepted, ROUNDS / 20, ROUNDS * 19 / 20);
}

/* Whether framed bytes hold a delimiter line, looked for byte by byte. */
static bool holds_delimiter(const char *bytes, size_t len)
{
    for (size_t i = 0; i + 5 <= len; i++) {
        if (memcmp(bytes + i, "\r\n--X", 5) != 0)
            continue;
        size_t k = i + 5;
        if (k + 2 <= len && memcmp(bytes + k, "--", 2) == 0)
            return true;
        while (k < len && (bytes[k] == ' ' || bytes[k] == '\t'))
            k++;
        if (k < len && (bytes[k] == '\n' || (k + 1 < len && memcmp(bytes + k, "\r\n", 2) == 0)))
            return true;
    }
    return false;
}

/* Contents made of the delimiter's own bytes come back whole exactly when they hold none. */
static void multipart_parse_returns_contents_made_of_delimiter_bytes(void **state)
{
    (void)state;
    enum { ROUNDS = 40000, LONGEST = 24 };
    static const char head[] = "--X\r\n" FORM "name=c\r\n\r\n", end[] = "\r\n--X--";
    static const char *const pieces[] = {"\r", "\n", "-", "X", " ", "\r\n", "--X", "\r\n--X", "Y"};
    uint32_t seed = 4095;
    size_t whole = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        char body[sizeof head + LONGEST * 5 + sizeof end];
        size_t used = sizeof head - 1;
        memcpy(body, head, used);
        for (uint32_t left = random_next(&seed) % LONGEST; left > 0; left--) {
            const char *piece = pieces[random_next(&seed) % ROWS(pieces)];
            memcpy(body + used, piece, strlen(piece));
            used += strlen(piece);
        }
        size_t content = used - (sizeof head - 1);
        memcpy(body + used, end, sizeof end - 1);
        /* From the empty line's CRLF to the byte before the closing delimiter's dashes. */
        bool clean = !holds_delimiter(body + sizeof head - 3, content + 2 + 5);
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        bool ok = parse_checked(&form, slice_make(body, used + sizeof end - 1), slice_of("X"), why);
        bool same = ok && form.count == 1 && form.parts[0].body.len == content;
        if (same != clean)
            fail_msg("round %u: %zu bytes, %s", round, content, ok ? "cut elsewhere" : why);
        whole += same;
    }
    assert_in_range(whole, ROUNDS / 20, ROUNDS * 19 / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipart_boundary_is_found_when_content_type_is_right),
        cmocka_unit_test(multipart_boundary_says_why_when_content_type_is_wrong),
        cmocka_unit_test(multipart_parse_reads_what_real_clients_send),
        cmocka_unit_test(multipart_parse_keeps_every_byte_of_a_picture),
        cmocka_unit_test(multipart_parse_takes_the_longest_boundary),
        cmocka_unit_test(multipart_parse_refuses_every_truncation_of_a_right_body),
        cmocka_unit_test(multipart_parse_says_why_when_body_is_wrong),
        cmocka_unit_test(multipart_parse_refuses_a_boundary_that_cannot_be_one),
        cmocka_unit_test(multipart_parse_notes_what_is_odd),
        cmocka_unit_test(multipart_parse_keeps_the_fields_behind_many_parts),
        cmocka_unit_test(multipart_parse_counts_parts_up_to_its_limit),
        cmocka_unit_test(multipart_parse_reads_headers_up_to_their_limit),
        cmocka_unit_test(multipart_parse_takes_linear_time_when_body_is_hostile),
        cmocka_unit_test(multipart_parse_keeps_its_promises_when_bytes_are_mutated),
        cmocka_unit_test(multipart_parse_returns_contents_made_of_delimiter_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
