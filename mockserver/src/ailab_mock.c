/* The library's face: options in, a running mock out. Checks every option and names the one that
 * is wrong. struct mock decides what is answered, struct server carries it over the network. */
#include "ailab_mock_internal.h"
#include "base/clock.h"
#include "base/count_of.h"
#include "base/decimal.h"
#include "base/suggest.h"
#include "documents/document.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_BODY_BYTES ((size_t)6 * 1024 * 1024)
#define DEFAULT_BODY_BUDGET_BYTES ((size_t)64 * 1024 * 1024)
#define DEFAULT_CACHE_BYTES ((size_t)32 * 1024 * 1024)
#define ADDRESSES_MAX 32
#define KEY_BYTES_MAX 255 /* as in a scenario document */
#define RESULT_FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)

/* Everything a start needs, gathered and checked. */
struct plan {
    struct mock_options mock;
    struct server_options server;
    struct front_address addresses[ADDRESSES_MAX];
    bool https;
    const char *ca_dir;
    struct document document;
    char *why;
};

__attribute__((format(printf, 2, 3))) static enum ailab_mock_error wrong(struct plan *plan,
                                                                         const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(plan->why, AILAB_MOCK_ERROR_SIZE, format, args);
    va_end(args);
    return AILAB_MOCK_ARGUMENT;
}

static enum ailab_mock_error no_memory(struct plan *plan)
{
    snprintf(plan->why, AILAB_MOCK_ERROR_SIZE, "out of memory");
    return AILAB_MOCK_NO_MEMORY;
}

static enum ailab_mock_error plan_address(struct plan *plan, const char *text)
{
    struct front_options *front = &plan->server.front;
    struct front_address *all = plan->addresses;
    struct front_address added[FRONT_ADDRESSES_PER_TEXT];
    const size_t count = front_address_parse(added, text, plan->why);
    if (!count)
        return AILAB_MOCK_ARGUMENT;
    if (front->address_count + count > ADDRESSES_MAX)
        return wrong(plan, "found too many addresses to listen on, expected at most %d",
                     ADDRESSES_MAX / FRONT_ADDRESSES_PER_TEXT);
    for (size_t i = 0; i < count; i++)
        all[front->address_count++] = added[i];
    front->addresses = all;
    return AILAB_MOCK_OK;
}

static enum ailab_mock_error plan_addresses(struct plan *plan,
                                            const struct ailab_mock_options *options)
{
    enum ailab_mock_error error =
        plan_address(plan, options->listen ? options->listen : "localhost:0");
    if (options->also_listen_count && !options->also_listen)
        return wrong(plan, "also_listen_count is %zu and also_listen is NULL",
                     options->also_listen_count);
    for (size_t i = 0; !error && i < options->also_listen_count; i++)
        error = options->also_listen[i]
                    ? plan_address(plan, options->also_listen[i])
                    : wrong(plan, "address number %zu of also_listen is NULL", i + 1);
    return error;
}

static enum ailab_mock_error plan_https(struct plan *plan, const struct ailab_mock_options *options)
{
    struct front_options *front = &plan->server.front;
    if (options->handshakes_max > AILAB_MOCK_CONNECTIONS_MAX)
        return wrong(plan, "handshakes_max %u: must be 1 to " TEXT_OF(AILAB_MOCK_CONNECTIONS_MAX),
                     options->handshakes_max);
    plan->https = options->https;
    plan->ca_dir = options->ca_dir;
    front->tunnel_others = options->tunnel_others;
    front->handshakes_max = options->handshakes_max;
    front->handshake_timeout_ms = options->handshake_timeout_ms;
    return AILAB_MOCK_OK;
}

static enum ailab_mock_error plan_revision(struct plan *plan, const char *name)
{
    plan->mock.revision = name ? revision_find(slice_of(name)) : revision_default();
    if (plan->mock.revision)
        return AILAB_MOCK_OK;
    char known[128] = "";
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", id ? ", " : "",
                 revision_info(id)->name);
    return wrong(plan, "revision '%.40s' is not known; it is one of %s", name, known);
}

static struct shared_bytes *read_file(const char *path)
{
    struct shared_bytes *shared = NULL;
    unsigned char *data = NULL;
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file)
        return NULL;
    if (fstat(fileno(file), &about) == 0 && S_ISDIR(about.st_mode)) {
        errno = EISDIR; /* a directory opens, and its size is the largest number */
        goto out;
    }
    if (fseek(file, 0, SEEK_END) != 0)
        goto out;
    long size = ftell(file);
    if (size < 0 || (size_t)size > RESULT_FILE_BYTES_MAX) {
        errno = size < 0 ? errno : EFBIG;
        goto out;
    }
    rewind(file);
    data = malloc(size ? (size_t)size : 1);
    if (!data || fread(data, 1, (size_t)size, file) != (size_t)size)
        goto out;
    shared = shared_bytes_take(data, (size_t)size);
    data = NULL;
out:
    free(data);
    fclose(file);
    return shared;
}

static enum ailab_mock_error plan_result(struct plan *plan, const char *result)
{
    struct image_facts facts;
    struct picture_work_options *pictures = &plan->mock.pictures;
    if (!result || strcmp(result, "annotate") == 0) {
        pictures->result = RESULT_ANNOTATE;
        return AILAB_MOCK_OK;
    }
    if (strcmp(result, "echo") == 0) {
        pictures->result = RESULT_ECHO;
        return AILAB_MOCK_OK;
    }
    pictures->result = RESULT_FILE;
    pictures->file = read_file(result);
    if (!pictures->file && errno == ENOMEM)
        return no_memory(plan);
    if (!pictures->file)
        return wrong(plan,
                     "result '%.200s' is neither 'annotate' nor 'echo', and as a file it cannot be "
                     "read: %s",
                     result, strerror(errno));
    image_inspect(&facts, shared_bytes_slice(pictures->file));
    if (facts.state != IMAGE_SOUND)
        return wrong(plan, "result file '%.200s' is not a sound JPEG or PNG: %s", result,
                     facts.why);
    return AILAB_MOCK_OK;
}

/* A header's value is trimmed, and proxies and clients refuse other bytes in it. */
static bool can_be_sent(const char *key)
{
    const size_t length = strlen(key);
    for (size_t i = 0; i < length; i++)
        if (key[i] < '!' || key[i] > '~')
            return false;
    return length <= KEY_BYTES_MAX;
}

static enum ailab_mock_error plan_keys(struct plan *plan, const char *const *keys, size_t count)
{
    if (count && !keys)
        return wrong(plan, "api_key_count is %zu and api_keys is NULL", count);
    for (size_t i = 0; i < count; i++) {
        if (!keys[i] || !keys[i][0])
            return wrong(plan, "API key number %zu is empty", i + 1);
        if (!can_be_sent(keys[i]))
            return wrong(plan,
                         "API key number %zu cannot be sent in a header: expected 1 to %d visible "
                         "ASCII characters, without blanks",
                         i + 1, KEY_BYTES_MAX);
    }
    plan->mock.api_keys = keys;
    plan->mock.api_key_count = count;
    return AILAB_MOCK_OK;
}

static enum ailab_mock_error wrong_rule(struct plan *plan, const char *name)
{
    struct suggestions names;
    suggestions_init(&names, slice_of(name));
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++)
        suggestions_consider(&names, rule_info(id)->name);
    const char *meant = suggestions_meant(&names);
    return wrong(plan, "rule '%.60s' is not known; %s%s%s'ailab-mock rules' lists them", name,
                 meant ? "did you mean " : "", meant ? meant : "", meant ? "? " : "");
}

static enum ailab_mock_error plan_rules_off(struct plan *plan, const char *const *names,
                                            size_t count)
{
    if (count && !names)
        return wrong(plan, "rules_off_count is %zu and rules_off is NULL", count);
    for (size_t i = 0; i < count; i++) {
        if (!names[i])
            return wrong(plan, "rule number %zu of rules_off is NULL", i + 1);
        enum rule_id id = rule_find(names[i]);
        if (id == RULE_NONE)
            return wrong_rule(plan, names[i]);
        plan->mock.rules_off[id] = true;
    }
    return AILAB_MOCK_OK;
}

static enum ailab_mock_error plan_bounds(struct plan *plan,
                                         const struct ailab_mock_options *options)
{
    struct server_options *server = &plan->server;
    size_t body = options->max_body_bytes ? options->max_body_bytes : DEFAULT_BODY_BYTES;
    if (body < LIMIT_IMAGE_BYTES_MAX || body > AILAB_MOCK_BODY_BYTES_MAX)
        return wrong(plan, "max_body_bytes %zu: must be %d to " TEXT_OF(AILAB_MOCK_BODY_BYTES_MAX),
                     body, LIMIT_IMAGE_BYTES_MAX);
    if (options->body_budget_bytes > AILAB_MOCK_BODY_BYTES_MAX)
        return wrong(plan,
                     "body_budget_bytes %zu: must be 1 to " TEXT_OF(AILAB_MOCK_BODY_BYTES_MAX),
                     options->body_budget_bytes);
    if (options->max_connections > AILAB_MOCK_CONNECTIONS_MAX)
        return wrong(plan, "max_connections %u: must be 1 to " TEXT_OF(AILAB_MOCK_CONNECTIONS_MAX),
                     options->max_connections);
    server->max_body_bytes = plan->mock.max_body_bytes = body;
    server->body_budget_bytes =
        options->body_budget_bytes ? options->body_budget_bytes : DEFAULT_BODY_BUDGET_BYTES;
    server->max_connections =
        options->max_connections ? options->max_connections : AILAB_MOCK_CONNECTIONS_DEFAULT;
    server->request_timeout_ms = options->request_timeout_ms ? options->request_timeout_ms : 30000;
    server->idle_timeout_ms = options->idle_timeout_ms ? options->idle_timeout_ms : 15000;
    server->drain_timeout_ms = options->drain_timeout_ms ? options->drain_timeout_ms : 1000;
    plan->mock.trust_images = options->trust_images;
    plan->mock.pictures.cache_bytes = options->no_cache      ? 0
                                      : options->cache_bytes ? options->cache_bytes
                                                             : DEFAULT_CACHE_BYTES;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    plan->mock.pictures.decodes_max = cores > 0 ? (unsigned)cores : 1;
    return AILAB_MOCK_OK;
}

static enum ailab_mock_error plan_scenarios(struct plan *plan,
                                            const struct ailab_mock_options *options)
{
    struct document_error error;
    struct state_settings *settings = &plan->mock.state.settings;
    if (options->scenarios) {
        if (!document_parse(&plan->document, slice_of(options->scenarios), &error))
            return error.no_memory
                       ? no_memory(plan)
                       : wrong(plan, "scenarios: at '%s': %s", error.pointer, error.message);
        plan->mock.document = &plan->document;
    }
    if (plan->document.tls_count && !options->https)
        return wrong(plan,
                     "scenarios: at '/tls': found faults of TLS, expected none without https");
    plan->mock.state.speaks_tls = options->https;
#define MOCK_SETTING(type, name, kind, minimum, maximum, fallback, note)                           \
    settings->name = options->name;
#include "state/settings.def"
    return AILAB_MOCK_OK;
}

static bool is_reached_from_here_alone(const struct plan *plan)
{
    for (size_t i = 0; i < plan->server.front.address_count; i++)
        if (!front_address_is_local(&plan->addresses[i]))
            return false;
    return true;
}

static enum ailab_mock_error plan_admin(struct plan *plan, const struct ailab_mock_options *options)
{
    if (options->no_admin && options->admin_token)
        return wrong(plan, "found no_admin and admin_token, expected one of them");
    plan->mock.admin_open = is_reached_from_here_alone(plan);
    plan->mock.admin_off = options->no_admin;
    plan->mock.admin_token = options->admin_token;
    plan->mock.started_ms = clock_monotonic_ms();
    plan->server.on_shutdown = options->on_shutdown;
    plan->server.shutdown_context = options->shutdown_context;
    return AILAB_MOCK_OK;
}

static enum ailab_mock_error make_plan(struct plan *plan, const struct ailab_mock_options *options)
{
    enum ailab_mock_error error;
    if ((error = plan_addresses(plan, options)) || (error = plan_https(plan, options)) ||
        (error = plan_revision(plan, options->revision)) ||
        (error = plan_keys(plan, options->api_keys, options->api_key_count)) ||
        (error = plan_rules_off(plan, options->rules_off, options->rules_off_count)) ||
        (error = plan_bounds(plan, options)) || (error = plan_result(plan, options->result)) ||
        (error = plan_scenarios(plan, options)) || (error = plan_admin(plan, options)))
        return error;
    plan->server.log = options->log;
    plan->server.log_context = options->log_context;
    if (getentropy(&plan->mock.id_seed, sizeof plan->mock.id_seed) != 0) {
        snprintf(plan->why, AILAB_MOCK_ERROR_SIZE, "the system gave no random bytes");
        return AILAB_MOCK_SYSTEM;
    }
    return AILAB_MOCK_OK;
}

static enum ailab_mock_error run_plan(struct ailab_mock **out, struct plan *plan)
{
    struct ailab_mock *mock = calloc(1, sizeof *mock);
    enum ailab_mock_error error = no_memory(plan);
    if (!mock || !(mock->mock = mock_new(&plan->mock)) ||
        !(mock->environment = mock_environment_new()))
        goto fail;
    if (plan->https) {
        error = authority_open(&mock->authority, plan->ca_dir, plan->why);
        if (error)
            goto fail;
        plan->server.front.authority = mock->authority;
    }
    error = server_start(&mock->server, &plan->server, mock->mock, plan->why);
    if (error)
        goto fail;
    front_url(server_front(mock->server), false, mock->url, sizeof mock->url);
    if (plan->https)
        front_url(server_front(mock->server), true, mock->https_url, sizeof mock->https_url);
    plan->why[0] = '\0';
    *out = mock;
    return AILAB_MOCK_OK;
fail:
    if (mock) {
        mock_environment_free(mock->environment);
        mock_free(mock->mock);
        authority_close(mock->authority);
    }
    free(mock);
    return error;
}

enum ailab_mock_error ailab_mock_start(struct ailab_mock **out,
                                       const struct ailab_mock_options *options,
                                       char why[AILAB_MOCK_ERROR_SIZE])
{
    static const struct ailab_mock_options defaults;
    char unwanted[AILAB_MOCK_ERROR_SIZE];
    struct plan plan = {.why = why ? why : unwanted};
    plan.why[0] = '\0';
    *out = NULL;
    enum ailab_mock_error error = make_plan(&plan, options ? options : &defaults);
    if (!error)
        error = run_plan(out, &plan);
    shared_bytes_release(plan.mock.pictures.file);
    document_clear(&plan.document);
    return error;
}

void ailab_mock_stop(struct ailab_mock *mock)
{
    if (!mock)
        return;
    state_end_waits(mock_state(mock->mock));
    server_stop(mock->server);
    mock_environment_free(mock->environment);
    mock_free(mock->mock);
    authority_close(mock->authority);
    free(mock);
}

const char *ailab_mock_url(const struct ailab_mock *mock)
{
    return mock->url;
}

uint16_t ailab_mock_port(const struct ailab_mock *mock)
{
    return front_port(server_front(mock->server));
}

const char *ailab_mock_https_url(const struct ailab_mock *mock)
{
    return mock->https_url[0] ? mock->https_url : NULL;
}

const char *ailab_mock_ca_file(const struct ailab_mock *mock)
{
    return mock->authority ? authority_ca_file(mock->authority) : NULL;
}

unsigned ailab_mock_max_connections(const struct ailab_mock *mock)
{
    return server_max_connections(mock->server);
}

const char *ailab_mock_version(void)
{
    return AILAB_VERSION_STRING;
}
