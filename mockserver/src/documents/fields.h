/* How documents are read: a table of fields, one row each, and the complaint with its JSON pointer
 * that every parser shares. Adding a field to the document is adding a row.
 *
 * Internal to document*.c, and to those that read other objects in the same way. */
#ifndef AILAB_MOCK_DOCUMENT_READ_H
#define AILAB_MOCK_DOCUMENT_READ_H

#include "documents/document.h"
#include <cjson/cJSON.h>

#define DOCUMENT_NUMBER_MAX INT64_C(9007199254740991) /* 2^53 - 1: whole in every JSON reader */

/* Where in the document reading is, and the complaint to fill in. */
struct reader {
    struct document_error *error; /* its pointer is the place of reading, kept up to date */
    size_t account;               /* which account is read, from 1; 0: none */
};

struct field;

/* Reads value to *at. False when it is not what the row expects: then the parser either has
 * complained itself, or leaves that to its caller. */
typedef bool field_parser(struct reader *reader, void *at, const struct field *field,
                          const cJSON *value);

enum field_flags {
    FIELD_REQUIRED = 1,
    FIELD_SECRET = 2, /* its text never stands in a complaint */
};

struct field {
    const char *name;
    field_parser *parse;
    size_t offset;        /* of what it fills in, inside the object that is read */
    const char *expected; /* NULL: a whole number from minimum to maximum */
    int64_t minimum, maximum;
    unsigned flags;
};

/* A limit as it stands in a text for people. */
#define FIELD_TEXT_OF(limit) FIELD_QUOTE(limit)
#define FIELD_QUOTE(limit) #limit

#define FIELDS_COUNT(fields) (sizeof(fields) / sizeof(fields)[0])

/* Reads an object by its table: unknown, repeated and missing fields are refused. */
bool read_object(struct reader *reader, void *out, const cJSON *value, const struct field *fields,
                 size_t count);

/* Parsers for rows. Texts hold minimum to maximum bytes and no control characters. */
bool field_u32(struct reader *reader, void *at, const struct field *field, const cJSON *value);
bool field_u64(struct reader *reader, void *at, const struct field *field, const cJSON *value);
bool field_int(struct reader *reader, void *at, const struct field *field, const cJSON *value);
bool field_double(struct reader *reader, void *at, const struct field *field, const cJSON *value);
bool field_probability(struct reader *reader, void *at, const struct field *field,
                       const cJSON *value);
bool field_bool(struct reader *reader, void *at, const struct field *field, const cJSON *value);
bool field_text(struct reader *reader, void *at, const struct field *field, const cJSON *value);

/* A whole number from minimum to maximum. */
bool read_whole(int64_t *out, const cJSON *value, int64_t minimum, int64_t maximum);
/* Owned copy; a complaint when memory ran out. */
char *read_copy(struct reader *reader, struct slice text);
/* No byte below a space, and no DEL. */
bool is_plain_text(struct slice text);

/* Goes into a member or an element; leave with what it returned. */
size_t reader_enter(struct reader *reader, const char *name);
size_t reader_enter_at(struct reader *reader, size_t index);
void reader_leave(struct reader *reader, size_t mark);

/* All return false, for `return reader_refuse(…)`; the first complaint stays. */
bool reader_refuse(struct reader *reader, const cJSON *found, const char *expected);
__attribute__((format(printf, 2, 3))) bool reader_complain(struct reader *reader,
                                                           const char *format, ...);
bool reader_no_memory(struct reader *reader);

/* A text from the document for people: cut, without control characters. Returns out. */
#define QUOTED_SIZE 64
const char *quote(char out[QUOTED_SIZE], const char *text);

/* Whether the bytes are one JSON text, within the limits of a document; where they stop being that
 * stands in the complaint. Stricter than cJSON, which forgives much. */
bool syntax_check(struct slice json, struct document_error *error);
/* How many bytes from the start are UTF-8. */
size_t utf8_length(struct slice text);

/* The parts of a document. What they fill in is cleared by the caller, also on failure. */
bool read_scenario(struct reader *reader, struct scenario *out, const cJSON *value);
bool read_step(struct reader *reader, struct scenario_step *out, const cJSON *value);
bool read_match(struct reader *reader, void *at, const struct field *field, const cJSON *value);
/* What a match may hold: MATCH_FIELDS rows that fill in a struct scenario_match. Static storage. */
#define MATCH_FIELDS 9
const struct field *match_field_rows(void);
bool read_delay(struct reader *reader, void *at, const struct field *field, const cJSON *value);
bool read_fault(struct reader *reader, void *at, const struct field *field, const cJSON *value);

#endif
