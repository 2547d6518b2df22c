/* An extension in use is kept as it is written (.JPG, .jpeg) as long as it tells the truth. */
#include "files/names.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *names_format(enum ailab_format format)
{
    switch (format) {
    case AILAB_FORMAT_JPEG:
        return "jpeg";
    case AILAB_FORMAT_PNG:
        return "png";
    case AILAB_FORMAT_NONE:
        break;
    }
    return "unknown";
}

const char *names_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* With its dot; the end of the path when there is none. A leading dot hides, it does not extend. */
static const char *extension(const char *path)
{
    const char *base = names_base(path);
    const char *dot = strrchr(base, '.');
    return dot && dot != base ? dot : path + strlen(path);
}

enum ailab_format names_promise(const char *path)
{
    static const char *const jpeg[] = {".jpg", ".jpeg", ".jpe", ".jfif"};
    const char *end = extension(path);
    for (size_t i = 0; i < sizeof(jpeg) / sizeof(jpeg[0]); i++) {
        if (strcasecmp(end, jpeg[i]) == 0)
            return AILAB_FORMAT_JPEG;
    }
    return strcasecmp(end, ".png") == 0 ? AILAB_FORMAT_PNG : AILAB_FORMAT_NONE;
}

char *names_edited(const char *path, const char *expression, enum ailab_format format)
{
    const char *old = extension(path);
    const char *end = format == AILAB_FORMAT_PNG ? ".png" : ".jpg";
    size_t stem_length = (size_t)(old - path);
    if (names_promise(path) == format)
        end = old;
    size_t size = stem_length + 1 + strlen(expression) + strlen(end) + 1;
    char *name = malloc(size);
    if (name)
        snprintf(name, size, "%.*s.%s%s", (int)stem_length, path, expression, end);
    return name;
}
