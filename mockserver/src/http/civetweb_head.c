/* civetweb parses heads in place and accepts some that a faithful mock must refuse. The places of
 * its strings in the buffer show what it skipped or dropped. */
#include "http/civetweb_head.h"
#include "api/served_host.h"
#include <civetweb.h>
#include <stddef.h>

/* Between a name's NUL, once the colon, and its value stands nothing but white space; a second NUL
 * was a space before the colon. */
static bool colon_follows_name(const struct mg_header *header)
{
    const char *after = header->name + strlen(header->name) + 1;
    return after + strspn(after, " \t") == header->value;
}

/* civetweb ends names and values with NUL in place, and silently drops everything after a line that
 * it does not understand. So each value must be followed by what was CR LF and then by the next
 * name, the last value by the empty line, whose LF has become NUL too. Anything else means that a
 * line was folded, dropped or ended by a bare LF. */
static bool headers_are_contiguous(const struct mg_request_info *info)
{
    for (int i = 0; i < info->num_headers; i++) {
        const char *value = info->http_headers[i].value;
        const char *end = value + strlen(value);
        if (!colon_follows_name(&info->http_headers[i]) || end[1] != '\0')
            return false;
        if (i + 1 < info->num_headers ? info->http_headers[i + 1].name != end + 2
                                      : end[2] != '\r' || end[3] != '\0')
            return false;
    }
    return true;
}

/* civetweb skips any number of blanks and line ends between the words of the request line: what it
 * reads in one line, others read in two. */
static bool request_line_is_plain(const struct mg_request_info *info)
{
    const char *method = info->request_method, *uri = info->request_uri;
    const char *last = info->query_string ? info->query_string : uri;
    return uri == method + strlen(method) + 1 &&
           info->http_version == last + strlen(last) + 1 + strlen("HTTP/");
}

/* Behind the version stands what was CR LF, whose CR has become NUL, and then the first name.
 * civetweb skips white space and further line ends there, which RFC 9112 section 2.2 forbids, for a
 * reader that does not skip them sees the head end, or no header where civetweb sees one. */
static bool starts_with_a_header(const struct mg_request_info *info)
{
    return info->num_headers == 0 ||
           info->http_headers[0].name == info->http_version + strlen(info->http_version) + 2;
}

/* civetweb skips white space before the request line. It counts the head's length right after one
 * empty line, which a server should ignore (RFC 9112 section 2.2), and wrong after more of them.
 * Its buffer comes from malloc(), so a request line that is not aligned was not at the buffer's
 * beginning. */
static bool starts_the_buffer(const struct mg_request_info *info)
{
    const char *method = info->request_method;
    size_t skipped = (uintptr_t)method % _Alignof(max_align_t);
    return skipped == 0 || (skipped == 2 && memcmp(method - 2, "\r\n", 2) == 0);
}

/* From the '@' on: the user and the password that a program took along from a URL are no part of
 * the target of CONNECT, and nothing to show. */
static const char *without_user(const char *authority)
{
    const char *at = strrchr(authority, '@');
    return at ? at : authority;
}

/* Path and authority as they stood in the request line, without decoding, cleaning or case folding.
 * What is asked of another host is that host's: its path is the whole URI. */
static void fill_target(struct request_head *head, const char *method, const char *uri)
{
    const char *scheme = uri[0] == '/' ? NULL : strstr(uri, "://");
    if (strcmp(method, "CONNECT") == 0) {
        uri = without_user(uri);
        head->authority = slice_make(uri, strcspn(uri, "?"));
    }
    head->path = slice_make(uri, strcspn(uri, "?"));
    if (!scheme || memchr(uri, '?', (size_t)(scheme - uri)))
        return;
    head->authority = slice_make(scheme + 3, strcspn(scheme + 3, "/?"));
    if (!host_is_served(head->authority))
        return;
    const char *path = scheme + 3 + head->authority.len;
    head->path = *path == '/' ? slice_make(path, strcspn(path, "?")) : slice_of("/");
}

/* civetweb cuts the query off a target that it finds to be its own, and leaves an absolute URI
 * whole: that names the port of the front. */
static struct slice query_of(const struct mg_request_info *info)
{
    const char *cut = info->query_string, *mark = strchr(info->request_uri, '?');
    return slice_of(mark ? mark + 1 : cut ? cut : "");
}

void civetweb_head_fill(struct request_head *head, const struct mg_request_info *info)
{
    head->method = slice_of(info->request_method);
    fill_target(head, head->method.ptr, info->request_uri);
    head->query = query_of(info);
    head->version = slice_of(info->http_version);
    for (int i = 0; i < info->num_headers && i < REQUEST_HEADERS_MAX; i++)
        head->headers[head->header_count++] = (struct header_field){
            slice_of(info->http_headers[i].name), slice_of(info->http_headers[i].value)};
    head->headers_incomplete = !headers_are_contiguous(info) || !starts_with_a_header(info);
    if (!request_line_is_plain(info))
        head->incomplete_why = "the request line has more than one blank between two words";
    if (!starts_the_buffer(info))
        head->incomplete_why = "several empty lines or other white space before the request line";
    head->headers_incomplete |= head->incomplete_why != NULL;
}

bool civetweb_head_has_unknown_method(const struct mg_request_info *info, int status)
{
    return status == 400 && info && info->http_version && info->num_headers == 0 &&
           (strcmp(info->http_version, "1.1") == 0 || strcmp(info->http_version, "1.0") == 0);
}
