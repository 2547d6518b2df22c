/* libcurl, driven through its multi interface so that a call can be cancelled while it sleeps. The
 * easy handle is set up once and keeps its connection between calls.
 *
 * A request costs money, so the client never sends it twice without the caller's leave. It follows
 * no redirect, and it refuses libcurl's silent second try on a kept connection that died: libcurl
 * cannot go back to the beginning of the picture, not even of an empty one. */
#include "transport.h"
#include "failure.h" /* and with it <curl/curl.h> */
#include "no_sigpipe.h"
#include "picture.h"
#include "shorten.h"
#include "url.h"
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KEY_HEADER "ailabapi-api-key"
#define EXPECT_100_MS 200L   /* how long to wait for leave to send a large body */
#define BUFFER_BYTES 262144L /* fewer, larger reads and writes */
#define URL_SHOWN_BYTES 181
#define WORDS_SHOWN_BYTES 201
#define PROGRESS_EVERY_MS 100L /* the longest silence towards the progress callback */

struct ai_transport {
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers;
    char *url;
    size_t max_answer_bytes;
    int (*progress)(void *context, const struct ailab_progress *progress);
    void *progress_context;
    struct ai_wake *wake; /* borrowed */
};

/* One request in flight. */
struct exchange {
    struct ai_transport *transport;
    const struct ailab_image *image;
    struct ai_received *out;
    struct ai_envelope *envelope;
    size_t read_bytes; /* of the picture, by libcurl */
    bool head_whole;
    bool too_large;
    bool no_memory;
    bool cancelled;
    long long told_ms; /* when the progress callback was last called */
    char error[CURL_ERROR_SIZE];
};

/* A process initialises libcurl once; before 7.84 only one thread may do it. The client never
 * cleans it up, because the program may use libcurl elsewhere. */
static void init_libcurl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t read_image(char *out, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    size_t left = exchange->image->size - exchange->read_bytes;
    size_t taken = size * count < left ? size * count : left;
    memcpy(out, (const char *)exchange->image->data + exchange->read_bytes, taken);
    exchange->read_bytes += taken;
    return taken;
}

static long status_of(CURL *easy)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 ? status : 0; /* 1xx is no answer yet */
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
    static const char name[] = "content-encoding:";
    struct exchange *exchange = context;
    size_t length = size * count;
    if (length >= 5 && !memcmp(line, "HTTP/", 5)) {
        exchange->out->answer.encoded = exchange->head_whole = false;
    } else if (length > 0 && strchr("\r\n", line[0])) {
        exchange->head_whole = true;
    } else if (length >= sizeof name - 1 && !strncasecmp(line, name, sizeof name - 1)) {
        size_t from = sizeof name - 1, to = length;
        while (from < to && strchr(" \t\r\n", line[from]))
            from++;
        while (to > from && strchr(" \t\r\n", line[to - 1]))
            to--;
        bool identity = to - from == 8 && !strncasecmp(line + from, "identity", 8);
        exchange->out->answer.encoded |= to > from && !identity;
    }
    if (status_of(exchange->transport->easy) == 200)
        exchange->out->success_begun = true;
    return length;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    struct ailab_progress *progress = &exchange->out->progress;
    size_t max = exchange->transport->max_answer_bytes;
    size_t length = size * count;
    curl_off_t total = -1;
    if (progress->received_bytes == 0) {
        curl_easy_getinfo(exchange->transport->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
    }
    if ((total > 0 && (unsigned long long)total > max) || length > max - progress->received_bytes) {
        exchange->too_large = true;
        return 0;
    }
    if ((total > 0 && !ai_envelope_reserve(exchange->envelope, (size_t)total)) ||
        !ai_envelope_add(exchange->envelope, bytes, length)) {
        exchange->no_memory = true;
        return 0;
    }
    progress->received_bytes += length;
    return length;
}

static int note_progress(void *context, curl_off_t receive_total, curl_off_t received,
                         curl_off_t send_total, curl_off_t sent)
{
    struct exchange *exchange = context;
    struct ailab_progress *progress = &exchange->out->progress;
    (void)received; /* take_body() knows */
    progress->receive_total_bytes = receive_total > 0 ? (size_t)receive_total : 0;
    progress->send_total_bytes = send_total > 0 ? (size_t)send_total : 0;
    progress->sent_bytes = sent > 0 ? (size_t)sent : 0;
    return 0;
}

static const char *type_of(const struct ailab_image *image)
{
    switch (ai_picture_format(image->data, image->size)) {
    case AILAB_FORMAT_JPEG:
        return "image/jpeg";
    case AILAB_FORMAT_PNG:
        return "image/png";
    default:
        return "application/octet-stream";
    }
}

/* The two parts of the form. The picture is read where it lies, once. NULL when memory ran
 * out. */
static curl_mime *make_form(struct exchange *exchange, int service_choice)
{
    const struct ailab_image *image = exchange->image;
    char number[16];
    snprintf(number, sizeof number, "%d", service_choice);
    curl_mime *form = curl_mime_init(exchange->transport->easy);
    curl_mimepart *choice = form ? curl_mime_addpart(form) : NULL;
    curl_mimepart *picture = choice ? curl_mime_addpart(form) : NULL;
    if (picture && !curl_mime_name(choice, "service_choice") &&
        !curl_mime_data(choice, number, CURL_ZERO_TERMINATED) &&
        !curl_mime_name(picture, "image_target") &&
        !curl_mime_filename(picture, image->file_name ? image->file_name : "image_target") &&
        !curl_mime_type(picture, type_of(image)) &&
        !curl_mime_data_cb(picture, (curl_off_t)image->size, read_image, NULL, NULL, exchange))
        return form;
    curl_mime_free(form);
    return NULL;
}

static bool set_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return !curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return !curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* A name server that does not answer must not outlast a time-out or ailab_cancel(), so libcurl does
 * not wait for the thread in which it looks up a name. That thread ends by itself, later. A libcurl
 * that does not know the option waits. */
static void leave_resolver_behind(struct ai_transport *transport)
{
#if LIBCURL_VERSION_NUM >= 0x075700
    (void)curl_easy_setopt(transport->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
#if LIBCURL_VERSION_NUM >= 0x081400 /* its threads belong to the multi handle */
    (void)curl_multi_setopt(transport->multi, CURLMOPT_QUICK_EXIT, 1L);
#endif
    (void)transport;
}

/* The caller's proxy alone: an empty one keeps http_proxy and its like away, and an empty list of
 * exceptions keeps no_proxy away. The head of a proxy's own 200 is no answer of the service. */
static bool set_proxy(CURL *easy, const char *proxy)
{
    return !curl_easy_setopt(easy, CURLOPT_PROXY, proxy ? proxy : "") &&
           !curl_easy_setopt(easy, CURLOPT_NOPROXY, "") &&
           !curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

/* For the service and for a proxy that speaks TLS, which a libcurl without such proxies refuses by
 * itself. */
static bool trust(CURL *easy, const char *ca_file)
{
    (void)curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, ca_file);
    return !curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
}

/* Everything that holds for all requests of the handle. */
static bool set_up(struct ai_transport *transport, const struct ailab_options *options)
{
    CURL *easy = transport->easy;
    const char *agent = options->user_agent;
    leave_resolver_behind(transport);
    return set_protocols(easy) && !curl_easy_setopt(easy, CURLOPT_URL, transport->url) &&
           !curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transport->headers) &&
           !curl_easy_setopt(easy, CURLOPT_USERAGENT, agent) &&
           !curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           !curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) && set_proxy(easy, options->proxy) &&
           !curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) &&
           !curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L) &&
           !curl_easy_setopt(easy, CURLOPT_EXPECT_100_TIMEOUT_MS, EXPECT_100_MS) &&
           !curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES) &&
           !curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, BUFFER_BYTES) &&
           !curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, options->connect_timeout_ms) &&
           !curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, options->timeout_ms) &&
           !curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L) &&
           !curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, note_progress) &&
           !curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) &&
           !curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) &&
           (!options->ca_file || trust(easy, options->ca_file));
}

static struct curl_slist *key_header(const char *key)
{
    size_t size = sizeof KEY_HEADER ": " + strlen(key);
    char *line = malloc(size);
    if (!line)
        return NULL;
    snprintf(line, size, KEY_HEADER ": %s", key);
    struct curl_slist *headers = curl_slist_append(NULL, line);
    explicit_bzero(line, size);
    free(line);
    return headers;
}

bool ai_transport_new(struct ai_transport **out, const struct ailab_options *options,
                      struct ai_wake *wake)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    *out = NULL;
    pthread_once(&once, init_libcurl);
    struct ai_transport *transport = calloc(1, sizeof *transport);
    if (!transport)
        return false;
    transport->wake = wake;
    transport->max_answer_bytes = options->max_answer_bytes;
    transport->progress = options->progress;
    transport->progress_context = options->progress_context;
    transport->url = ai_url_of_endpoint(options->base_url);
    transport->headers = key_header(options->api_key);
    transport->easy = curl_easy_init();
    transport->multi = curl_multi_init();
    if (!transport->url || !transport->headers || !transport->easy || !transport->multi ||
        !set_up(transport, options)) {
        ai_transport_free(transport);
        return false;
    }
    *out = transport;
    return true;
}

void ai_transport_free(struct ai_transport *transport)
{
    struct ai_no_sigpipe blocked;
    if (!transport)
        return;
    ai_no_sigpipe_begin(&blocked);
    curl_easy_cleanup(transport->easy);
    curl_multi_cleanup(transport->multi);
    ai_no_sigpipe_end(&blocked);
    if (transport->headers)
        explicit_bzero(transport->headers->data, strlen(transport->headers->data));
    curl_slist_free_all(transport->headers);
    free(transport->url);
    free(transport);
}

/* Calls the progress callback if it is time; true when the callback wants an end. */
static bool told_to_stop(struct exchange *exchange)
{
    struct ai_transport *transport = exchange->transport;
    if (!transport->progress)
        return false;
    long long now = ai_now_ms();
    if (now - exchange->told_ms < PROGRESS_EVERY_MS)
        return false;
    exchange->told_ms = now;
    return transport->progress(transport->progress_context, &exchange->out->progress) != 0;
}

/* Runs the transfer until it ends or the caller cancels it. */
static CURLcode drive(struct exchange *exchange)
{
    struct ai_transport *transport = exchange->transport;
    int running = 0, left = 0;
    for (;;) {
        CURLMcode code = curl_multi_perform(transport->multi, &running);
        struct curl_waitfd waiter = {.fd = transport->wake->pipe[0], .events = CURL_WAIT_POLLIN};
        if (code != CURLM_OK)
            return code == CURLM_OUT_OF_MEMORY ? CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT;
        if (!running)
            break;
        if (ai_wake_taken(transport->wake) || told_to_stop(exchange)) {
            exchange->cancelled = true;
            return CURLE_ABORTED_BY_CALLBACK;
        }
        curl_multi_poll(transport->multi, &waiter, 1,
                        transport->progress ? (int)PROGRESS_EVERY_MS : 1000, NULL);
    }
    CURLMsg *message = curl_multi_info_read(transport->multi, &left);
    return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

/* Collects libcurl's account of a transfer that it ended. */
static struct ai_failure failure_of(const struct exchange *exchange, CURLcode code)
{
    curl_off_t first_byte_us = 0;
    long system_error = 0, proxy_status = 0;
    curl_easy_getinfo(exchange->transport->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte_us);
    curl_easy_getinfo(exchange->transport->easy, CURLINFO_OS_ERRNO, &system_error);
    curl_easy_getinfo(exchange->transport->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    return (struct ai_failure){.code = code,
                               .words = exchange->error,
                               .answer_started = first_byte_us > 0,
                               .head_whole = exchange->head_whole,
                               .system_error = system_error != 0,
                               .proxy_status = proxy_status,
                               .encrypted = !strncasecmp(exchange->transport->url, "https:", 6)};
}

static enum ailab_error error_of(const struct exchange *exchange, const struct ai_failure *failure)
{
    if (exchange->cancelled)
        return AILAB_CANCELLED;
    if (exchange->no_memory)
        return AILAB_NO_MEMORY;
    return exchange->too_large ? AILAB_BAD_ANSWER : ai_failure_error(failure);
}

/* After an answer that breaks the contract its status says whether a retry can help. */
static bool may_pass(const struct ai_received *out, const struct ai_failure *failure)
{
    return out->error == AILAB_BAD_ANSWER ? ai_status_is_transient(out->answer.http_status)
                                          : ai_failure_may_pass(failure);
}

static void explain(struct exchange *exchange, const struct ai_failure *failure)
{
    struct ai_received *out = exchange->out;
    char url[URL_SHOWN_BYTES], words[WORDS_SHOWN_BYTES];
    ai_text_shorten(url, sizeof url, exchange->transport->url);
    ai_text_shorten(words, sizeof words, ai_failure_words(failure));
    if (exchange->cancelled)
        snprintf(out->why, sizeof out->why, "cancelled while talking to %s", url);
    else if (exchange->too_large)
        snprintf(out->why, sizeof out->why,
                 "the answer of %s is larger than max_answer_bytes (%zu)", url,
                 exchange->transport->max_answer_bytes);
    else if (exchange->no_memory)
        snprintf(out->why, sizeof out->why, "out of memory for the answer of %s", url);
    else
        snprintf(out->why, sizeof out->why, "POST %s: %s", url, words);
}

/* Whether a whole refusal came before the connection broke: a server that refuses early closes
 * while the client still sends. A success must come whole. */
static bool was_refused(const struct exchange *exchange, CURLcode code)
{
    return (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_PARTIAL_FILE) &&
           exchange->out->answer.http_status != 0 && exchange->out->answer.http_status != 200 &&
           ai_envelope_read(exchange->envelope);
}

static void conclude(struct exchange *exchange, CURLcode code)
{
    struct ai_received *out = exchange->out;
    curl_off_t retry_after = 0;
    out->answer.http_status = status_of(exchange->transport->easy);
    curl_easy_getinfo(exchange->transport->easy, CURLINFO_RETRY_AFTER, &retry_after);
    if (retry_after > 0)
        out->retry_after_s = retry_after < UINT_MAX ? (unsigned)retry_after : UINT_MAX;
    const struct ai_failure failure = failure_of(exchange, code);
    out->error = was_refused(exchange, code) ? AILAB_OK : error_of(exchange, &failure);
    if (out->error == AILAB_OK)
        return;
    out->may_pass = !exchange->cancelled && may_pass(out, &failure);
    explain(exchange, &failure);
}

void ai_transport_send(struct ai_received *out, struct ai_transport *transport,
                       const struct ai_request *request, struct ai_envelope *envelope)
{
    CURL *easy = transport->easy;
    struct exchange exchange = {
        .transport = transport, .image = request->image, .out = out, .envelope = envelope};
    struct ai_no_sigpipe blocked;
    memset(out, 0, sizeof *out);
    out->progress.attempt = request->attempt;
    ai_no_sigpipe_begin(&blocked);
    curl_mime *form = make_form(&exchange, request->service_choice);
    if (form && !curl_easy_setopt(easy, CURLOPT_MIMEPOST, form) &&
        !curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.error) &&
        !curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange) &&
        !curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange) &&
        !curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &exchange) &&
        !curl_multi_add_handle(transport->multi, easy)) {
        conclude(&exchange, drive(&exchange));
        curl_multi_remove_handle(transport->multi, easy);
    } else {
        const struct ai_failure failure = {.code = CURLE_OUT_OF_MEMORY, .words = ""};
        out->error = AILAB_NO_MEMORY;
        explain(&exchange, &failure);
    }
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
    curl_easy_setopt(easy, CURLOPT_MIMEPOST, NULL);
    curl_mime_free(form);
    ai_no_sigpipe_end(&blocked);
}
