/* The page at "/" while the admin API, and the console with it, is switched off. It is for people
 * who follow a link or mistype an address; programs get the 404 of any other unknown path. */
#include "exchange/exchange_page.h"
#include "exchange/exchange_answer.h"
#include <stdio.h>
#include <stdlib.h>

#define HOST_MAX 255

static const char PAGE[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head><meta charset=\"utf-8\"><title>ailab-mock</title>\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<style>body{font:1em/1.5 sans-serif;max-width:45em;margin:2em auto;padding:0 1em}"
    "pre{overflow:auto;padding:1em;background:#eee;color:#111}</style></head>\n"
    "<body>\n"
    "<h1>ailab-mock %s</h1>\n"
    "<p>A mock of AILabTools' \"Change facial expressions\", revision %s, for tests. It is "
    "unofficial and changes no faces. Call it like this:</p>\n"
    "<pre>curl --header 'ailabapi-api-key: any-key' \\\n"
    "  --form service_choice=12 --form image_target=@portrait.jpg \\\n"
    "  http://%.*s%s</pre>\n"
    "<p>The console and the admin API are switched off (<code>--no-admin</code>). "
    "<a href=\"/__admin/health\">Health</a></p>\n"
    "</body>\n"
    "</html>\n";

bool exchange_wants_page(const struct request_head *head)
{
    if (head->doubt || !slice_equal(head->path, slice_of("/")) ||
        (!head->is_head && !slice_equal(head->method, slice_of("GET"))))
        return false;
    struct slice accept = request_header(head, "Accept");
    return accept.len && memmem(accept.ptr, accept.len, "text/html", 9);
}

/* How the browser reached the mock; no other character of its header enters the page. */
static struct slice host_of(const struct request_head *head)
{
    struct slice host = request_header(head, "Host");
    if (!host.len || host.len > HOST_MAX)
        return slice_of("127.0.0.1:8080");
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain && (c == '\0' || !strchr(".:-_[]", c)))
            return slice_of("127.0.0.1:8080");
    }
    return host;
}

void exchange_answer_page(struct exchange *exchange)
{
    char *text;
    const struct request_head *request = &exchange->request.head;
    const struct slice host = host_of(request);
    const struct reply_head head = {
        .status = 200,
        .content_type = "text/html; charset=utf-8",
        .now_ms = exchange->time.wall_ms,
        .keep_alive = exchange_keeps_alive(exchange),
        .is_head = request->is_head,
        .same_origin = true,
    };
    int size = asprintf(&text, PAGE, AILAB_VERSION_STRING, exchange->context.revision->name,
                        (int)host.len, host.ptr, endpoint_info(ENDPOINT_EMOTION_EDITOR)->path);
    bool done = size >= 0 && reply_bytes(&exchange->reply, &head, slice_make(text, (size_t)size));
    if (size >= 0) /* only now: reply_bytes() begins the reply anew */
        done = reply_own(&exchange->reply, text) && done;
    if (!done)
        exchange_answer_last_resort(exchange);
}
