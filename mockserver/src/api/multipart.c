/* Reads multipart/form-data by cutting: delimiters are searched, headers are read line by line, and
 * everything found is a slice of what was given. It is not a MIME library: no nesting, no transfer
 * encodings, no decoding of names. Where readers are known to disagree about where a part begins
 * or ends, the body is refused, so that no reader sees another form than the mock. */
#include "api/multipart_parameters.h"
#include "base/count_of.h"
#include <stdio.h>

#define ODD(id) (1u << MULTIPART_ODDITY_##id)
#define LONG_HEADERS 8192
#define MANY_PARTS 32
#define KEPT_UNNAMED 24 /* the other places are for fields: enough to see one twice */

/* ---- The boundary ---- */

static bool is_of_rfc2046(char c)
{
    return is_letter_or_digit(c) || is_one_of(c, "'()+_,-./:=? ");
}

/* Quotes hide a character from the reader of the parameters. Outside of them the parsers in use
 * agree on those of a token, besides those of RFC 2046. */
static bool may_stand(char c, bool quoted)
{
    return is_of_rfc2046(c) || is_one_of(c, "!#$%&*^`|~") ||
           (quoted && (is_one_of(c, "{}@[]<>;\\")));
}

/* A parser that knows escapes reads another boundary, if what follows the backslash needs one. */
static bool has_escape(struct slice boundary)
{
    for (size_t i = 0; i + 1 < boundary.len; i++)
        if (boundary.ptr[i] == '\\' && is_one_of(boundary.ptr[i + 1], "()<>@,;:\\\"/[]?="))
            return true;
    return false;
}

static bool check_boundary(struct slice boundary, bool quoted, char why[MULTIPART_WHY_SIZE])
{
    if (boundary.len == 0 || boundary.len > MULTIPART_BOUNDARY_MAX)
        return multipart_refuse(why,
                                "Content-Type: the boundary has %zu characters; expected 1 to %d",
                                boundary.len, MULTIPART_BOUNDARY_MAX);
    for (size_t i = 0; i < boundary.len; i++) {
        const unsigned char c = (unsigned char)boundary.ptr[i];
        if (!may_stand((char)c, true))
            return multipart_refuse(why,
                                    "Content-Type: the boundary holds the byte 0x%02x; "
                                    "expected printable ASCII without quotes",
                                    (unsigned)c);
        if (!may_stand((char)c, quoted))
            return multipart_refuse(why,
                                    "Content-Type: the boundary holds '%c' without quotes around "
                                    "it all; expected them",
                                    c);
    }
    if (has_escape(boundary))
        return multipart_refuse(why, "Content-Type: the boundary holds an escape, which parsers "
                                     "read differently; expected it without");
    /* It could not be told from the padding that may follow a delimiter. */
    if (boundary.ptr[boundary.len - 1] == ' ')
        return multipart_refuse(
            why, "Content-Type: the boundary ends in a space; expected another character");
    return true;
}

static unsigned oddities_of(struct slice boundary)
{
    unsigned oddities = 0;
    if (boundary.len > 70)
        oddities |= ODD(boundary_length);
    for (size_t i = 0; i < boundary.len; i++)
        if (!is_of_rfc2046(boundary.ptr[i]))
            oddities |= ODD(boundary_characters);
    return oddities;
}

bool multipart_boundary(struct slice *out, struct slice content_type, char why[MULTIPART_WHY_SIZE])
{
    static const char *const keys[] = {"boundary"};
    struct slice found[] = {{NULL, 0}};
    struct slice rest = multipart_trim(content_type);
    if (rest.len == 0)
        return multipart_refuse(why, "there is no Content-Type; "
                                     "expected multipart/form-data with a boundary parameter");
    struct slice type = multipart_take_type(&rest);
    if (!slice_equal_nocase(type, slice_of("multipart/form-data")))
        return multipart_refuse(
            why, "Content-Type is %s; expected multipart/form-data with a boundary parameter",
            multipart_echo(type).text);
    if (multipart_has_control(content_type))
        return multipart_refuse(why, "Content-Type holds a control character; "
                                     "expected multipart/form-data with a boundary parameter");
    if (!multipart_read_parameters(rest, "Content-Type", keys, found, 1, why))
        return false;
    if (!found[0].ptr)
        return multipart_refuse(why, "Content-Type is multipart/form-data without a boundary; "
                                     "expected a boundary parameter");
    if (!check_boundary(found[0], found[0].ptr[-1] == '"', why))
        return false;
    *out = found[0];
    return true;
}

/* ---- The body ---- */

static const struct oddity oddity_rows[] = {
#define MOCK_ODDITY(id, note) {#id, note},
#include "api/multipart_oddities.def"
};

const struct oddity_table multipart_oddities = {oddity_rows, COUNT_OF(oddity_rows)};

struct reader {
    struct slice rest;      /* what is not read yet */
    struct slice delimiter; /* CRLF "--" boundary */
    struct slice dashes;    /* the same without CRLF */
    size_t part;            /* number of the part being read, from 1 */
    const char *const *fields;
    unsigned oddities;
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
    if (multipart_starts_with(*after, slice_of("--"))) {
        multipart_skip(after, 2);
        return LINE_CLOSE;
    }
    struct slice end = *after;
    while (end.len > 0 && is_one_of(*end.ptr, " \t"))
        multipart_skip(&end, 1);
    if (multipart_starts_with(end, slice_of("\n")))
        return LINE_BARE_LF;
    if (!multipart_starts_with(end, slice_of("\r\n")))
        return LINE_DATA;
    multipart_skip(&end, 2);
    *after = end;
    return LINE_PART;
}

/* The same for a delimiter at the very start of the unread rest; moves behind it if it is one. */
static enum line take_delimiter_here(struct reader *reader)
{
    if (!multipart_starts_with(reader->rest, reader->dashes))
        return LINE_DATA;
    struct slice after = reader->rest;
    multipart_skip(&after, reader->dashes.len);
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
        multipart_skip(&rest, (size_t)(at - rest.ptr) + reader->delimiter.len);
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
    if (multipart_starts_with(rest, reader->dashes))
        return multipart_refuse(
            reader->why, "part %zu: its headers run into a delimiter; expected an empty line first",
            reader->part);
    size_t limit = rest.len < *budget ? rest.len : *budget;
    const char *lf = limit ? memchr(rest.ptr, '\n', limit) : NULL;
    if (!lf && rest.len > *budget)
        return multipart_refuse(reader->why, "part %zu: its headers are longer than %d bytes",
                                reader->part, MULTIPART_PART_HEADER_MAX);
    if (!lf)
        return multipart_refuse(reader->why,
                                "the body ends in the headers of part %zu; expected an empty line, "
                                "the part's bytes and the closing delimiter",
                                reader->part);
    size_t len = (size_t)(lf - rest.ptr);
    if (len == 0 || lf[-1] != '\r')
        return multipart_refuse(
            reader->why, "part %zu: a header line ends in a bare LF; expected CRLF", reader->part);
    *line = slice_make(rest.ptr, len - 1);
    if (len > 1 && (memchr(line->ptr, '\0', line->len) || memchr(line->ptr, '\r', line->len)))
        return multipart_refuse(reader->why,
                                "part %zu: a header holds a NUL or a bare CR; expected text",
                                reader->part);
    multipart_skip(&reader->rest, len + 1);
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
    if (!multipart_is_token(*name))
        return multipart_refuse(
            reader->why,
            "part %zu: \"%s\" is no header; expected \"Name: value\" or the empty line "
            "before the part's bytes",
            reader->part, multipart_echo(line).text);
    multipart_skip(&line, name->len + 1);
    *value = multipart_trim(line);
    return true;
}

static bool is_field(const struct reader *reader, struct slice name)
{
    for (const char *const *field = reader->fields; *field; field++)
        if (slice_equal(name, slice_of(*field)))
            return true;
    return false;
}

/* Folds apart, which are the only line breaks in a value. */
static bool has_control_in_line(struct slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if (is_control(value.ptr[i]) && !is_one_of(value.ptr[i], "\r\n"))
            return true;
    return false;
}

static bool read_disposition(struct reader *reader, struct multipart_part *part, struct slice value)
{
    enum { NAME, FILE_NAME, FILE_NAME_EXTENDED, KEYS };
    static const char *const keys[KEYS] = {"name", "filename", "filename*"};
    struct slice found[KEYS] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    char where[64];
    snprintf(where, sizeof where, "part %zu: Content-Disposition", reader->part);

    struct slice type = multipart_take_type(&value);
    const bool form_data = slice_equal_nocase(type, slice_of("form-data"));
    if (!multipart_read_parameters(value, where, keys, found, KEYS, reader->why))
        return false;
    if (!form_data && (!found[NAME].ptr || is_field(reader, found[NAME])))
        return multipart_refuse(reader->why, "%s is \"%s\"; expected form-data with a name", where,
                                multipart_echo(type).text);
    if (!found[NAME].ptr)
        return multipart_refuse(reader->why, "%s has no name; expected form-data; name=\"...\"",
                                where);
    reader->oddities |= form_data ? 0 : ODD(no_form_data);
    part->name = found[NAME];
    /* RFC 7578 section 4.2 forbids filename*, so the plain one counts when both are there. */
    part->file_name = found[FILE_NAME].ptr ? found[FILE_NAME] : found[FILE_NAME_EXTENDED];
    part->has_file_name = part->file_name.ptr != NULL;
    return true;
}

/* The headers that play a role, as they were sent. */
struct part_headers {
    struct slice disposition, type; /* ptr NULL: not sent */
};

/* Keeps the header if it plays a role. Of two Content-Types, which nothing here depends on, the
 * first counts; a second Content-Disposition must say the same. */
static bool take_role(struct reader *reader, struct part_headers *out, struct slice name,
                      struct slice value)
{
    bool is_disposition = slice_equal_nocase(name, slice_of("Content-Disposition"));
    bool is_type = slice_equal_nocase(name, slice_of("Content-Type"));
    if (!is_disposition && !is_type) {
        reader->oddities |= has_control_in_line(value) ? ODD(control_characters) : 0;
        return true;
    }
    if (has_control_in_line(value))
        return multipart_refuse(reader->why,
                                "part %zu: header %s holds a control character; expected text",
                                reader->part, is_type ? "Content-Type" : "Content-Disposition");
    struct slice *kept = is_type ? &out->type : &out->disposition;
    if (!kept->ptr) {
        *kept = value;
        return true;
    }
    reader->oddities |= ODD(repeated_header);
    return is_type || slice_equal(*kept, value) ||
           multipart_refuse(reader->why,
                            "part %zu: header Content-Disposition is given twice, with different "
                            "values; expected once",
                            reader->part);
}

static bool read_headers(struct reader *reader, struct multipart_part *part)
{
    size_t budget = MULTIPART_PART_HEADER_MAX;
    struct part_headers headers = {0};
    for (;;) {
        struct slice name = {NULL, 0}, value = {NULL, 0};
        if (!take_header(reader, &budget, &name, &value))
            return false;
        if (name.len == 0)
            break;
        if (!take_role(reader, &headers, name, value))
            return false;
    }
    if (MULTIPART_PART_HEADER_MAX - budget > LONG_HEADERS)
        reader->oddities |= ODD(long_part_headers);
    if (!headers.disposition.ptr)
        return multipart_refuse(
            reader->why, "part %zu has no Content-Disposition; expected form-data; name=\"...\"",
            reader->part);
    part->content_type = headers.type;
    return read_disposition(reader, part, headers.disposition);
}

/* Reads one part and the delimiter after it. */
static bool read_part(struct reader *reader, struct multipart_part *part, enum line *line)
{
    *part = (struct multipart_part){0};
    if (!read_headers(reader, part))
        return false;
    /* The empty line has its own CRLF, and so has the delimiter. RFC 2046's grammar lets a part
     * end with its headers, but then some readers see an empty part and others swallow the next. */
    if (take_delimiter_here(reader) != LINE_DATA)
        return multipart_refuse(
            reader->why,
            "part %zu: its empty line runs into a delimiter; expected CRLF between them",
            reader->part);
    *line = take_delimiter(reader, &part->body);
    return true;
}

static bool read_parts(struct multipart *out, struct reader *reader)
{
    struct slice boundary = reader->dashes, preamble;
    multipart_skip(&boundary, 2);
    enum line line = take_delimiter_here(reader);
    if (line == LINE_DATA)
        line = take_delimiter(reader, &preamble);
    if (line == LINE_DATA)
        return multipart_refuse(reader->why,
                                "the body holds no line \"--%s\" ended by CRLF, the boundary that "
                                "Content-Type names",
                                multipart_echo(boundary).text);
    while (line == LINE_PART) {
        struct multipart_part part;
        if (out->count == MULTIPART_PARTS_MAX)
            return multipart_refuse(reader->why, "the body has more than %d parts",
                                    MULTIPART_PARTS_MAX);
        reader->part = ++out->count;
        if (!read_part(reader, &part, &line))
            return false;
        if (out->kept < (is_field(reader, part.name) ? MULTIPART_KEPT_MAX : KEPT_UNNAMED))
            out->parts[out->kept++] = part;
    }
    if (out->count > MANY_PARTS)
        reader->oddities |= ODD(many_parts);
    out->oddities = reader->oddities;
    if (line == LINE_BARE_LF)
        return multipart_refuse(reader->why,
                                "the delimiter %s part %zu ends in a bare LF; expected CRLF",
                                reader->part ? "after" : "before", reader->part ? reader->part : 1);
    if (line == LINE_DATA)
        return multipart_refuse(
            reader->why,
            "the body ends in part %zu; expected the closing delimiter \"--%s--\" "
            "on a line of its own",
            reader->part, multipart_echo(boundary).text);
    return true;
}

bool multipart_parse(struct multipart *out, struct slice body, struct slice boundary,
                     const char *const fields[], char why[MULTIPART_WHY_SIZE])
{
    char text[4 + MULTIPART_BOUNDARY_MAX] = "\r\n--";
    if (!check_boundary(boundary, true, why))
        return false;
    memcpy(text + 4, boundary.ptr, boundary.len);
    struct reader reader = {
        .rest = body,
        .delimiter = slice_make(text, 4 + boundary.len),
        .dashes = slice_make(text + 2, 2 + boundary.len),
        .fields = fields,
        .oddities = oddities_of(boundary),
        .why = why,
    };
    out->count = out->kept = 0;
    return read_parts(out, &reader);
}
