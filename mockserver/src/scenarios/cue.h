/* Cues: what in a request names a scenario.
 *
 *     key        ailabapi-api-key: mock:NAME      also mock:NAME@KEY, which acts for account KEY
 *     header     X-Mock-Scenario: NAME
 *     file name  mock-NAME.jpg                    also mock!NAME.jpg
 *     picture    a JPEG comment or PNG tEXt "mock:NAME"
 *
 * mock!NAME instead of mock:NAME (and !NAME in the header) answers so whatever the request was.
 * Pure. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_CUE_H
#define AILAB_MOCKSERVER_SCENARIOS_CUE_H

#include "images/image.h"

enum cue_source { CUE_NONE, CUE_HEADER, CUE_KEY, CUE_FILE_NAME, CUE_PICTURE };

struct cue {
    enum cue_source source;
    struct slice name; /* borrowed from what was looked at */
    bool always;
    struct slice key; /* CUE_KEY: what acts as the key: KEY of mock:NAME@KEY, else the whole */
};

/* Each returns whether there is a cue. The name is 1 to 64 of A-Z a-z 0-9 . _ -; anything else is
 * taken as it is, so that the answer can say that there is no such scenario. */
bool cue_from_key(struct cue *out, struct slice key);
bool cue_from_header(struct cue *out, struct slice value);
/* Looks at the base name, up to its last dot. */
bool cue_from_file_name(struct cue *out, struct slice file_name);
/* The first JPEG COM, or PNG tEXt with any keyword, that begins with the mark. Walks the structure
 * without decoding; safe on any bytes. */
bool cue_from_picture(struct cue *out, struct slice bytes);

#define CUE_NAME_BYTES_MAX 1024

/* A copy of a JPEG or PNG with "mock:NAME" (or "mock!NAME") as comment, replacing an earlier mark.
 * False when it is neither, when the name has not 1 to CUE_NAME_BYTES_MAX bytes, or when memory ran
 * out; *out is freed with free(). */
bool cue_write(unsigned char **out, size_t *out_size, struct slice bytes, struct slice name,
               bool always);

#endif
