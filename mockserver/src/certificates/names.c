/* Names come from the hello of a client, so every byte is looked at before OpenSSL reads it as
 * configuration. */
#include "certificates/names.h"
#include <string.h>

#define LABEL_MAX 63

/* Letters, digits, '-' and '_' in labels of 1 to 63 bytes, in small letters. */
static bool is_host_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    for (;; name++) {
        size_t length = strspn(name, allowed);
        if (length == 0 || length > LABEL_MAX)
            return false;
        name += length;
        if (*name == '\0')
            return true;
        if (*name != '.')
            return false;
    }
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), end_length = strlen(end);
    return length > end_length && strcmp(name + length - end_length, end) == 0;
}

static bool is_usual(const char *name)
{
    return strcmp(name, NAMES_VENDOR_HOST) == 0 || strcmp(name, NAMES_DOMAIN) == 0 ||
           strcmp(name, "localhost") == 0;
}

const char *name_beside_usual(char out[NAME_SIZE], const char *name)
{
    size_t length = name ? strlen(name) : 0;
    out[0] = '\0';
    if (length >= NAME_SIZE)
        return out;
    for (size_t i = 0; i < length; i++)
        out[i] = (char)slice_lower(name[i]);
    if (length > 0 && out[length - 1] == '.') /* of the root, as some write it */
        length--;
    out[length] = '\0';
    bool below = ends_with(out, "." NAMES_DOMAIN) || ends_with(out, ".localhost");
    if (!below || is_usual(out) || !is_host_name(out))
        out[0] = '\0';
    return out;
}
