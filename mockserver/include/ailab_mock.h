/* ailab_mock.h: the mock of AILabTools' "Change facial expressions" endpoint as a library.
 *
 * The same server as the program ailab-mock, inside your process: start it on a free port, point
 * the program under test at its URL, stop it.
 *
 *     struct ailab_mock *mock = NULL;
 *     char why[AILAB_MOCK_ERROR_SIZE];
 *     if (ailab_mock_start(&mock, NULL, why) != AILAB_MOCK_OK)
 *         fail_msg("%s", why);
 *     ... ailab_mock_url(mock) ...
 *     ailab_mock_stop(mock);
 *
 * Threads: every function may be called from any thread; ailab_mock_stop() once, when no other
 * call on that mock is running. Several mocks may run at once. The library installs no signal
 * handler, writes to no standard stream and keeps no global state.
 *
 * Unofficial: not made, endorsed or supported by AILabTools. */
#ifndef AILAB_MOCK_H
#define AILAB_MOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what a shared library exports; it hides everything else. */
#ifndef AILAB_MOCK_API
#if defined(__GNUC__)
#define AILAB_MOCK_API __attribute__((visibility("default")))
#else
#define AILAB_MOCK_API
#endif
#endif

#define AILAB_MOCK_ERROR_SIZE 512

/* Descriptors that a mock may take: one a connection, three for a moment as one begins and where it
 * speaks TLS, and some of its own. Beside the connections that are served, up to
 * AILAB_MOCK_CONNECTIONS_WAITING wait or are idle in TLS, as many as the soft limit of open files
 * (RLIMIT_NOFILE) has room for when the mock starts. The library leaves the limit alone; a process
 * that has none to spare makes a thread of the mock try again and again, for as long as a client
 * waits to be accepted. */
#define AILAB_MOCK_DESCRIPTORS(connections) (3 * (connections) + 32)
#define AILAB_MOCK_CONNECTIONS_WAITING 512
#define AILAB_MOCK_CONNECTIONS_DEFAULT 128
#define AILAB_MOCK_CONNECTIONS_MAX 1024
/* The upper bound of max_body_bytes and body_budget_bytes: 1 GiB. */
#define AILAB_MOCK_BODY_BYTES_MAX 1073741824

enum ailab_mock_error {
    AILAB_MOCK_OK = 0,
    AILAB_MOCK_ARGUMENT,  /* an option or argument is wrong; the text says which and why */
    AILAB_MOCK_NO_MEMORY, /* out of memory */
    AILAB_MOCK_ADDRESS,   /* the address cannot be listened on */
    AILAB_MOCK_SYSTEM,    /* the system refused something else: a thread, a file */
};

/* One answered request, for the log callback. Valid during the call only. Holds no key, no body. */
struct ailab_mock_log_entry {
    int64_t time_ms;        /* milliseconds since 1970, UTC */
    const char *method;     /* "" when there was no readable request line */
    const char *path;       /* without the query; control characters replaced */
    int status;             /* HTTP status sent; 0 when none was sent */
    const char *code;       /* error_detail.code, "" on success */
    const char *message;    /* error_detail.message */
    const char *hint;       /* what was nearly right, "" for nothing; in message unless strict */
    const char *scenario;   /* which scenario answered, "" for none */
    bool unexpected;        /* refused, and no scenario asked for it */
    const char *request_id; /* as sent */
    const char *remote;     /* "address:port" of the client, "[address]:port", or "unix" */
    bool tls;               /* by TLS */
    bool proxied;           /* through CONNECT */
    uint64_t bytes_in;      /* body bytes read */
    uint64_t bytes_out;     /* bytes sent */
    double duration_ms;     /* from the end of the head to the end of the answer */
    /* What is odd about the form or the picture, though it is taken: words as in the journal. */
    const char *const *form_oddities;
    size_t form_oddity_count;
    const char *const *image_oddities;
    size_t image_oddity_count;
};

/* Fill with zeros, then set what you want: zero or NULL means the default everywhere. */
struct ailab_mock_options {
    /* Optional, copied. "HOST:PORT", "[HOST]:PORT" for IPv6, or "unix:PATH"; port 0 takes a free
     * one. "localhost:PORT" is 127.0.0.1 and ::1, where the machine has it, with one port for both.
     * NULL: "localhost:0". */
    const char *listen;
    /* Optional, copied. Further addresses to listen on, written like listen. */
    const char *const *also_listen;
    size_t also_listen_count;
    /* Optional. Speak HTTPS too, on every address, as the vendor's host: TLS, CONNECT and HTTP are
     * told apart by the first bytes of a connection. */
    bool https;
    /* Optional, copied. Directory of the certificate authority that https needs; made when there is
     * none. NULL: $AILAB_MOCK_CA_DIR, else $XDG_STATE_HOME/ailab-mock, else
     * ~/.local/state/ailab-mock. */
    const char *ca_dir;
    /* Optional. CONNECT to hosts other than the vendor's is answered with 403; with this, clients
     * on this machine are connected to them. */
    bool tunnel_others;
    /* Optional. TLS handshakes in progress at once, 0: 64, and milliseconds for one, 0: 10000. */
    unsigned handshakes_max, handshake_timeout_ms;
    /* Optional, copied. The accepted keys. None: any non-empty key is accepted. */
    const char *const *api_keys;
    size_t api_key_count;
    /* Optional, copied. One of "1.0.0" "1.0.1" "2025-09" "2026-01" "2026-05".
     * NULL: "2026-01". */
    const char *revision;
    /* Optional, copied. "annotate": the uploaded picture with a banner; "echo": the uploaded
     * bytes; otherwise the path of a JPEG or PNG file, read once. NULL: "annotate". */
    const char *result;
    /* Optional. Judge pictures by their headers only, without decoding: for load tests. */
    bool trust_images;
    /* Optional. Largest request body. 0: 6 MiB (the largest image, and room for the rest). */
    size_t max_body_bytes;
    /* Optional. Memory for request bodies in flight, those of at most 64 KiB aside. A request whose
     * body does not fit waits before the body is read, in order of arrival; the wait does not count
     * towards request_timeout_ms. A larger body is served alone. 0: 64 MiB. */
    size_t body_budget_bytes;
    /* Optional. Connections served at once, one thread each.
     * 0: AILAB_MOCK_CONNECTIONS_DEFAULT. At most AILAB_MOCK_CONNECTIONS_MAX. The process must have
     * AILAB_MOCK_DESCRIPTORS(max_connections) descriptors to spare. Where the system gives fewer
     * threads (RLIMIT_NPROC, a container's pids limit), the mock serves with those that it got: see
     * ailab_mock_max_connections(). */
    unsigned max_connections;
    /* Optional. Milliseconds to receive one request, head and body, and then for each slice of its
     * answer (192 KiB) to be taken. 0: 30000. */
    unsigned request_timeout_ms;
    /* Optional. Milliseconds a kept connection may be idle. 0: 15000. */
    unsigned idle_timeout_ms;
    /* Optional. Milliseconds that ailab_mock_stop() lets requests in flight finish. 0: 1000. */
    unsigned drain_timeout_ms;
    /* Optional. Bytes of annotated pictures kept for repeated uploads. 0: 32 MiB. */
    size_t cache_bytes;
    /* Optional. Decode every picture anew and keep no annotated one: for benchmarks. */
    bool no_cache;
    /* Optional. Called once a request, from the thread that served it. */
    void (*log)(void *context, const struct ailab_mock_log_entry *entry);
    void *log_context; /* Optional, borrowed: handed to log */
    /* Optional, borrowed for the call. Names of rules that are switched off, so that a
     * conformance suite can be shown to notice. See ailab-mock rules. */
    const char *const *rules_off;
    size_t rules_off_count;
    /* Optional, borrowed for the call. A scenario document (SCENARIOS.md) to start with. */
    const char *scenarios;
    /* Optional. Only documented inputs count: no cues by key, header, file name or picture. */
    bool strict;
    /* Optional. Of what happens by chance; the same seed and the same requests of a key give the
     * same answers. The document's seed wins. */
    uint64_t seed;
    /* Optional. Requests and bytes that the journal keeps. 0: 1000, 8 MiB. Where room is short, the
     * oldest bodies leave before the oldest requests. */
    size_t journal_entries, journal_bytes;
    /* Optional. Keep request bodies in the journal. */
    bool journal_bodies;
    /* Optional, copied. What the admin API over HTTP wants as "Authorization: Bearer …". NULL: no
     * token, and the admin API answers only when listening on loopback, and no request that came
     * through a proxy (Forwarded, X-Forwarded-*, X-Real-IP, Via). */
    const char *admin_token;
    /* Optional. No admin API over HTTP: its paths, but for /__admin/health, and /metrics answer 404
     * as unknown ones do. The functions below work. Not beside admin_token. */
    bool no_admin;
    /* Optional. Called when the admin API is asked to shut down, from the thread that serves that
     * call; ailab_mock_stop() must then be called from another. NULL: such a call changes nothing.
     */
    void (*on_shutdown)(void *context);
    void *shutdown_context; /* Optional, borrowed: handed to on_shutdown */
};

struct ailab_mock;

/* Starts a mock. It answers requests when this returns AILAB_MOCK_OK; then *out is yours: end it
 * with ailab_mock_stop(). Otherwise *out is NULL and why, which may be NULL, says what was wrong.
 * options may be NULL. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_start(struct ailab_mock **out,
                                                      const struct ailab_mock_options *options,
                                                      char why[AILAB_MOCK_ERROR_SIZE]);

/* Stops listening, lets requests in flight finish within drain_timeout_ms, frees the mock.
 * NULL is allowed. */
AILAB_MOCK_API void ailab_mock_stop(struct ailab_mock *mock);

/* "http://127.0.0.1:49152", without a trailing slash. Borrowed, valid until the stop. */
AILAB_MOCK_API const char *ailab_mock_url(const struct ailab_mock *mock);
AILAB_MOCK_API uint16_t ailab_mock_port(const struct ailab_mock *mock);

/* HTTPS: "https://127.0.0.1:49152", or NULL when options.https was false. Borrowed, valid until the
 * stop. */
AILAB_MOCK_API const char *ailab_mock_https_url(const struct ailab_mock *mock);
/* The PEM file of the authority that clients have to trust, or NULL without https. Borrowed, valid
 * until the stop. */
AILAB_MOCK_API const char *ailab_mock_ca_file(const struct ailab_mock *mock);
/* The environment in which a program that has the vendor's URL built in comes to this mock:
 * "NAME=VALUE" (proxy variables, certificates for the runtimes, AILAB_BASE_URL), ended by NULL.
 * Without https: AILAB_BASE_URL alone. Borrowed, valid until the stop. */
AILAB_MOCK_API const char *const *ailab_mock_environment(const struct ailab_mock *mock);
/* How many connections are served at once: max_connections of the options, or fewer where the
 * system gave fewer threads. */
AILAB_MOCK_API unsigned ailab_mock_max_connections(const struct ailab_mock *mock);

/* Scenarios, accounts and the journal
 *
 *     ailab_mock_arm(mock, "my-key", "[{\"error\": \"ERROR_BLURRY_FACE\"}]", why);
 *     ... the program under test makes its call with "my-key" ...
 *     ailab_mock_count(mock, "{\"code\": \"ERROR_BLURRY_FACE\"}", &count, why);
 *
 * Documents are JSON, described in SCENARIOS.md; a wrong one is refused whole with its JSON pointer
 * in why, and what was in force stays. */

/* Replaces own scenarios, account settings, faults of TLS and seed by the document's; what it does
 * not name is none, and the seed that of the options. Uses of scenarios and balances start again;
 * queues stay. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_load(struct ailab_mock *mock, const char *document,
                                                     char why[AILAB_MOCK_ERROR_SIZE]);

/* Puts steps, a JSON array, before the next calls with this key. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_arm(struct ailab_mock *mock, const char *api_key,
                                                    const char *steps,
                                                    char why[AILAB_MOCK_ERROR_SIZE]);

/* The next connections (1 to 1000) that speak TLS, of any client, get this fault: "tls-expired" and
 * the others of `ailab-mock faults`. It waits behind those that are armed already, 64 at most.
 * AILAB_MOCK_ARGUMENT also without options.https: no connection could meet it. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_arm_tls(struct ailab_mock *mock, const char *fault,
                                                        unsigned connections,
                                                        char why[AILAB_MOCK_ERROR_SIZE]);

/* Sets credits, limits and locks: {"accounts": {"my-key": {"credits": 24}}}. What is not named
 * stays. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_set_accounts(struct ailab_mock *mock,
                                                             const char *accounts,
                                                             char why[AILAB_MOCK_ERROR_SIZE]);

/* How many requests in the journal match: {"api_key": "my-key", "status": 422}. NULL: all. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_count(struct ailab_mock *mock, const char *match,
                                                      size_t *out, char why[AILAB_MOCK_ERROR_SIZE]);

/* The same, once at_least requests match or timeout_ms (1 to 60000) are over: compare *out with
 * at_least. A request is in the journal before the last byte of its answer can be read. At most 16
 * callers wait at once, those of the admin API included; AILAB_MOCK_ARGUMENT for one more. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_wait(struct ailab_mock *mock, const char *match,
                                                     size_t at_least, unsigned timeout_ms,
                                                     size_t *out, char why[AILAB_MOCK_ERROR_SIZE]);

/* How many were refused although no scenario asked for it. A test wants to see 0. */
AILAB_MOCK_API enum ailab_mock_error
ailab_mock_count_unexpected(struct ailab_mock *mock, size_t *out, char why[AILAB_MOCK_ERROR_SIZE]);

/* Forgets journal, coverage, queues, what was used of scenarios, and account counters, of one key
 * or, with NULL, of all; then scenarios, account settings, faults of TLS and seed go back to the
 * last document's too, or to the options'. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_reset(struct ailab_mock *mock, const char *api_key,
                                                      char why[AILAB_MOCK_ERROR_SIZE]);

/* Which codes, faults, deviations, expressions, formats and limits the requests have met since the
 * last reset, of one key or, with NULL, of all, and what provokes the rest. format: "text", "json"
 * or "html" (a page that stands alone). *report is to be freed with free(); NULL after an error. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_coverage(struct ailab_mock *mock,
                                                         const char *format, const char *api_key,
                                                         char **report,
                                                         char why[AILAB_MOCK_ERROR_SIZE]);

/* Any call of the admin API, without a socket: method "GET", path "/__admin/requests" with an
 * optional query, body a JSON text or NULL. *status gets the HTTP status; *answer the document, to
 * be freed with free(), or NULL when memory ran out. */
AILAB_MOCK_API enum ailab_mock_error ailab_mock_admin(struct ailab_mock *mock, const char *method,
                                                      const char *path, const char *body,
                                                      int *status, char **answer);

/* MAJOR.MINOR.PATCH of the library that runs. Static storage. */
AILAB_MOCK_API const char *ailab_mock_version(void);

#ifdef __cplusplus
}
#endif
#endif
