/* Reads multipart/form-data by cutting: delimiters are searched, headers are read line by line, and
 * everything found is a slice of what was given. It is not a MIME library: no nesting, no transfer
 * encodings, no decoding of names. Where readers are known to disagree about where a part begins
 * or ends, the body is refused, so that nobody can be shown another form than we saw. */
#include "api/multipart.h"

#include <stdarg.h>
#include <stdio.h>

#define ECHO_MAX 48 /* characters of the client's own text in a reason */

__attribute__((format(printf, 2, 3))) static bool refuse(char why[MULTIPART_WHY_SIZE],
                                                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, MULTIPART_WHY_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

struct echo {
    char text[ECHO_MAX + sizeof "..."];
};

/* What a client sent, made fit for a reason that ends up in JSON, logs and terminals. By value, so
 * that it can be built inside the argument list that needs it. */
static struct echo echo_of(struct slice raw)
{
    struct echo echo;
    size_t kept = raw.len < ECHO_MAX ? raw.len : ECHO_MAX;
    for (size_t i = 0; i < kept; i++)
        echo.text[i] = (char)(raw.ptr[i] >= 0x20 && raw.ptr[i] < 0x7f ? raw.ptr[i] : '?');
    memcpy(echo.text + kept, raw.len > kept ? "..." : "", raw.len > kept ? 4 : 1);
    return echo;
}

static void skip(struct slice *rest, size_t count)
{
    rest->ptr += count;
    rest->len -= count;
}

static bool starts_with(struct slice text, struct slice prefix)
{
    return text.len >= prefix.len && memcmp(text.ptr, prefix.ptr, prefix.len) == 0;
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_one_of(char c, const char *set)
{
    return memchr(set, c, strlen(set)) != NULL;
}

static bool is_token(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_letter_or_digit(text.ptr[i]) && !is_one_of(text.ptr[i], "!#$%&'*+-.^_`|~"))
            return false;
    return text.len > 0;
}

/* Tab is white space. Bytes from 0x80 are not controls: file names are sent in raw UTF-8. */
static bool is_control(char c)
{
    unsigned char byte = (unsigned char)c;
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

static bool has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_control(text.ptr[i]))
            return true;
    return false;
}

/* CR and LF count as white space within a header value, because the only ones left there are folds
 * (a line break before white space): take_line() and multipart_boundary() refused all others. */
static bool is_blank(char c)
{
    return is_one_of(c, " \t\r\n");
}

static void skip_blanks(struct slice *rest)
{
    while (rest->len > 0 && is_blank(*rest->ptr))
        skip(rest, 1);
}

static struct slice trim(struct slice text)
{
    skip_blanks(&text);
    while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* ---- Parameters: the "; name=value" that follow a media type or a disposition ---- */

/* Takes what stands before the first ';' off *rest, without surrounding white space. */
static struct slice take_type(struct slice *rest)
{
    const char *semicolon = rest->len ? memchr(rest->ptr, ';', rest->len) : NULL;
    struct slice type = {rest->ptr, semicolon ? (size_t)(semicolon - rest->ptr) : rest->len};
    skip(rest, type.len);
    return trim(type);
}

/* Takes a quoted value off *rest, which starts at the opening quote. A backslash hides the next
 * character from the search for the closing quote and stays in the slice, which reads both
 * filename="a\"b.jpg" and filename="C:\x\y.jpg" as their senders meant them. Returns what is
 * wrong, or NULL. */
static const char *take_quoted(struct slice *rest, struct slice *value)
{
    skip(rest, 1);
    for (size_t i = 0; i < rest->len; i++) {
        if (is_control(rest->ptr[i]))
            return "breaks its line inside quotes; expected it on one line";
        if (rest->ptr[i] == '"') {
            *value = slice_make(rest->ptr, i);
            skip(rest, i + 1);
            return NULL;
        }
        if (rest->ptr[i] == '\\')
            i++; /* at the end this leaves the loop: not closed */
    }
    return "has an opening quote and no closing one";
}

/* Takes an unquoted value off *rest. Wider than RFC 9110's token: clients send boundaries with '='
 * and file names with '/' or letters beyond ASCII unquoted, and only white space, ';' and quotes
 * could be read in two ways. The empty value of "name=" is one, too. */
static const char *take_unquoted(struct slice *rest, struct slice *value)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != ';' && !is_blank(rest->ptr[len])) {
        if (rest->ptr[len] == '"')
            return "has a quote inside its value; expected quotes around it all";
        len++;
    }
    *value = slice_make(rest->ptr, len);
    skip(rest, len);
    return NULL;
}

/* Takes one name=value off *rest, which starts at the name. Returns what is wrong, or NULL. */
static const char *take_parameter(struct slice *rest, struct slice *name, struct slice *value)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != '=' && rest->ptr[len] != ';')
        len++;
    *name = slice_make(rest->ptr, len);
    if (len == rest->len || rest->ptr[len] != '=' || !is_token(*name))
        return "is not of the form name=value";
    skip(rest, len + 1);
    bool quoted = rest->len > 0 && *rest->ptr == '"';
    const char *wrong = quoted ? take_quoted(rest, value) : take_unquoted(rest, value);
    if (wrong)
        return wrong;
    skip_blanks(rest);
    if (rest->len > 0 && *rest->ptr != ';')
        return "is followed by text; expected ';', or quotes around it all";
    return NULL;
}

/* Reads all parameters in rest and keeps the values of those in keys; found[k].ptr is NULL when
 * keys[k] was not sent. Others must be well-formed, too: after a misread one nothing is sure. */
static bool read_parameters(struct slice rest, const char *where, const char *const keys[],
                            struct slice found[], size_t count, char why[MULTIPART_WHY_SIZE])
{
    for (;;) {
        while (rest.len > 0 && (*rest.ptr == ';' || is_blank(*rest.ptr)))
            skip(&rest, 1); /* empty parameters and a trailing ';' are harmless, and sent */
        if (rest.len == 0)
            return true;
        struct slice name, value;
        const char *wrong = take_parameter(&rest, &name, &value);
        if (wrong)
            return refuse(why, "%s: parameter %s %s", where, echo_of(trim(name)).text, wrong);
        for (size_t k = 0; k < count; k++) {
            if (!slice_equal_nocase(name, slice_of(keys[k])))
                continue;
            if (found[k].ptr)
                return refuse(why, "%s: parameter %s is given twice; expected once", where,
                              keys[k]);
            found[k] = value;
        }
    }
}

/* ---- The boundary ---- */

static bool check_boundary(struct slice boundary, char why[MULTIPART_WHY_SIZE])
{
    if (boundary.len == 0 || boundary.len > MULTIPART_BOUNDARY_MAX)
        return refuse(why, "Content-Type: the boundary has %zu characters; expected 1 to %d",
                      boundary.len, MULTIPART_BOUNDARY_MAX);
    for (size_t i = 0; i < boundary.len; i++) {
        char c = boundary.ptr[i];
        /* Unescaping would need a copy, and no character that may stand here needs an escape. */
        if (c == '\\')
            return refuse(why, "Content-Type: the boundary holds a backslash; "
                               "expected it without escapes");
        if (!is_letter_or_digit(c) && !is_one_of(c, "'()+_,-./:=? "))
            return refuse(why,
                          "Content-Type: the boundary holds the byte 0x%02x; "
                          "expected letters, digits and '()+_,-./:=? only",
                          (unsigned)(unsigned char)c);
    }
    /* It could not be told from the padding that may follow a delimiter. */
    if (boundary.ptr[boundary.len - 1] == ' ')
        return refuse(why,
                      "Content-Type: the boundary ends in a space; expected another character");
    return true;
}

bool multipart_boundary(struct slice *out, struct slice content_type, char why[MULTIPART_WHY_SIZE])
{
    static const char *const keys[] = {"boundary"};
    struct slice found[] = {{NULL, 0}};
    struct slice rest = trim(content_type);
    if (rest.len == 0)
        return refuse(why, "there is no Content-Type; "
                           "expected multipart/form-data with a boundary parameter");
    struct slice type = take_type(&rest);
    if (!slice_equal_nocase(type, slice_of("multipart/form-data")))
        return refuse(why,
                      "Content-Type is %s; expected multipart/form-data with a boundary parameter",
                      echo_of(type).text);
    if (has_control(content_type))
        return refuse(why, "Content-Type holds a control character; "
                           "expected multipart/form-data with a boundary parameter");
    if (!read_parameters(rest, "Content-Type", keys, found, 1, why))
        return false;
    if (!found[0].ptr)
        return refuse(why, "Content-Type is multipart/form-data without a boundary; "
                           "expected a boundary parameter");
    if (!check_boundary(found[0], why))
        return false;
    *out = found[0];
    return true;
}

/* ---- The body ---- */

struct reader {
    struct slice rest;      /* what is not read yet */
    struct slice delimiter; /* CRLF "--" boundary */
    struct slice dashes;    /* the same without CRLF */
    size_t part;            /* number of the part being read, from 1 */
    char *why;
};

enum line {
    LINE_DATA,    /* no delimiter, whatever it looks like */
    LINE_PART,    /* a part follows */
    LINE_CLOSE,   /* the closing delimiter: only the epilogue follows */
    LINE_BARE_LF, /* would be LINE_PART but for its line ending */
};

/* Says what a line that begins with "--boundary" is by what comes after that, and skips what
 * belongs to it.
 *
 * "--boundaryX" is data. RFC 2046 would let a prefix suffice, but readers in use compare the whole
 * line, since "X" may well be the rest of another boundary (of a form sent inside a form); to cut
 * there would let a file add fields. A bare LF is where readers do disagree, hence its own kind.
 * After "--" anything may follow: nothing behind it is read, so nothing can be misread. */
static enum line classify(struct slice *after)
{
    if (starts_with(*after, slice_of("--"))) {
        skip(after, 2);
        return LINE_CLOSE;
    }
    struct slice end = *after;
    while (end.len > 0 && is_one_of(*end.ptr, " \t"))
        skip(&end, 1);
    if (starts_with(end, slice_of("\n")))
        return LINE_BARE_LF;
    if (!starts_with(end, slice_of("\r\n")))
        return LINE_DATA;
    skip(&end, 2);
    *after = end;
    return LINE_PART;
}

/* The same for a delimiter at the very start of the unread rest; moves behind it if it is one. */
static enum line take_delimiter_here(struct reader *reader)
{
    if (!starts_with(reader->rest, reader->dashes))
        return LINE_DATA;
    struct slice after = reader->rest;
    skip(&after, reader->dashes.len);
    enum line line = classify(&after);
    if (line != LINE_DATA)
        reader->rest = after;
    return line;
}

/* Moves behind the next delimiter that follows a line ending; *before is what stood before it.
 * LINE_DATA: there is none. Each byte is looked at a bounded number of times, because the search
 * goes on behind a boundary that was none, and padding holds no line ending. */
static enum line take_delimiter(struct reader *reader, struct slice *before)
{
    struct slice rest = reader->rest;
    while (rest.len >= reader->delimiter.len) {
        const char *at = memmem(rest.ptr, rest.len, reader->delimiter.ptr, reader->delimiter.len);
        if (!at)
            break;
        skip(&rest, (size_t)(at - rest.ptr) + reader->delimiter.len);
        enum line line = classify(&rest);
        if (line == LINE_DATA)
            continue;
        *before = slice_make(reader->rest.ptr, (size_t)(at - reader->rest.ptr));
        reader->rest = rest;
        return line;
    }
    return LINE_DATA;
}

/* Takes one line, without its CRLF, off the header block, of which *budget bytes are left. */
static bool take_line(struct reader *reader, size_t *budget, struct slice *line)
{
    struct slice rest = reader->rest;
    if (starts_with(rest, reader->dashes))
        return refuse(reader->why,
                      "part %zu: its headers run into a delimiter; expected an empty line first",
                      reader->part);
    size_t limit = rest.len < *budget ? rest.len : *budget;
    const char *lf = limit ? memchr(rest.ptr, '\n', limit) : NULL;
    if (!lf && rest.len > *budget)
        return refuse(reader->why, "part %zu: its headers are longer than %d bytes", reader->part,
                      MULTIPART_PART_HEADER_MAX);
    if (!lf)
        return refuse(reader->why,
                      "the body ends in the headers of part %zu; expected an empty line, "
                      "the part's bytes and the closing delimiter",
                      reader->part);
    size_t len = (size_t)(lf - rest.ptr);
    if (len == 0 || lf[-1] != '\r')
        return refuse(reader->why, "part %zu: a header line ends in a bare LF; expected CRLF",
                      reader->part);
    *line = slice_make(rest.ptr, len - 1);
    if (has_control(*line))
        return refuse(reader->why, "part %zu: a header holds a control character; expected text",
                      reader->part);
    skip(&reader->rest, len + 1);
    *budget -= len + 1;
    return true;
}

/* Takes one header with its folded lines. An empty name stands for the line that ends them. */
static bool take_header(struct reader *reader, size_t *budget, struct slice *name,
                        struct slice *value)
{
    struct slice line, fold;
    if (!take_line(reader, budget, &line))
        return false;
    *name = slice_make(line.ptr, 0);
    if (line.len == 0)
        return true;
    while (reader->rest.len > 0 && is_one_of(*reader->rest.ptr, " \t")) {
        if (!take_line(reader, budget, &fold))
            return false;
        line.len = (size_t)(fold.ptr + fold.len - line.ptr);
    }
    const char *colon = memchr(line.ptr, ':', line.len);
    if (colon)
        name->len = (size_t)(colon - line.ptr);
    if (!is_token(*name))
        return refuse(reader->why,
                      "part %zu: \"%s\" is no header; expected \"Name: value\" or the empty line "
                      "before the part's bytes",
                      reader->part, echo_of(line).text);
    skip(&line, name->len + 1);
    *value = trim(line);
    return true;
}

static bool read_disposition(struct reader *reader, struct multipart_part *part, struct slice value)
{
    enum { NAME, FILE_NAME, FILE_NAME_EXTENDED, KEYS };
    static const char *const keys[KEYS] = {"name", "filename", "filename*"};
    struct slice found[KEYS] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    char where[64];
    snprintf(where, sizeof where, "part %zu: Content-Disposition", reader->part);

    struct slice type = take_type(&value);
    if (!slice_equal_nocase(type, slice_of("form-data")))
        return refuse(reader->why, "%s is \"%s\"; expected form-data with a name", where,
                      echo_of(type).text);
    if (!read_parameters(value, where, keys, found, KEYS, reader->why))
        return false;
    if (!found[NAME].ptr)
        return refuse(reader->why, "%s has no name; expected form-data; name=\"...\"", where);
    part->name = found[NAME];
    /* RFC 7578 section 4.2 forbids filename*, so the plain one counts when both are there. */
    part->file_name = found[FILE_NAME].ptr ? found[FILE_NAME] : found[FILE_NAME_EXTENDED];
    part->has_file_name = part->file_name.ptr != NULL;
    return true;
}

static bool read_headers(struct reader *reader, struct multipart_part *part)
{
    size_t budget = MULTIPART_PART_HEADER_MAX;
    bool has_disposition = false;
    for (;;) {
        struct slice name = {NULL, 0}, value = {NULL, 0};
        if (!take_header(reader, &budget, &name, &value))
            return false;
        if (name.len == 0)
            break;
        bool is_disposition = slice_equal_nocase(name, slice_of("Content-Disposition"));
        bool is_type = slice_equal_nocase(name, slice_of("Content-Type"));
        if ((is_disposition && has_disposition) || (is_type && part->content_type.ptr))
            return refuse(reader->why, "part %zu: header %s is given twice; expected once",
                          reader->part, is_type ? "Content-Type" : "Content-Disposition");
        if (is_disposition && !read_disposition(reader, part, value))
            return false;
        has_disposition |= is_disposition;
        if (is_type)
            part->content_type = value;
    }
    if (!has_disposition)
        return refuse(reader->why,
                      "part %zu has no Content-Disposition; expected form-data; name=\"...\"",
                      reader->part);
    return true;
}

/* Reads one part and the delimiter after it. */
static bool read_part(struct reader *reader, struct multipart_part *part, enum line *line)
{
    *part = (struct multipart_part){.has_file_name = false};
    if (!read_headers(reader, part))
        return false;
    /* The empty line has its own CRLF, and so has the delimiter. RFC 2046's grammar lets a part
     * end with its headers, but then some readers see an empty part and others swallow the next. */
    if (take_delimiter_here(reader) != LINE_DATA)
        return refuse(reader->why,
                      "part %zu: its empty line runs into a delimiter; expected CRLF between them",
                      reader->part);
    *line = take_delimiter(reader, &part->body);
    return true;
}

static bool read_parts(struct multipart *out, struct reader *reader)
{
    struct slice boundary = reader->dashes, preamble;
    skip(&boundary, 2);
    enum line line = take_delimiter_here(reader);
    if (line == LINE_DATA)
        line = take_delimiter(reader, &preamble);
    if (line == LINE_DATA)
        return refuse(reader->why,
                      "the body holds no line \"--%s\" ended by CRLF, the boundary that "
                      "Content-Type names",
                      echo_of(boundary).text);
    while (line == LINE_PART) {
        if (out->count == MULTIPART_PARTS_MAX)
            return refuse(reader->why, "the body has more than %d parts", MULTIPART_PARTS_MAX);
        reader->part = out->count + 1;
        if (!read_part(reader, &out->parts[out->count], &line))
            return false;
        out->count++;
    }
    if (line == LINE_BARE_LF)
        return refuse(reader->why, "the delimiter %s part %zu ends in a bare LF; expected CRLF",
                      reader->part ? "after" : "before", reader->part ? reader->part : 1);
    if (line == LINE_DATA)
        return refuse(reader->why,
                      "the body ends in part %zu; expected the closing delimiter \"--%s--\" "
                      "on a line of its own",
                      reader->part, echo_of(boundary).text);
    return true;
}

bool multipart_parse(struct multipart *out, struct slice body, struct slice boundary,
                     char why[MULTIPART_WHY_SIZE])
{
    char text[4 + MULTIPART_BOUNDARY_MAX] = "\r\n--";
    if (!check_boundary(boundary, why))
        return false;
    memcpy(text + 4, boundary.ptr, boundary.len);
    struct reader reader = {
        .rest = body,
        .delimiter = slice_make(text, 4 + boundary.len),
        .dashes = slice_make(text + 2, 2 + boundary.len),
        .why = why,
    };
    out->count = 0;
    return read_parts(out, &reader);
}
