/* ailab.h: a small C client for one HTTP endpoint, "Change facial expressions" of AILabTools.
 *
 * One handle, one call: picture in, picture out. Two questions get two answers: did the call work
 * (the returned enum ailab_error), and what did the service say (the accessors of
 * struct ailab_result). The client never logs, never reads the environment, never follows a
 * redirect, and treats every byte of an answer as foreign.
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
 * Threads: a handle belongs to one thread at a time; different handles may be used by different
 * threads at once. ailab_cancel() alone may be called from any thread and from a signal handler.
 * Results are independent of the handle that made them.
 *
 * Unofficial: not made, endorsed or supported by AILabTools. */
#ifndef AILAB_H
#define AILAB_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a shared library exports; everything else stays inside. */
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
    AILAB_CANCELLED,   /* ailab_cancel() or the progress callback asked for it */
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
    int number;        /* what goes over the wire */
    const char *slug;  /* what the command line takes, such as "big-grin" */
    const char *label; /* the documented name, such as "Big Grin" */
    bool current;      /* accepted by the revision documented today */
};

/* How far a call has come, for the progress callback. Totals are 0 while unknown. */
struct ailab_progress {
    size_t sent_bytes;
    size_t send_total_bytes;
    size_t received_bytes;
    size_t receive_total_bytes;
    unsigned attempt; /* 1 for the first */
};

/* Fill with zeros, then set what you want: zero means the default everywhere. */
struct ailab_options {
    /* Required, copied. Printable ASCII without spaces, at most 512 characters. It is sent as the
     * header ailabapi-api-key and appears nowhere else: not in error texts, not in results. (Where
     * a server echoes a key of eight characters or more, the texts of the result show "***".) */
    const char *api_key;
    /* Optional, copied. Scheme, host, optional port and path prefix; http or https; no user
     * information, query or fragment. NULL: AILAB_DEFAULT_BASE_URL. The connection goes straight
     * there: http_proxy, https_proxy and ALL_PROXY are not asked, so that no environment leads key
     * and picture elsewhere. */
    const char *base_url;
    /* Optional. Milliseconds to connect, looking up the name and TLS included.
     * 0: AILAB_DEFAULT_CONNECT_TIMEOUT_MS. */
    long connect_timeout_ms;
    /* Optional. Milliseconds for one attempt, from its start to its last byte.
     * 0: AILAB_DEFAULT_TIMEOUT_MS. */
    long timeout_ms;
    /* Optional. Further attempts after the first. 0: none. At most 10. Retried are: no connection,
     * EXCEEDING_LIMITS, 5xx answers (but for 501 and 505), time-outs, and a 408 or 429 without an
     * envelope; never a certificate that is not trusted, parameter, authentication, content or
     * credit errors, and never once a success may have been billed (the head of a 200 was read). */
    unsigned retries;
    /* Optional. Milliseconds before the first retry, doubled each time; the wait is drawn evenly
     * from the upper half of that. A Retry-After of the server wins when it asks for more.
     * 0: AILAB_DEFAULT_RETRY_WAIT_MS. */
    long retry_wait_ms;
    /* Optional. No wait is longer than this; a Retry-After beyond it ends the retrying.
     * 0: AILAB_DEFAULT_RETRY_WAIT_MAX_MS. */
    long retry_wait_max_ms;
    /* Optional, copied. PEM file of certificate authorities instead of the system's. */
    const char *ca_file;
    /* Optional, copied. NULL: "ailab/<version>". */
    const char *user_agent;
    /* Optional. Largest answer that is read. 0: AILAB_DEFAULT_MAX_ANSWER_BYTES. */
    size_t max_answer_bytes;
    /* Optional. Look for what would be refused (value, size, type, dimensions) before sending. */
    bool preflight;
    /* Optional. Called from within the call, at most about ten times a second and at its end.
     * A return other than 0 cancels the call. */
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

/* What is wrong with the options and what would be right, for people; "" when nothing is. Never
 * contains the key. NULL is allowed (and wrong). Static storage. */
AILAB_API const char *ailab_options_problem(const struct ailab_options *options);

/* Makes a client. On AILAB_OK *out is yours: end it with ailab_free(). On AILAB_ARGUMENT (see
 * ailab_options_problem()) or AILAB_NO_MEMORY *out is NULL. */
AILAB_API enum ailab_error ailab_new(struct ailab **out, const struct ailab_options *options);

/* NULL is allowed. No call may be running on the client. */
AILAB_API void ailab_free(struct ailab *client);

/* Changes the expression of a portrait in memory. service_choice is a number of
 * ailab_expressions(); a number outside it is sent all the same unless preflight is on.
 *
 * *out is set to a result that must be freed with ailab_result_free() whatever is returned, or to
 * NULL when not even that much memory was to be had. Blocks until the answer is there, at most
 * (1 + retries) x timeout_ms plus the waits between.
 *
 * The host's name is looked up in a thread of libcurl's. Where a time-out or ailab_cancel() ends
 * the call before the name server has answered, that thread stays behind and ends when the system's
 * resolver gives up, commonly after 10 to 30 s; it uses nothing of the client's and needs no care,
 * but libcurl must not be unloaded meanwhile. With a libcurl before 7.87, or one without threads to
 * look names up in, the call itself stays until then, whatever the time-outs say. */
AILAB_API enum ailab_error ailab_edit(struct ailab_result **out, struct ailab *client,
                                      int service_choice, const struct ailab_image *image);

/* The same with the picture in a regular file of at most 64 MiB, whose base name is sent as the
 * part's file name. */
AILAB_API enum ailab_error ailab_edit_file(struct ailab_result **out, struct ailab *client,
                                           int service_choice, const char *path);

/* Looks for what the service would refuse, without sending anything: size, type by the bytes,
 * dimensions by the header, and service_choice (pass a negative number to leave it out). AILAB_OK,
 * or AILAB_PREFLIGHT with *out saying why: code() is the code the service would answer. Ownership
 * as in ailab_edit(). */
AILAB_API enum ailab_error ailab_check(struct ailab_result **out, int service_choice,
                                       const struct ailab_image *image);

/* Ends the call that is running on this client soon with AILAB_CANCELLED; without one, the next.
 * Any thread; async-signal-safe. While a name is being looked up: see ailab_edit(). */
AILAB_API void ailab_cancel(struct ailab *client);

/* NULL is allowed. */
AILAB_API void ailab_result_free(struct ailab_result *result);

/* The accessors borrow from the result and never return a NULL string; "" stands for none. A NULL
 * result is what remains of a call without memory, and reads as AILAB_NO_MEMORY. */
AILAB_API enum ailab_error ailab_result_error(const struct ailab_result *result);
/* The result image, NULL unless AILAB_OK. Its bytes have been decoded and recognised. */
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
/* error_detail.message: what the service adds. For people: its wording is not contract. */
AILAB_API const char *ailab_result_message(const struct ailab_result *result);
/* One sentence that says what went wrong and where, for people; "" on AILAB_OK. */
AILAB_API const char *ailab_result_error_text(const struct ailab_result *result);
/* Whether the same call may succeed later. Where the head of a 200 was read before the connection
 * broke, the service may have billed already: the client then leaves the decision to you. */
AILAB_API bool ailab_result_retryable(const struct ailab_result *result);
/* Seconds the server asked to wait, 0 for none. */
AILAB_API unsigned ailab_result_retry_after_s(const struct ailab_result *result);
/* How many attempts were made, 0 when nothing was to be sent. */
AILAB_API unsigned ailab_result_attempts(const struct ailab_result *result);

/* The documented expressions, in numeric order. Static storage. */
AILAB_API const struct ailab_expression *ailab_expressions(size_t *count_out);
/* By slug ("big-grin"), label ("Big Grin", any case) or number ("12"); NULL when there is none. */
AILAB_API const struct ailab_expression *ailab_expression_find(const char *text);

/* The code's name, "" for AILAB_CODE_NONE, "UNKNOWN" for AILAB_CODE_UNKNOWN. Static storage. */
AILAB_API const char *ailab_code_name(enum ailab_code code);
/* The table's description of the code, "" where there is none. Static storage. */
AILAB_API const char *ailab_code_description(enum ailab_code code);
/* AILAB_CODE_UNKNOWN when the name is not in the table, AILAB_CODE_NONE for "". */
AILAB_API enum ailab_code ailab_code_find(const char *name);
/* "ok", "refused", … Static storage. */
AILAB_API const char *ailab_error_name(enum ailab_error error);
/* "0.1.0". Static storage. */
AILAB_API const char *ailab_version(void);

#ifdef __cplusplus
}
#endif
#endif
