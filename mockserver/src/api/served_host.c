#include "api/served_host.h"
#include "base/count_of.h"

/* Without the port; an IPv6 address keeps its brackets. */
static struct slice without_port(struct slice authority)
{
    const char *colon = authority.len ? memrchr(authority.ptr, ':', authority.len) : NULL;
    if (!colon || memchr(colon, ']', authority.len - (size_t)(colon - authority.ptr)))
        return authority;
    return slice_make(authority.ptr, (size_t)(colon - authority.ptr));
}

static bool is_loopback_address(struct slice host)
{
    size_t digits = 0;
    while (digits < host.len && memchr("0123456789.", host.ptr[digits], 11))
        digits++;
    return digits == host.len && host.len > 4 && memcmp(host.ptr, "127.", 4) == 0;
}

bool host_is_served(struct slice authority)
{
    static const char *const names[] = {"www.ailabapi.com", "ailabapi.com", "localhost", "[::1]"};
    const struct slice host = without_port(authority);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_equal_nocase(host, slice_of(names[i])))
            return true;
    return is_loopback_address(host);
}
