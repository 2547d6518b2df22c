/* A ring of bytes between the threads that put lines and the one that writes them. The descriptor
 * is often shared with other programs, so it stays as blocking as it was found: only the writer
 * waits for it. */
#include "line_writer.h"
#include "base/clock.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUEUE_BYTES ((size_t)1024 * 1024) /* some seven thousand requests' lines */
#define RETRY_MS 1000

struct line_writer {
    int fd;
    size_t (*tell)(char line[LINE_BYTES_MAX], uint64_t dropped);
    pthread_t thread;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    bool stopping, done;
    bool abandoned;     /* the thread frees the writer */
    uint64_t dropped;   /* since the last line in the queue; none is queued until they are told */
    uint64_t lines;     /* in the queue */
    size_t start, size; /* the queue's bytes in ring */
    char ring[QUEUE_BYTES];
};

static uint64_t count_lines(const char *text, size_t size)
{
    uint64_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += text[i] == '\n';
    return count;
}

/* As many whole lines as one write takes; returns their bytes. With the lock held. */
static size_t take_lines(char out[LINE_BYTES_MAX], uint64_t *count, struct line_writer *writer)
{
    size_t size = writer->size < LINE_BYTES_MAX ? writer->size : LINE_BYTES_MAX;
    size_t first = QUEUE_BYTES - writer->start < size ? QUEUE_BYTES - writer->start : size;
    memcpy(out, writer->ring + writer->start, first);
    memcpy(out + first, writer->ring, size - first);
    while (out[size - 1] != '\n')
        size--;
    *count = count_lines(out, size);
    writer->lines -= *count;
    writer->size -= size;
    /* From the front whenever it can be, so that a queue that is never long takes little memory. */
    writer->start = writer->size ? (writer->start + size) % QUEUE_BYTES : 0;
    return size;
}

/* Until it is time to try again, or the end. With the lock held. */
static void wait_for_retry(struct line_writer *writer)
{
    const struct timespec until = clock_in_ms(RETRY_MS);
    while (!writer->stopping &&
           pthread_cond_timedwait(&writer->changed, &writer->lock, &until) == 0)
        ;
}

/* True when there is time to write the rest of a line that was cut by an error. */
static bool may_retry(struct line_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    wait_for_retry(writer);
    bool stopping = writer->stopping;
    pthread_mutex_unlock(&writer->lock);
    return !stopping;
}

/* Another program that shares the descriptor may have made it non-blocking. */
static void wait_until_writable(int fd)
{
    struct pollfd writable = {.fd = fd, .events = POLLOUT};
    (void)poll(&writable, 1, -1);
}

static bool write_lines(struct line_writer *writer, const char *lines, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t written = write(writer->fd, lines + done, size - done);
        if (written > 0)
            done += (size_t)written;
        else if (written < 0 && errno == EAGAIN)
            wait_until_writable(writer->fd);
        else if ((written == 0 || errno != EINTR) && (done == 0 || !may_retry(writer)))
            return false;
    }
    return true;
}

static void write_until_stopped(struct line_writer *writer)
{
    char lines[LINE_BYTES_MAX];
    for (;;) {
        uint64_t count;
        size_t size;
        while (!writer->size && !writer->dropped && !writer->stopping)
            pthread_cond_wait(&writer->changed, &writer->lock);
        if (writer->size) {
            size = take_lines(lines, &count, writer);
        } else if (writer->dropped) {
            count = writer->dropped;
            writer->dropped = 0;
            size = writer->tell(lines, count);
        } else {
            return;
        }
        pthread_mutex_unlock(&writer->lock);
        bool written = write_lines(writer, lines, size);
        pthread_mutex_lock(&writer->lock);
        if (written)
            continue;
        writer->dropped += count + writer->lines;
        writer->lines = writer->size = writer->start = 0;
        if (writer->stopping)
            return;
        wait_for_retry(writer);
    }
}

static void free_writer(struct line_writer *writer)
{
    pthread_cond_destroy(&writer->changed);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

static void *run(void *context)
{
    struct line_writer *writer = context;
    pthread_mutex_lock(&writer->lock);
    write_until_stopped(writer);
    writer->done = true;
    bool abandoned = writer->abandoned;
    pthread_cond_signal(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
    if (abandoned)
        free_writer(writer);
    return NULL;
}

struct line_writer *line_writer_start(int fd,
                                      size_t (*tell)(char line[LINE_BYTES_MAX], uint64_t dropped))
{
    struct line_writer *writer = malloc(sizeof *writer); /* pages of the ring come when needed */
    if (!writer)
        return NULL;
    memset(writer, 0, offsetof(struct line_writer, ring));
    writer->fd = fd;
    writer->tell = tell;
    pthread_mutex_init(&writer->lock, NULL);
    clock_condition_init(&writer->changed);
    if (pthread_create(&writer->thread, NULL, run, writer) != 0) {
        free_writer(writer);
        return NULL;
    }
    return writer;
}

void line_writer_put(struct line_writer *writer, const char *line, size_t size)
{
    pthread_mutex_lock(&writer->lock);
    if (writer->dropped || size > LINE_BYTES_MAX || size > QUEUE_BYTES - writer->size) {
        writer->dropped++;
    } else {
        size_t at = (writer->start + writer->size) % QUEUE_BYTES;
        size_t first = QUEUE_BYTES - at < size ? QUEUE_BYTES - at : size;
        memcpy(writer->ring + at, line, first);
        memcpy(writer->ring, line + first, size - first);
        writer->size += size;
        writer->lines++;
    }
    pthread_cond_signal(&writer->changed);
    pthread_mutex_unlock(&writer->lock);
}

void line_writer_stop(struct line_writer *writer, unsigned wait_ms)
{
    if (!writer)
        return;
    const struct timespec until = clock_in_ms(wait_ms);
    pthread_t thread = writer->thread;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_signal(&writer->changed);
    while (!writer->done && pthread_cond_timedwait(&writer->changed, &writer->lock, &until) == 0)
        ;
    bool done = writer->done;
    writer->abandoned = !done;
    pthread_mutex_unlock(&writer->lock);
    if (!done) {
        pthread_detach(thread);
        return;
    }
    pthread_join(thread, NULL);
    free_writer(writer);
}
