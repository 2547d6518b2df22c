/* Reads the environment. */
#include "live.h"
#include <stdlib.h>
#include <string.h>

#define LIVE_TIMEOUT_MS 120000L

static const char *needed(const char *name)
{
    const char *value = getenv(name);
    if (!value || !*value)
        fail_msg("AILAB_LIVE=1 needs %s, which is not set", name);
    return value;
}

static bool is_live(void)
{
    const char *live = getenv("AILAB_LIVE");
    if (live && *live && strcmp(live, "0") != 0 && strcmp(live, "1") != 0)
        fail_msg("AILAB_LIVE is \"%s\", expected 1 (a live server) or 0 (the mock)", live);
    return live && strcmp(live, "1") == 0;
}

void live_open(struct live *live)
{
    memset(live, 0, sizeof *live);
    if (!is_live()) {
        static const char *const keys[] = {FIXTURE_KEY};
        fixture_open(&live->fixture,
                     &(struct ailab_mock_options){.api_keys = keys, .api_key_count = 1});
        return;
    }
    live->key = needed("AILAB_API_KEY");
    live->url = needed("AILAB_BASE_URL");
    live->fixture.picture = fixture_small_jpeg();
}

void live_close(struct live *live)
{
    fixture_close(&live->fixture);
}

void live_client(struct live *live, const char *key)
{
    struct ailab_options options = {.api_key = key         ? key
                                               : live->key ? live->key
                                                           : FIXTURE_KEY,
                                    .base_url = live->url,
                                    .retries = 0, /* a success is paid for once */
                                    .timeout_ms = live->url ? LIVE_TIMEOUT_MS : 0};
    fixture_client(&live->fixture, options);
}

bool live_can_arm(const struct live *live, const char *row)
{
    if (!live->url)
        return true;
    print_message("skipped: %s: a live server cannot be told what to answer\n", row);
    return false;
}

static long spent; /* by this program */

void live_note_success(const struct live *live)
{
    if (live->url)
        spent += LIVE_CALL_CREDITS;
}

bool live_may_spend(const struct live *live)
{
    const char *text = getenv("AILAB_LIVE_CREDITS");
    char *end = NULL;
    long allowed = text && *text ? strtol(text, &end, 10) : 0;
    if (!live->url)
        return true;
    if (end && *end)
        fail_msg("AILAB_LIVE_CREDITS is \"%s\", expected a number of credits", text);
    if (spent + LIVE_CALL_CREDITS > allowed) {
        print_message(
            "skipped: a success costs %d credits; AILAB_LIVE_CREDITS allows %ld, of which "
            "%ld are spent\n",
            LIVE_CALL_CREDITS, allowed, spent);
        return false;
    }
    spent += LIVE_CALL_CREDITS;
    return true;
}
