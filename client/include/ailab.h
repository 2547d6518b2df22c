/* ailab.h: a small C client for one HTTP endpoint, "Change facial expressions" of AILabTools.
 *
 * One handle, one call: a picture goes in, a picture comes out. The returned enum ailab_error says
 * whether the call worked; the accessors of struct ailab_result say what the service answered. The
 * client never logs, never reads the environment, never follows a redirect, and trusts no byte of
 * an answer.
 *
 *     struct ailab_options options = {.api_key = key};
 *     struct ailab *client = NULL;
 *     struct ailab_result *result = NULL;
 *     if (ailab_new(&client, &options) == AILAB_OK &&
 *         ailab_edit_file(&result, client, 12, "portrait.jpg") == AILAB_OK) {
 *         size_t size = 0;
 *         const void *image = ailab_result_image(result, &size);
 *         ...
 *     }
 *     ailab_result_free(result);
 *     ailab_free(client);
 *
 * Threads: one thread at a time may use a handle; several threads may use a handle each. Any thread
 * and any signal handler may call ailab_cancel(). A result does not depend on the handle that made
 * it.
 *
 * Unofficial: not made, endorsed or supported by AILabTools. */
#ifndef AILAB_H
#define AILAB_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what a shared library exports; it hides everything else. */
#ifndef AILAB_API
#if defined(__GNUC__)
#define AILAB_API __attribute__((visibility("default")))
#else
#define AILAB_API
#endif
#endif

#define AILAB_DEFAULT_BASE_URL "https://www.ailabapi.com"
#define AILAB_DEFAULT_CONNECT_TIMEOUT_MS 10000L
#define AILAB_DEFAULT_TIMEOUT_MS 120000L
#define AILAB_DEFAULT_RETRY_WAIT_MS 1000L
#define AILAB_DEFAULT_RETRY_WAIT_MAX_MS 60000L
#define AILAB_DEFAULT_MAX_ANSWER_BYTES ((size_t)64 * 1024 * 1024)

/* Did the call work? */
enum ailab_error {
    AILAB_OK = 0,      /* the service answered with a result image */
    AILAB_REFUSED,     /* the service answered with an error: ask ailab_result_code() */
    AILAB_ARGUMENT,    /* the caller's mistake; nothing was sent */
    AILAB_PREFLIGHT,   /* the picture or value would be refused; nothing was sent */
    AILAB_FILE,        /* the picture file could not be read; nothing was sent */
    AILAB_NO_MEMORY,   /* out of memory or file descriptors */
    AILAB_UNREACHABLE, /* no connection, TLS failure, or the connection broke */
    AILAB_TIMEOUT,     /* a time-out of the options ran out */
    AILAB_CANCELLED,   /* ailab_cancel() or the progress callback ended the call */
    AILAB_BAD_ANSWER,  /* the server answered something that breaks the contract */
};

/* What did the service say? The codes of the vendor's error table (error_detail.code). A code keeps
 * its number in every release. */
enum ailab_code {
    AILAB_CODE_NONE = 0,    /* success, or no answer that carried a code */
    AILAB_CODE_UNKNOWN = 1, /* a code outside the table: see ailab_result_code_text() */
#define AILAB_ERROR(number, name, status_2025_09, status_2026_01, endpoint, seen, description)     \
    AILAB_CODE_##name = (number),
#include "contract/errors.def"
};

enum ailab_format { AILAB_FORMAT_NONE = 0, AILAB_FORMAT_JPEG, AILAB_FORMAT_PNG };

/* One of the documented values of service_choice. Static storage, never freed. */
struct ailab_expression {
    int number;        /* the value of service_choice */
    const char *slug;  /* the command's name for it, such as "big-grin" */
    const char *label; /* the documented name, such as "Big Grin" */
    bool current;      /* the revision documented today accepts it */
};

/* How far a call has come, for the progress callback. Totals are 0 while unknown. */
struct ailab_progress {
    size_t sent_bytes;
    size_t send_total_bytes;
    size_t received_bytes;
    size_t receive_total_bytes;
    unsigned attempt; /* 1 for the first */
};

/* Fill with zeros, then set the fields you need: zero means the default everywhere. */
struct ailab_options {
    /* Required, copied. Printable ASCII without spaces, at most 512 characters. The client sends it
     * as the header ailabapi-api-key and shows it nowhere, neither in error texts nor in results.
     * (Where a server echoes a key of eight characters or more, the result shows "***".) */
    const char *api_key;
    /* Optional, copied. Scheme, host, optional port and path prefix; http or https; no user
     * information, query or fragment. NULL: AILAB_DEFAULT_BASE_URL. */
    const char *base_url;
    /* Optional, copied. URL of a proxy: http, https, socks5 or socks5h, with user and password if
     * it wants them. NULL: none, the client connects straight to the host. It ignores http_proxy,
     * https_proxy, ALL_PROXY and NO_PROXY, so that no environment leads key and picture elsewhere.
     * A proxy sees both when base_url begins with http://. */
    const char *proxy;
    /* Optional. Milliseconds to connect, including name lookup and TLS handshake.
     * 0: AILAB_DEFAULT_CONNECT_TIMEOUT_MS. */
    long connect_timeout_ms;
    /* Optional. Milliseconds for one attempt, from its start to its last byte.
     * 0: AILAB_DEFAULT_TIMEOUT_MS. */
    long timeout_ms;
    /* Optional. Further attempts after the first. 0: none. At most 10. The client retries after a
     * failed connection, EXCEEDING_LIMITS, a 5xx answer (except 501 and 505), a time-out, and a 408
     * or 429 without an envelope. It never retries after a certificate that is not trusted, nor
     * after parameter, authentication, content or credit errors, nor once the service may have
     * billed a success (the client has read the head of a 200). */
    unsigned retries;
    /* Optional. Milliseconds before the first retry, doubled each time; the client draws each wait
     * evenly from the upper half of that. A longer Retry-After of the server wins.
     * 0: AILAB_DEFAULT_RETRY_WAIT_MS. */
    long retry_wait_ms;
    /* Optional. The longest wait. If a Retry-After is longer, the client does not retry.
     * 0: AILAB_DEFAULT_RETRY_WAIT_MAX_MS. */
    long retry_wait_max_ms;
    /* Optional, copied. PEM file of certificate authorities instead of the system's, for the
     * service and for an https proxy. */
    const char *ca_file;
    /* Optional, copied. NULL: "ailab/<version>". */
    const char *user_agent;
    /* Optional. The client refuses a longer answer. A call needs as much memory as its answer has
     * bytes. 0: AILAB_DEFAULT_MAX_ANSWER_BYTES. */
    size_t max_answer_bytes;
    /* Optional. Checks value, size, type and dimensions before sending: see ailab_check(). */
    bool preflight;
    /* Optional. The client calls it from within ailab_edit(), about ten times a second at most and
     * once at the end. If it returns anything but 0, the call is cancelled. */
    int (*progress)(void *context, const struct ailab_progress *progress);
    void *progress_context; /* Optional, borrowed: handed to progress */
};

/* A picture in memory. */
struct ailab_image {
    const void *data;      /* Required, borrowed for the call */
    size_t size;           /* Required, bytes */
    const char *file_name; /* Optional, borrowed for the call; sent as the part's file name.
                            * NULL: "image_target". */
};

struct ailab;        /* a client: options and a connection that is kept */
struct ailab_result; /* the outcome of one call */

/* Says what is wrong with the options and what would be right, for people; "" when all is well. It
 * never contains the key. NULL is allowed (and wrong). Static storage. */
AILAB_API const char *ailab_options_problem(const struct ailab_options *options);

/* Makes a client. On AILAB_OK *out is yours: end it with ailab_free(). On AILAB_ARGUMENT (see
 * ailab_options_problem()) or AILAB_NO_MEMORY *out is NULL. */
AILAB_API enum ailab_error ailab_new(struct ailab **out, const struct ailab_options *options);

/* NULL is allowed. No call may be running on the client. */
AILAB_API void ailab_free(struct ailab *client);

/* Changes the expression of a portrait in memory. service_choice is a number of
 * ailab_expressions(); without preflight the client sends any other number too.
 *
 * *out becomes a result that you free with ailab_result_free(), whatever the function returns; it
 * becomes NULL when there is no memory even for that. The call blocks until the answer is there, at
 * most (1 + retries) x timeout_ms plus the waits between.
 *
 * libcurl looks up the host's name in a thread of its own. If a time-out or ailab_cancel() ends the
 * call before the name server answers, that thread runs on until the system's resolver gives up,
 * commonly after 10 to 30 s. The thread uses nothing of the client's; you must only not unload
 * libcurl meanwhile. With a libcurl before 7.87, or one without threads, the call itself waits for
 * the resolver, whatever the time-outs say. */
AILAB_API enum ailab_error ailab_edit(struct ailab_result **out, struct ailab *client,
                                      int service_choice, const struct ailab_image *image);

/* The same with the picture in a regular file of at most 64 MiB. The client sends the file's base
 * name as the part's file name. */
AILAB_API enum ailab_error ailab_edit_file(struct ailab_result **out, struct ailab *client,
                                           int service_choice, const char *path);

/* Checks a picture and a service_choice as the service would, without sending anything: size, type
 * by the bytes, dimensions by the header, the segments to their end. A negative service_choice is
 * not checked. Returns AILAB_OK, or AILAB_PREFLIGHT when the service would refuse them; the
 * result's code is then the service's. A picture that passes may still be refused, for its content
 * or its compressed data. Ownership as in ailab_edit(). */
AILAB_API enum ailab_error ailab_check(struct ailab_result **out, int service_choice,
                                       const struct ailab_image *image);

/* Ends the call that runs on this client, soon, with AILAB_CANCELLED; if none runs, it ends the
 * next call. Any thread; async-signal-safe. During a name lookup: see ailab_edit(). */
AILAB_API void ailab_cancel(struct ailab *client);

/* NULL is allowed. */
AILAB_API void ailab_result_free(struct ailab_result *result);

/* A returned pointer is borrowed from the result. No string is NULL; "" stands for none. A NULL
 * result, which a call without memory leaves, reads as AILAB_NO_MEMORY. */
AILAB_API enum ailab_error ailab_result_error(const struct ailab_result *result);
/* The result image, NULL unless AILAB_OK: the bytes of a whole JPEG or PNG file. */
AILAB_API const void *ailab_result_image(const struct ailab_result *result, size_t *size_out);
AILAB_API enum ailab_format ailab_result_format(const struct ailab_result *result);
/* Dimensions in pixels of the result image, or of the picture that ailab_check() looked at. */
AILAB_API unsigned ailab_result_width(const struct ailab_result *result);
AILAB_API unsigned ailab_result_height(const struct ailab_result *result);
/* 0 when no answer came. */
AILAB_API long ailab_result_http_status(const struct ailab_result *result);
AILAB_API const char *ailab_result_request_id(const struct ailab_result *result);
AILAB_API const char *ailab_result_log_id(const struct ailab_result *result);
AILAB_API enum ailab_code ailab_result_code(const struct ailab_result *result);
/* error_detail.code verbatim, also for codes outside the table (bounded, control characters
 * replaced). */
AILAB_API const char *ailab_result_code_text(const struct ailab_result *result);
AILAB_API const char *ailab_result_code_message(const struct ailab_result *result);
/* error_detail.message. For people: its wording is not contract. */
AILAB_API const char *ailab_result_message(const struct ailab_result *result);
/* One sentence about the failure and its place, for people; "" on AILAB_OK. */
AILAB_API const char *ailab_result_error_text(const struct ailab_result *result);
/* Whether the same call may succeed later. If the connection broke after the client had read the
 * head of a 200, the service may have billed already: then the decision is yours. */
AILAB_API bool ailab_result_retryable(const struct ailab_result *result);
/* Seconds the server asked to wait, 0 for none. */
AILAB_API unsigned ailab_result_retry_after_s(const struct ailab_result *result);
/* The number of attempts, 0 when the client sent nothing. */
AILAB_API unsigned ailab_result_attempts(const struct ailab_result *result);

/* The documented expressions, in numeric order. Static storage. */
AILAB_API const struct ailab_expression *ailab_expressions(size_t *count_out);
/* By slug ("big-grin") or label ("Big Grin"), both in any case, or number ("12"); NULL when there
 * is none. */
AILAB_API const struct ailab_expression *ailab_expression_find(const char *text);

/* The code's name, "" for AILAB_CODE_NONE, "UNKNOWN" for AILAB_CODE_UNKNOWN. Static storage. */
AILAB_API const char *ailab_code_name(enum ailab_code code);
/* The table's description of the code, "" where there is none. Static storage. */
AILAB_API const char *ailab_code_description(enum ailab_code code);
/* AILAB_CODE_UNKNOWN when the name is not in the table, AILAB_CODE_NONE for "". */
AILAB_API enum ailab_code ailab_code_find(const char *name);
/* "ok", "refused", … Static storage. */
AILAB_API const char *ailab_error_name(enum ailab_error error);
/* MAJOR.MINOR.PATCH of the library that runs. Static storage. */
AILAB_API const char *ailab_version(void);

#ifdef __cplusplus
}
#endif
#endif
