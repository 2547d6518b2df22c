/* Counts are whole; of texts, the first few of each kind are kept. */
#include "summary.h"
#include "base/count_of.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TALLIES_MAX 64
#define SHOWN_MAX 8
#define TEXT_SIZE 400
#define LINE_SIZE 1024

/* Equal texts and how often they came. */
struct tally {
    size_t kinds, all;
    size_t left_out; /* of texts for which there was no room */
    struct {
        char text[TEXT_SIZE];
        size_t count;
    } rows[TALLIES_MAX];
};

struct summary {
    pthread_mutex_t lock;
    struct tally outcomes, unexpected, hosts, connections;
};

static void add(struct tally *tally, const char *text)
{
    char cut[TEXT_SIZE];
    snprintf(cut, sizeof cut, "%s", text);
    tally->all++;
    for (size_t i = 0; i < tally->kinds; i++)
        if (strcmp(tally->rows[i].text, cut) == 0) {
            tally->rows[i].count++;
            return;
        }
    if (tally->kinds == TALLIES_MAX) {
        tally->left_out++;
        return;
    }
    snprintf(tally->rows[tally->kinds].text, TEXT_SIZE, "%s", cut);
    tally->rows[tally->kinds++].count = 1;
}

struct summary *summary_new(void)
{
    struct summary *summary = calloc(1, sizeof *summary);
    if (summary)
        pthread_mutex_init(&summary->lock, NULL);
    return summary;
}

void summary_free(struct summary *summary)
{
    if (!summary)
        return;
    pthread_mutex_destroy(&summary->lock);
    free(summary);
}

static bool is_for_the_mock_itself(const char *path)
{
    return strncmp(path, "/__admin", strlen("/__admin")) == 0 || strcmp(path, "/metrics") == 0;
}

/* The host of a CONNECT, or of a URL as a path; NULL for a request to the mock. */
static const char *other_host(char out[TEXT_SIZE], const struct ailab_mock_log_entry *entry)
{
    const char *path = entry->path, *scheme = strstr(path, "://");
    if (entry->status != 403)
        return NULL;
    if (strcmp(entry->method, "CONNECT") == 0)
        snprintf(out, TEXT_SIZE, "%s", path);
    else if (scheme && path[0] != '/')
        snprintf(out, TEXT_SIZE, "%.*s", (int)strcspn(scheme + 3, "/?#"), scheme + 3);
    else
        return NULL;
    return out;
}

/* What is said of this request; before it stands what its code means. */
static const char *detail_of(const char *message)
{
    const char *detail = strstr(message, " - ");
    return detail ? detail + 3 : message;
}

static void add_call(struct summary *summary, const struct ailab_mock_log_entry *entry)
{
    char text[TEXT_SIZE];
    if (entry->status)
        snprintf(text, sizeof text, "%d%s%s", entry->status, *entry->code ? " " : "", entry->code);
    else
        snprintf(text, sizeof text, "unanswered");
    add(&summary->outcomes, text);
    if (!entry->unexpected)
        return;
    snprintf(text, sizeof text, "%s %s: %d %s %s", entry->method, entry->path, entry->status,
             entry->code, detail_of(entry->message));
    add(&summary->unexpected, text);
}

void summary_add(struct summary *summary, const struct ailab_mock_log_entry *entry)
{
    char host[TEXT_SIZE];
    pthread_mutex_lock(&summary->lock);
    if (other_host(host, entry))
        add(&summary->hosts, host);
    else if (!*entry->method && !*entry->path && !entry->status)
        add(&summary->connections, detail_of(entry->message));
    else if (!is_for_the_mock_itself(entry->path))
        add_call(summary, entry);
    pthread_mutex_unlock(&summary->lock);
}

void summary_add_host(struct summary *summary, const char *name)
{
    pthread_mutex_lock(&summary->lock);
    add(&summary->hosts, name);
    pthread_mutex_unlock(&summary->lock);
}

struct summary_counts summary_counts(struct summary *summary)
{
    pthread_mutex_lock(&summary->lock);
    const struct summary_counts counts = {summary->outcomes.all, summary->unexpected.all,
                                          summary->hosts.all};
    pthread_mutex_unlock(&summary->lock);
    return counts;
}

/* "3 calls: 2 x 200, 1 x 422 ERROR_BLURRY_FACE" */
static void tell_outcomes(const struct tally *outcomes, const char *advice,
                          void (*say)(const char *line))
{
    char line[LINE_SIZE];
    if (outcomes->all == 0) {
        snprintf(line, sizeof line, "no calls came to the mock%s%s", advice ? "; " : "",
                 advice ? advice : "");
        say(line);
        return;
    }
    int used =
        snprintf(line, sizeof line, "%zu call%s", outcomes->all, outcomes->all == 1 ? "" : "s");
    for (size_t i = 0; i < outcomes->kinds && (size_t)used < sizeof line; i++)
        used += snprintf(line + used, sizeof line - (size_t)used, "%s%zu x %s", i ? ", " : ": ",
                         outcomes->rows[i].count, outcomes->rows[i].text);
    say(line);
}

static void tell_each(const struct tally *tally, const char *title, void (*say)(const char *line))
{
    char line[LINE_SIZE];
    if (tally->all == 0)
        return;
    say(title);
    for (size_t i = 0; i < tally->kinds && i < SHOWN_MAX; i++) {
        snprintf(line, sizeof line, "  %zu x %s", tally->rows[i].count, tally->rows[i].text);
        say(line);
    }
    if (tally->kinds > SHOWN_MAX || tally->left_out) {
        snprintf(line, sizeof line, "  and more; %zu in all", tally->all);
        say(line);
    }
}

void summary_tell(struct summary *summary, const char *advice, void (*say)(const char *line))
{
    pthread_mutex_lock(&summary->lock);
    tell_outcomes(&summary->outcomes, advice, say);
    tell_each(&summary->unexpected, "refused, though no scenario asked for it:", say);
    tell_each(&summary->hosts, "other hosts that the command asked for and did not reach:", say);
    tell_each(&summary->connections, "connections that brought no call:", say);
    pthread_mutex_unlock(&summary->lock);
}
