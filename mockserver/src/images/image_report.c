/* How the two codecs report damage and oddities, and the orientation that EXIF gives a picture. */
#include "base/count_of.h"
#include "images/image_codec.h"
#include <stdarg.h>
#include <stdio.h>

enum {
    TIFF_ORIENTATION = 0x0112,
    TIFF_SHORT = 3,
    TIFF_ENTRY_SIZE = 12,
};

bool image_damaged(struct image_facts *facts, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(facts->why, sizeof facts->why, format, arguments);
    va_end(arguments);
    facts->state = IMAGE_DAMAGED;
    return false;
}

void image_odd(struct image_facts *facts, enum image_oddity oddity)
{
    facts->oddities |= 1u << oddity;
}

void image_forgive(struct image_facts *facts, size_t data_end)
{
    facts->state = IMAGE_SOUND;
    facts->why[0] = '\0';
    facts->data_end = data_end;
    image_odd(facts, IMAGE_ODDITY_data_after_last_row);
}

static const struct oddity oddities[] = {
#define MOCK_ODDITY(id, note) {#id, note},
#include "images/oddities.def"
};

const struct oddity_table image_oddities = {oddities, COUNT_OF(oddities)};

static uint32_t tiff16(const uint8_t *at, bool little)
{
    return little ? (uint32_t)at[1] << 8 | at[0] : image_be16(at);
}

static uint32_t tiff32(const uint8_t *at, bool little)
{
    return little ? tiff16(at + 2, true) << 16 | tiff16(at, true) : image_be32(at);
}

unsigned image_exif_orientation(struct slice tiff)
{
    const uint8_t *data = image_data(tiff);
    if (tiff.len < 8 || (memcmp(data, "II*\0", 4) != 0 && memcmp(data, "MM\0*", 4) != 0))
        return 0;
    bool little = data[0] == 'I';
    size_t directory = tiff32(data + 4, little);
    if (directory > tiff.len - 2)
        return 0;
    size_t room = (tiff.len - directory - 2) / TIFF_ENTRY_SIZE;
    size_t count = tiff16(data + directory, little);
    const uint8_t *entry = data + directory + 2;
    for (size_t i = 0; i < count && i < room; i++, entry += TIFF_ENTRY_SIZE) {
        if (tiff16(entry, little) != TIFF_ORIENTATION)
            continue;
        uint32_t value = tiff16(entry + 8, little);
        bool stated = tiff16(entry + 2, little) == TIFF_SHORT && value >= 1 && value <= 8;
        return stated ? value : 0;
    }
    return 0;
}
