/* Judging and annotating behind a cache and a gate. The gate bounds memory as much as time: one
 * progressive 4095x4095 JPEG takes some 54 MB while it is decoded. */
#include "pictures/picture_work.h"
#include "base/sha256.h"
#include "images/banner.h"
#include "pictures/picture_cache.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define VARIANT_FACTS                                                                              \
    (-1) /* the bytes are a struct image_facts; other variants are expressions                     \
          */

struct picture_work {
    enum result_kind result;
    struct shared_bytes *file;
    struct cache *cache; /* NULL: remember nothing */
    struct image_judge judge;
    pthread_mutex_t gate_lock;
    pthread_cond_t gate_open;
    unsigned gate_free;
};

static bool decode(void *context, struct image_facts *facts, struct slice bytes);

struct picture_work *picture_work_new(const struct picture_work_options *options)
{
    struct picture_work *pictures = calloc(1, sizeof *pictures);
    if (!pictures)
        return NULL;
    if (options->cache_bytes && !(pictures->cache = cache_new(options->cache_bytes))) {
        free(pictures);
        return NULL;
    }
    pictures->result = options->result;
    pictures->file = options->file ? shared_bytes_hold(options->file) : NULL;
    pictures->judge = (struct image_judge){decode, pictures};
    pthread_mutex_init(&pictures->gate_lock, NULL);
    pthread_cond_init(&pictures->gate_open, NULL);
    pictures->gate_free = options->decodes_max ? options->decodes_max : 1;
    return pictures;
}

void picture_work_free(struct picture_work *pictures)
{
    if (!pictures)
        return;
    cache_free(pictures->cache);
    shared_bytes_release(pictures->file);
    pthread_cond_destroy(&pictures->gate_open);
    pthread_mutex_destroy(&pictures->gate_lock);
    free(pictures);
}

const struct image_judge *picture_work_judge(struct picture_work *pictures)
{
    return &pictures->judge;
}

static void gate_enter(struct picture_work *pictures)
{
    pthread_mutex_lock(&pictures->gate_lock);
    while (!pictures->gate_free)
        pthread_cond_wait(&pictures->gate_open, &pictures->gate_lock);
    pictures->gate_free--;
    pthread_mutex_unlock(&pictures->gate_lock);
}

static void gate_leave(struct picture_work *pictures)
{
    pthread_mutex_lock(&pictures->gate_lock);
    pictures->gate_free++;
    pthread_cond_signal(&pictures->gate_open);
    pthread_mutex_unlock(&pictures->gate_lock);
}

void picture_work_hash(struct image_facts *facts, struct slice bytes)
{
    if (facts->hashed)
        return;
    sha256_of(facts->sha256, bytes);
    facts->hashed = true;
}

static struct cache_key key_of(const struct image_facts *facts, int variant)
{
    struct cache_key key = {.variant = variant};
    memcpy(key.digest, facts->sha256, sizeof key.digest);
    return key;
}

static bool decode_now(struct picture_work *pictures, struct image_facts *facts, struct slice bytes)
{
    gate_enter(pictures);
    bool done = image_decode(facts, bytes);
    gate_leave(pictures);
    return done;
}

static bool decode(void *context, struct image_facts *facts, struct slice bytes)
{
    struct picture_work *pictures = context;
    if (!pictures->cache)
        return decode_now(pictures, facts, bytes);

    picture_work_hash(facts, bytes);
    struct cache_key key = key_of(facts, VARIANT_FACTS);
    struct shared_bytes *known = cache_get(pictures->cache, &key);
    if (known) {
        memcpy(facts, known->data, sizeof *facts);
        shared_bytes_release(known);
        return true;
    }
    if (!decode_now(pictures, facts, bytes))
        return false;
    known = shared_bytes_copy(slice_make(facts, sizeof *facts));
    if (known)
        cache_put(pictures->cache, &key, known);
    shared_bytes_release(known);
    return true;
}

static bool draw(unsigned char **out, size_t *out_size, struct slice bytes,
                 const struct image_facts *facts, const char *title)
{
    return banner_draw(out, out_size, bytes, facts, title, "ailab-mock: not a real result");
}

static struct shared_bytes *annotate(struct picture_work *pictures, const struct request *request)
{
    char title[64];
    struct image_facts facts;
    unsigned char *data = NULL;
    size_t size = 0;
    snprintf(title, sizeof title, "%d %s", request->expression->number, request->expression->label);
    gate_enter(pictures);
    bool drawn = draw(&data, &size, request->image->body, &request->facts, title);
    if (!drawn) { /* a trusted picture was not looked at to its end */
        image_inspect(&facts, request->image->body);
        drawn = facts.state == IMAGE_SOUND && facts.data_end < request->facts.data_end &&
                draw(&data, &size, request->image->body, &facts, title);
    }
    gate_leave(pictures);
    return drawn ? shared_bytes_take(data, size) : NULL;
}

/* Without a judged picture (a rule is switched off) there is nothing to draw on, and on one beyond
 * the limits drawing could take any amount of memory. */
static bool can_be_drawn_on(const struct request *request)
{
    const struct image_facts *facts = &request->facts;
    return request->image && request->expression && request->inspected &&
           facts->state == IMAGE_SOUND && facts->width <= (uint32_t)LIMIT_IMAGE_SIDE_MAX &&
           facts->height <= (uint32_t)LIMIT_IMAGE_SIDE_MAX;
}

/* Asked when no banner could be drawn. A picture that is trusted has not been looked at before. */
static bool is_damaged(struct picture_work *pictures, const struct request *request)
{
    struct image_facts facts;
    image_inspect(&facts, request->image->body);
    return decode_now(pictures, &facts, request->image->body) && facts.state != IMAGE_SOUND;
}

bool picture_work_result(struct shared_bytes **out, struct picture_work *pictures,
                         struct request *request)
{
    *out = NULL;
    if (pictures->result == RESULT_FILE) {
        *out = shared_bytes_hold(pictures->file);
        return true;
    }
    if (pictures->result == RESULT_ECHO || !can_be_drawn_on(request))
        return true;
    if (!pictures->cache)
        return (*out = annotate(pictures, request)) != NULL || is_damaged(pictures, request);

    picture_work_hash(&request->facts, request->image->body);
    struct cache_key key = key_of(&request->facts, request->expression->number);
    *out = cache_get(pictures->cache, &key);
    if (!*out && (*out = annotate(pictures, request)) != NULL)
        cache_put(pictures->cache, &key, *out);
    return *out != NULL || is_damaged(pictures, request);
}
