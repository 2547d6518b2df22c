/* See curl_line.h. */
#include "evidence/curl_line.h"
#include "evidence/redact.h"
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NC_WAIT_S 10 /* a server that keeps the connection open is not waited for forever */

/* In single quotes for a POSIX shell. */
static void quote(struct buf *out, const char *text)
{
    buf_text(out, "'");
    for (; *text; text++) {
        if (*text == '\'')
            buf_text(out, "'\\''");
        else
            buf_add(out, text, 1);
    }
    buf_text(out, "'");
}

/* In quotes only where a shell would read it differently without. */
static void word(struct buf *out, const char *text)
{
    size_t plain = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "%+,-./:=@_");
    if (text[0] && text[plain] == '\0')
        buf_text(out, text);
    else
        quote(out, text);
}

static void program(struct buf *out, const struct origin *origin)
{
    word(out, origin->program ? origin->program : "ailab-conformance");
}

static void header(struct buf *out, const struct origin *origin, const char *name,
                   const char *value)
{
    struct buf line = {0};
    buf_printf(&line, "%s%s", name, value[0] ? ": " : ";");
    redact_add(&line, origin->secrets, value, strlen(value), SIZE_MAX, REDACT_RECORD);
    buf_text(out, " -H ");
    quote(out, buf_str(&line));
    buf_clear(&line);
}

/* The key of the run with something around it, or with the case of its letters turned around. */
static bool derived_key(struct buf *out, const struct secrets *secrets,
                        const struct request *request)
{
    const char *own = secrets->own[ACCOUNT_GOOD] ? NULL : secrets->keys[ACCOUNT_GOOD];
    const char *at = own && own[0] ? strstr(request->key, own) : NULL;
    if (at)
        buf_printf(out, " -H \"%s: %.*s$AILAB_API_KEY%s\"", request->key_name,
                   (int)(at - request->key), request->key, at + strlen(own));
    else if (own && strcasecmp(own, request->key) == 0)
        buf_printf(out, " -H \"%s: $(printf %%s \"$AILAB_API_KEY\" | tr a-zA-Z A-Za-z)\"",
                   request->key_name);
    return at || (own && strcasecmp(own, request->key) == 0);
}

static void key_header(struct buf *out, const struct origin *origin, const struct request *request)
{
    if (!request->key)
        return;
    enum account account = secrets_account(origin->secrets, request->key);
    struct buf line = {0};
    if (account != ACCOUNT_COUNT && !origin->secrets->own[account]) {
        buf_printf(out, " -H \"%s: $%s\"", request->key_name, secrets_variable(account));
    } else if (!derived_key(out, origin->secrets, request)) { /* no secret: the suite's own */
        buf_printf(&line, request->key[0] ? "%s: %s" : "%s;", request->key_name, request->key);
        buf_text(out, " -H ");
        quote(out, buf_str(&line));
    }
    buf_clear(&line);
}

static void content_type(struct buf *out, const struct request *request, bool body)
{
    struct buf line = {0};
    if (!request->content_type && request->part_count > 0)
        buf_printf(&line, "Content-Type: multipart/form-data; boundary=%s", request->boundary);
    else if (request->content_type && request->content_type[0])
        buf_printf(&line, "Content-Type: %s", request->content_type);
    else if (request->content_type || body)
        buf_text(&line, "Content-Type:"); /* curl would add one of its own */
    if (line.len > 0) {
        buf_text(out, " -H ");
        quote(out, buf_str(&line));
    }
    buf_clear(&line);
}

/* Header lines that are sent as they are; curl takes their names in the case that they have. */
static void raw_headers(struct buf *out, const struct origin *origin, const char *lines)
{
    while (lines && *lines) {
        struct buf line = {0};
        size_t len = strcspn(lines, "\r\n");
        redact_add(&line, origin->secrets, lines, len, SIZE_MAX, REDACT_RECORD);
        buf_text(out, " -H ");
        quote(out, buf_str(&line));
        buf_clear(&line);
        lines += len;
        lines += strspn(lines, "\r\n");
    }
}

static void trust(struct buf *out, const struct endpoint *endpoint, const char *ca_option)
{
    if (endpoint->ca_file) {
        buf_printf(out, " %s ", ca_option);
        word(out, endpoint->ca_file);
    }
    if (endpoint->insecure)
        buf_text(out, " --insecure");
}

/* Sends standard input as it is: the program of the shell that can, over what the run went over. */
static void raw_client(struct buf *out, const struct endpoint *endpoint, bool finish)
{
    const struct url *url = &endpoint->url, *proxy = &endpoint->proxy;
    if (url->tls) {
        buf_printf(out, "openssl s_client -quiet -servername %s -connect %s:%s", url->host,
                   url->host, url->port);
        if (proxy->host[0])
            buf_printf(out, " -proxy %s:%s", proxy->host, proxy->port);
        return;
    } /* -N: the server is told that nothing follows, as it was in the case */
    buf_printf(out, "nc %s-w %d ", finish ? "-N " : "", NC_WAIT_S);
    if (proxy->host[0])
        buf_printf(out, "-X connect -x %s:%s ", proxy->host, proxy->port);
    buf_printf(out, "%s %s", url->host, url->port);
}

/* The program itself makes the bytes again, with the options of this run. */
static void source(struct buf *out, const struct origin *origin, const char *flag, const char *slug,
                   unsigned step)
{
    program(out, origin);
    buf_text(out, " --target ");
    word(out, origin->endpoint->url.base);
    if (origin->revision != REVISION_DEFAULT)
        buf_printf(out, " --revision %s", revision_name(origin->revision));
    if (origin->endpoint->proxy.host[0]) {
        buf_text(out, " --proxy ");
        word(out, origin->endpoint->proxy.base);
    }
    trust(out, origin->endpoint, "--ca-file");
    buf_printf(out, step > 1 ? " %s %s#%u | " : " %s %s | ", flag, slug, step);
}

static void headers(struct buf *out, const struct origin *origin, const struct request *request,
                    bool body)
{
    key_header(out, origin, request);
    content_type(out, request, body);
    for (size_t i = 0; i < request->extra_count; i++)
        header(out, origin, request->extra[i].name, request->extra[i].value);
    raw_headers(out, origin, request->raw_headers);
    if (request->framing == FRAMING_CHUNKED)
        buf_text(out, " -H 'Transfer-Encoding: chunked'");
    if (request->expect)
        buf_text(out, " -H 'Expect: 100-continue'");
    if (request->close)
        buf_text(out, " -H 'Connection: close'");
}

/* Other bytes make a report that is no UTF-8, and a line that no terminal shows. */
static bool is_printable(const char *text)
{
    for (; text && *text; text++)
        if ((unsigned char)*text >= 0x7f ||
            ((unsigned char)*text < ' ' && !strchr("\t\r\n", *text)))
            return false;
    return true;
}

void curl_line(struct buf *out, const struct origin *origin, const struct request *request,
               const char *slug, unsigned step, bool raw_framing)
{
    struct buf url = {0};
    bool body = request->raw_body || request->part_count > 0;
    raw_framing = raw_framing || !is_printable(request->content_type) ||
                  !is_printable(request->boundary) || !is_printable(request->raw_headers);
    if (raw_framing || body)
        source(out, origin, raw_framing ? "--wire" : "--body", slug, step);
    if (raw_framing) {
        raw_client(out, origin->endpoint, request->finish);
        return;
    }
    buf_text(out, "curl -sS -i");
    if (origin->endpoint->proxy.host[0]) {
        buf_text(out, " --proxytunnel --proxy ");
        word(out, origin->endpoint->proxy.base);
    }
    trust(out, origin->endpoint, "--cacert");
    if (strcmp(request->method, "HEAD") == 0)
        buf_text(out, " -I");
    else
        buf_printf(out, " -X %s", request->method);
    if (strcmp(request->version, "HTTP/1.0") == 0)
        buf_text(out, " --http1.0");
    headers(out, origin, request, body);
    if (body)
        buf_text(out, " --data-binary @-");
    buf_text(out, " ");
    buf_printf(&url, "%s%s", origin->endpoint->url.base, request->path);
    quote(out, buf_str(&url));
    buf_clear(&url);
}
