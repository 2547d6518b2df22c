/* Shapes of JSON objects: a table of fields, one row each. The same rows read an object into a
 * struct, with one exact complaint about the first thing that is wrong, print the struct as such an
 * object, and describe the object as JSON Schema. Adding a field is adding a row. The fields'
 * meaning is not known here.
 *
 * Pure but for memory. */
#ifndef AILAB_MOCKSERVER_BASE_SHAPE_H
#define AILAB_MOCKSERVER_BASE_SHAPE_H

#include "base/count_of.h"
#include "base/json_syntax.h"
#include "base/json_tree.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include <stdint.h>

struct shape;
struct shape_row;
struct shape_other;
struct reader;

enum shape_kind {
    SHAPE_WHOLE,  /* int, uint32_t, int64_t, uint64_t or size_t: minimum to maximum */
    SHAPE_REAL,   /* double: minimum to maximum */
    SHAPE_FLAG,   /* bool */
    SHAPE_TEXT,   /* char *, owned: minimum to maximum bytes, no control characters */
    SHAPE_WORD,   /* an enum: of.words[minimum] to of.words[maximum], NULL for those not to say */
    SHAPE_OBJECT, /* of.shape, at its place inside the struct */
    SHAPE_LIST,   /* an array of minimum to maximum of.shape, owned; its size_t is at .given */
    SHAPE_OTHER,  /* of.other reads it */
};

enum shape_flags {
    SHAPE_REQUIRED = 1,
    SHAPE_SECRET = 2, /* its text never stands in a complaint */
    SHAPE_DOUBLE = 8, /* WHOLE: the member is a double */
    SHAPE_NULL = 4, /* WHOLE: null is allowed and reads as minimum - 1. OBJECT: it reads nothing */
};

struct shape_row {
    const char *name;
    enum shape_kind kind;
    unsigned flags;
    size_t offset, size; /* of the member that is filled in: SHAPE_AT */
    int64_t minimum, maximum;
    union {
        const char *noun; /* TEXT: "a pattern"; WHOLE: what null means, "unlimited" */
        const char *const *words;
        const struct shape *shape;
        const struct shape_other *other;
    } of;
    size_t given;     /* of a bool that gets true when the field is there: SHAPE_GIVEN; 0: none */
    const char *note; /* for the schema; may be NULL */
};

#define SHAPE_AT(type, member) .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define SHAPE_GIVEN(type, member) .given = offsetof(type, member) + 1
#define SHAPE_ROWS(table) .rows = (table), .count = COUNT_OF(table)

struct shape {
    const char *what; /* expected, for complaints: "a step: an object" */
    const struct shape_row *rows;
    size_t count;
    size_t size;         /* of the struct; 0: a part of a larger one, which is not to be cleared */
    const void *initial; /* what the struct is before reading; NULL: zeros */
    /* May be NULL. Judges fields together, and fills in what follows from them. */
    bool (*check)(struct reader *reader, void *out, const cJSON *value);
    unsigned least, most; /* how many fields must and may be there; 0: any number. Only described:
                           * check complains about it */
    const char *plural;   /* of a list's elements: "steps" */
    const char *schema; /* the schema is referred to by this name; NULL: stands where it is used */
};

/* Reads value to *at. False when it is not as the row expects: then the reader has complained
 * itself, or leaves that to its caller. */
typedef bool shape_reader(struct reader *reader, void *at, const struct shape_row *row,
                          const cJSON *value);

/* Adds *at to object under name, if there is anything to say; *at may be as it was before reading.
 */
typedef void shape_printer(struct tree *tree, cJSON *object, const char *name, const void *at);

/* A field that fits no kind. */
struct shape_other {
    shape_reader *read;
    shape_printer *print; /* NULL: the shape is never printed */
    const char *expected;
    const char *schema;        /* JSON Schema with ' for "; NULL: whatever shape says */
    const struct shape *shape; /* the other form it may have; may be NULL */
};

#define WHOLE_MAX INT64_C(9007199254740991) /* 2^53 - 1: whole in every JSON reader */

/* Reading */

struct reader {
    struct document_error *error; /* its pointer is the place of reading, kept up to date */
    const char *thing;            /* "account 3: " begins a complaint inside a thing whose name */
    size_t number;                /* must not stand there; 0: none */
};

/* Reads JSON text. *out is set in any case, and what it owns is to be cleared by the caller, also
 * on failure. */
bool shape_parse(void *out, const struct shape *shape, struct slice json,
                 struct document_error *error);
/* Reads value, an object. What it fills in is cleared by the caller, also on failure. */
bool shape_read(struct reader *reader, void *out, const struct shape *shape, const cJSON *value);
/* The same without the complaint that value is no object. */
bool shape_read_rows(struct reader *reader, void *out, const struct shape *shape,
                     const cJSON *value);
/* The whole text as a tree to be deleted; NULL with a complaint. */
cJSON *reader_parse(struct reader *reader, struct slice json);

/* A whole number from minimum to maximum. */
bool read_whole(int64_t *out, const cJSON *value, int64_t minimum, int64_t maximum);
/* Owned copy; a complaint when memory ran out. */
char *read_copy(struct reader *reader, struct slice text);

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

/* Printing */

/* Adds the fields of *in, a struct that the shape reads, to object: a field that is given, or that
 * differs from the initial value. */
void shape_print(struct tree *tree, cJSON *object, const struct shape *shape, const void *in);

/* Describing */

/* Adds the JSON Schema of a shape to parent, as json_tree.h says. */
void shape_describe(struct tree *tree, cJSON *parent, const char *name, const struct shape *shape);
/* Adds a schema that is written with ' for ", for the sake of those who read the source. */
void tree_schema(struct tree *tree, cJSON *parent, const char *name, const char *schema);

#endif
