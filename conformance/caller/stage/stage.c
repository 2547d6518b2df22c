/* See stage.h. */
#include "caller/stage/stage.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CREDITS = 1200000,
    CREDITS_OF_A_CALL = 12,
    CONNECTIONS = 16,
    DRAIN_MS = 50,
    ADDRESS_SIZE = 24,
    JOURNAL_ENTRIES = 2000,
    CONNECTIONS_FOREVER = 1000
};

static bool make_key(char out[STAGE_KEY_SIZE])
{
    unsigned char bytes[(STAGE_KEY_SIZE - 1) / 2];
    if (getentropy(bytes, sizeof bytes) != 0)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

/* The steps with the other host's URL in its place. */
static char *steps_of(const struct situation *situation, const struct stage *stage)
{
    static const char name[] = "{trap}";
    struct buf out = {0};
    const char *at = situation->steps, *place = strstr(at, name);
    if (place && stage->trap) {
        buf_add(&out, at, (size_t)(place - at));
        buf_printf(&out, "%s/api/portrait/effects/emotion-editor", ailab_mock_url(stage->trap));
        at = place + sizeof name - 1;
    }
    buf_text(&out, at);
    return buf_take(&out);
}

/* An address of the loopback network that is hardly in use. */
static const char *own_address(char out[ADDRESS_SIZE])
{
    unsigned char bytes[3] = {0};
    if (getentropy(bytes, sizeof bytes) != 0)
        return NULL;
    snprintf(out, ADDRESS_SIZE, "127.%d.%d.%d:0", 1 + bytes[0] % 254, bytes[1], 1 + bytes[2] % 254);
    return out;
}

static bool start(struct ailab_mock **out, const struct situation *situation,
                  const struct stage_files *files, const char *key, char why[STAGE_WHY_SIZE])
{
    char address[ADDRESS_SIZE];
    const struct ailab_mock_options options = {
        .listen = situation->own_address ? own_address(address) : NULL,
        .api_keys = &key,
        .api_key_count = key ? 1 : 0,
        .revision = situation->revision,
        .result = situation->png ? files->png : NULL,
        .https = files->authority != NULL,
        .ca_dir = files->authority,
        .max_connections = CONNECTIONS,
        .drain_timeout_ms = DRAIN_MS,
        .strict = true,
        .journal_entries = JOURNAL_ENTRIES,
        .journal_bodies = (situation->looks & LOOK_secret)};
    return ailab_mock_start(out, &options, why) == AILAB_MOCK_OK;
}

static bool arm(struct stage *stage, const struct situation *situation, char why[STAGE_WHY_SIZE])
{
    char accounts[160];
    snprintf(accounts, sizeof accounts, "{\"accounts\":{\"%s\":{\"credits\":%d}}}", stage->key,
             CREDITS);
    if (ailab_mock_set_accounts(stage->mock, accounts, why) != AILAB_MOCK_OK)
        return false;
    if (situation->tls_fault && ailab_mock_arm_tls(stage->mock, situation->tls_fault,
                                                   CONNECTIONS_FOREVER, why) != AILAB_MOCK_OK)
        return false;
    if (!situation->steps)
        return true;
    stage->armed = steps_of(situation, stage);
    return stage->armed &&
           ailab_mock_arm(stage->mock, stage->key, stage->armed, why) == AILAB_MOCK_OK;
}

const char *stage_url(const struct stage *stage, const struct situation *situation)
{
    return situation->https ? ailab_mock_https_url(stage->mock) : ailab_mock_url(stage->mock);
}

bool stage_open(struct stage *out, const struct situation *situation,
                const struct stage_files *files, char why[STAGE_WHY_SIZE])
{
    static const struct situation anywhere = {0};
    static const struct stage_files none = {0};
    char other[STAGE_KEY_SIZE];
    *out = (struct stage){0};
    snprintf(why, STAGE_WHY_SIZE, "out of memory");
    if (!make_key(out->key) || !make_key(other))
        return false;
    return (!situation->trap || start(&out->trap, &anywhere, &none, NULL, why)) &&
           start(&out->mock, situation, files, situation->wrong_key ? other : out->key, why) &&
           arm(out, situation, why);
}

void stage_close(struct stage *stage)
{
    ailab_mock_stop(stage->mock);
    ailab_mock_stop(stage->trap);
    free(stage->armed);
    *stage = (struct stage){0};
}

unsigned stage_charged(struct stage *stage)
{
    int status = 0;
    char *answer = NULL;
    double left = CREDITS;
    const cJSON *account = NULL;
    ailab_mock_admin(stage->mock, "GET", "/__admin/accounts", NULL, &status, &answer);
    cJSON *root = answer ? cJSON_Parse(answer) : NULL;
    cJSON_ArrayForEach(account, cJSON_GetObjectItemCaseSensitive(root, "accounts"))
    {
        const cJSON *credits = cJSON_GetObjectItemCaseSensitive(account, "credits");
        if (cJSON_IsNumber(credits))
            left = credits->valuedouble;
    }
    cJSON_Delete(root);
    free(answer);
    return (unsigned)((CREDITS - left) / CREDITS_OF_A_CALL);
}
