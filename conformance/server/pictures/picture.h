/* The pictures that cases upload: two real portraits, and everything else made from them or drawn
 * when it is first wanted. Also the judge of pictures that come back: a full decode by libjpeg or
 * libpng. */
#ifndef CONFORMANCE_SERVER_PICTURES_PICTURE_H
#define CONFORMANCE_SERVER_PICTURES_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

enum picture {
#define PICTURE(id, ...) PICTURE_##id,
#include "pictures/pictures.def"
    PICTURE_COUNT
};

struct picture_bytes {
    const char *data; /* borrowed, valid until picture_set_free() */
    size_t size;
};

struct pictures; /* those made so far; any thread */

/* NULL when out of memory. */
struct pictures *picture_set_new(void);
void picture_set_free(struct pictures *pictures);
/* For what must not depend on the versions of libjpeg and libpng: a drawn picture is its recipe in
 * words. Before the first pictures_get(). */
void pictures_draw_in_words(struct pictures *pictures);
/* Makes the picture when it is wanted for the first time. False when that failed. */
bool pictures_get(struct picture_bytes *out, struct pictures *pictures, enum picture which);

/* Its file name; its title for people. Static storage. */
const char *picture_name(enum picture which);
const char *picture_title(enum picture which);

enum picture_format { PICTURE_FORMAT_NONE, PICTURE_FORMAT_JPEG, PICTURE_FORMAT_PNG };

struct picture_facts {
    enum picture_format format;
    unsigned width, height;
};

/* Decodes every row. False when the bytes are not a JPEG or PNG that decodes without damage; then
 * facts hold what could be learnt. */
bool picture_decodes(struct picture_facts *out, const void *data, size_t size);

#endif
