/* Where the codecs of the banner write to, and how bright an ink is to both. */
#include "images/banner_parts.h"
#include <stdlib.h>

/* No picture of at most 5 MB grows anywhere near this; a bound all the same. */
#define SINK_LIMIT ((size_t)64 << 20)

bool banner_sink_reserve(struct banner_sink *sink, size_t more)
{
    if (more > SINK_LIMIT - sink->size)
        return false;
    const size_t need = sink->size + more;
    if (need <= sink->capacity)
        return true;
    size_t capacity = sink->capacity * 2 > need ? sink->capacity * 2 : need;
    if (capacity > SINK_LIMIT)
        capacity = SINK_LIMIT;
    unsigned char *data = realloc(sink->data, capacity);
    if (data == NULL)
        return false;
    sink->data = data;
    sink->capacity = capacity;
    return true;
}

unsigned char banner_luma(const unsigned char rgb[3])
{
    return (unsigned char)((299u * rgb[0] + 587u * rgb[1] + 114u * rgb[2] + 500u) / 1000u);
}
