/* The console: a browser gets its page at "/" and at /__admin/, and the files that the page names.
 * Programs get the 404 of any other unknown path at "/". */
#include "exchange/exchange_console.h"
#include "base/count_of.h"
#include "console/console.h"
#include "exchange/exchange_answer.h"
#include "exchange/exchange_page.h"
#include <stdlib.h>

#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "        \
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "                   \
    "frame-ancestors 'none'"

static bool has(struct slice list, const char *word)
{
    return list.len && memmem(list.ptr, list.len, word, strlen(word));
}

static bool takes_gzip(const struct request_head *head)
{
    struct slice accepted = request_header(head, "Accept-Encoding");
    return has(accepted, "gzip") && !has(accepted, "gzip;q=0") && !has(accepted, "gzip; q=0");
}

/* Which file is asked for. */
static bool find(struct console_file *out, struct exchange *exchange)
{
    struct request_head *head = &exchange->request.head;
    const bool at_root = slice_equal(head->path, slice_of("/"));
    if (at_root)
        *out = console_page();
    else if (!console_find(out, head->path))
        return false;
    request_head_derive(head);
    if (head->doubt || (!head->is_head && !slice_equal(head->method, slice_of("GET"))))
        return false;
    return !at_root || exchange_wants_page(head);
}

/* The browser asks again each time, and gets the file when it is another one. */
static void reply_file(struct exchange *exchange, const struct console_file *file)
{
    char etag[CONSOLE_ETAG_SIZE];
    const struct request_head *request = &exchange->request.head;
    const bool plain = !takes_gzip(request);
    console_etag(etag, file, plain);
    const struct reply_header extra[] = {
        {"ETag", etag},
        {"Cache-Control", "no-cache"},
        {"Vary", "Accept-Encoding"},
        {"Content-Security-Policy", POLICY},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Content-Encoding", "gzip"}, /* last: left out of a plain one */
    };
    const bool known = has(request_header(request, "If-None-Match"), etag);
    struct reply_head head = {
        .status = known ? 304 : 200,
        .content_type = known ? NULL : file->media_type,
        .now_ms = exchange->time.wall_ms,
        .keep_alive = exchange_keeps_alive(exchange),
        .is_head = request->is_head || known,
        .extra = extra,
        .extra_count = COUNT_OF(extra) - (plain || known),
        .same_origin = true,
    };
    size_t size = file->gzip.len;
    char *text = plain && !known ? console_inflate(file, &size) : NULL;
    const bool made = known || !plain || text;
    bool done = made && reply_bytes(&exchange->reply, &head,
                                    slice_make(text ? text : file->gzip.ptr, size));
    if (text) /* only now: reply_bytes() begins the reply anew */
        done = reply_own(&exchange->reply, text) && done;
    if (!done)
        exchange_answer_last_resort(exchange);
}

bool exchange_console_begin(struct exchange *exchange, struct mock *mock, struct exchange_time time)
{
    struct console_file file;
    if (mock_admin_policy(mock)->off || !find(&file, exchange))
        return false;
    exchange->mock = mock;
    exchange->time = time;
    exchange->is_admin = true;
    exchange->request.body_end = BODY_CUT;
    reply_file(exchange, &file);
    return true;
}
