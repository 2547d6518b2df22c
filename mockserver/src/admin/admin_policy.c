/* Without a token the admin API is open only where the mock listens on loopback, and only to
 * requests that no proxy passed on. It is never open
 * to a web page of another origin: a browser on this machine would send the page's requests from
 * this machine. */
#include "admin/admin_policy.h"
#include "admin/admin.h"
#include "base/count_of.h"
#include <nettle/memops.h>

static bool tokens_equal(struct slice given, const char *token)
{
    return given.len == strlen(token) && memeql_sec(given.ptr, token, given.len);
}

static bool has_token(const struct request_head *head, const char *token)
{
    static const char bearer[] = "Bearer ";
    struct slice given = request_header(head, "Authorization");
    size_t prefix = sizeof bearer - 1;
    if (given.len < prefix || !slice_equal_nocase(slice_make(given.ptr, prefix), slice_of(bearer)))
        return false;
    return tokens_equal(slice_make(given.ptr + prefix, given.len - prefix), token);
}

/* Origin is "http://HOST" with the request's own Host, "https://HOST" by TLS, or absent: only
 * browsers send it. */
static bool is_same_origin(const struct request_head *head)
{
    const char *scheme = head->by_tls ? "https://" : "http://";
    struct slice origin = request_header(head, "Origin");
    size_t prefix = strlen(scheme);
    if (!origin.ptr)
        return true;
    return origin.len > prefix && memcmp(origin.ptr, scheme, prefix) == 0 &&
           slice_equal_nocase(slice_make(origin.ptr + prefix, origin.len - prefix),
                              request_header(head, "Host"));
}

static bool is_loopback_name(struct slice host)
{
    static const char *const names[] = {"localhost", "[::1]"};
    size_t digits = 0, len = host.len;
    const char *colon = host.len ? memrchr(host.ptr, ':', host.len) : NULL;
    if (colon && !memchr(colon, ']', host.len - (size_t)(colon - host.ptr)))
        len = (size_t)(colon - host.ptr);
    host.len = len;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_equal_nocase(host, slice_of(names[i])))
            return true;
    while (digits < len && strchr("0123456789.", host.ptr[digits]))
        digits++;
    return digits == len && len > 4 && memcmp(host.ptr, "127.", 4) == 0;
}

/* A web page's owner can give the page's host name an address of this machine (DNS rebinding). The
 * browser then takes mock and page for one origin, but still sends that name as Host. Browsers
 * always send Host. */
static bool is_asked_by_own_name(const struct request_head *head)
{
    struct slice host = request_header(head, "Host");
    return !host.ptr || is_loopback_name(host);
}

/* What a proxy passes on comes from the proxy's address, which may be this machine's. */
static bool came_through_a_proxy(const struct request_head *head)
{
    static const char *const names[] = {"Forwarded", "Via", "X-Real-IP"};
    static const char family[] = "X-Forwarded-";
    const size_t len = sizeof family - 1;
    for (size_t i = 0; i < head->header_count; i++) {
        const struct slice name = head->headers[i].name;
        if (name.len > len && slice_equal_nocase(slice_make(name.ptr, len), slice_of(family)))
            return true;
    }
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (request_header(head, names[i]).ptr)
            return true;
    return false;
}

bool admin_policy_opens_path(const struct admin_policy *policy, struct slice path)
{
    return admin_owns(path) && (!policy->off || slice_equal(path, slice_of(ADMIN_HEALTH_PATH)));
}

struct admin_refusal admin_policy_judge(const struct admin_policy *policy,
                                        const struct request_head *head)
{
    if (head->doubt)
        return (struct admin_refusal){400, head->doubt};
    if (policy->off)
        return (struct admin_refusal){404, "the admin API is switched off"};
    if (policy->token && !has_token(head, policy->token))
        return (struct admin_refusal){401, "the admin API wants 'Authorization: Bearer TOKEN'"};
    if (!policy->token && !policy->open)
        return (struct admin_refusal){
            403, "the admin API is off: the mock listens on more than loopback and was started "
                 "without --admin-token"};
    if (!policy->token && came_through_a_proxy(head))
        return (struct admin_refusal){
            403, "the request came through a proxy (Forwarded, X-Forwarded-*, X-Real-IP or Via): "
                 "that needs --admin-token"};
    if (!policy->token && !is_asked_by_own_name(head))
        return (struct admin_refusal){
            403, "without --admin-token the admin API answers only where Host is a loopback "
                 "address or localhost"};
    if (!is_same_origin(head))
        return (struct admin_refusal){403,
                                      "the admin API does not answer web pages of another origin"};
    if (head->framing == BODY_LENGTH && head->content_length > ADMIN_BODY_MAX)
        return (struct admin_refusal){413,
                                      "a document has at most " TEXT_OF(ADMIN_BODY_MAX) " bytes"};
    return (struct admin_refusal){0};
}
