/* Three phases, told apart by what has moved: sending, waiting (a spinner, nothing can be measured
 * then), receiving. */
#include "progress.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_MAX 30
#define BAR_MIN 8

static void append(char out[PROGRESS_SIZE], const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, PROGRESS_SIZE - used, "%s", text);
}

/* "840 KB" or "4.9 MB", of 1000 and 1000000 bytes. */
static void format_bytes(char out[32], size_t bytes)
{
    if (bytes < 1000)
        snprintf(out, 32, "%zu B", bytes);
    else if (bytes < 1000 * 1000)
        snprintf(out, 32, "%zu KB", bytes / 1000);
    else
        snprintf(out, 32, "%zu.%zu MB", bytes / 1000000, bytes / 100000 % 10);
}

static void append_bar(char out[PROGRESS_SIZE], size_t done, size_t total, size_t width)
{
    char bar[BAR_MAX + 4] = " [";
    size_t filled = (size_t)((double)done / (double)total * (double)width);
    memset(bar + 2, ' ', width);
    memset(bar + 2, '=', filled);
    if (filled < width)
        bar[2 + filled] = '>';
    bar[2 + width] = ']';
    bar[3 + width] = '\0';
    append(out, bar);
}

static void append_transfer(char out[PROGRESS_SIZE], size_t done, size_t total, size_t columns)
{
    char done_text[32], total_text[32], numbers[96];
    format_bytes(done_text, done);
    if (total == 0) {
        append(out, " ");
        append(out, done_text);
        return;
    }
    if (done > total)
        done = total;
    format_bytes(total_text, total);
    snprintf(numbers, sizeof(numbers), " %3u%%  %s of %s",
             (unsigned)((double)done * 100.0 / (double)total), done_text, total_text);
    size_t taken = strlen(out) + strlen(numbers) + 4;
    if (columns > taken + BAR_MIN) {
        size_t width = columns - taken;
        append_bar(out, done, total, width < BAR_MAX ? width : BAR_MAX);
    }
    append(out, numbers);
}

void progress_format(char out[PROGRESS_SIZE], const struct ailab_progress *state,
                     unsigned long elapsed_ms, size_t columns)
{
    static const char spinner[] = "|/-\\";
    char text[64];
    bool all_sent = state->send_total_bytes > 0 && state->sent_bytes >= state->send_total_bytes;
    out[0] = '\0';
    if (state->attempt > 1) {
        snprintf(text, sizeof(text), "attempt %u: ", state->attempt);
        append(out, text);
    }
    if (state->received_bytes > 0) {
        append(out, "receiving");
        append_transfer(out, state->received_bytes, state->receive_total_bytes, columns);
    } else if (all_sent) {
        snprintf(text, sizeof(text), "waiting %c %lu s", spinner[elapsed_ms / 125 % 4],
                 elapsed_ms / 1000);
        append(out, text);
    } else if (state->sent_bytes > 0) {
        append(out, "sending");
        append_transfer(out, state->sent_bytes, state->send_total_bytes, columns);
    } else {
        append(out, "connecting");
    }
    if (columns > 0 && strlen(out) >= columns)
        out[columns - 1] = '\0';
}

void progress_init(struct progress *progress, bool wanted)
{
    struct winsize window;
    const char *terminal = getenv("TERM");
    memset(progress, 0, sizeof(*progress));
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    if (!wanted || !isatty(STDERR_FILENO) || !terminal || strcmp(terminal, "dumb") == 0)
        return;
    progress->columns = 80;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        progress->columns = window.ws_col;
}

unsigned long progress_elapsed_ms(const struct progress *progress)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    long ms = (long)(now.tv_sec - progress->start.tv_sec) * 1000 +
              (now.tv_nsec - progress->start.tv_nsec) / 1000000;
    return ms > 0 ? (unsigned long)ms : 0;
}

int progress_draw(void *context, const struct ailab_progress *state)
{
    struct progress *progress = context;
    char line[PROGRESS_SIZE];
    if (progress->columns > 0) {
        progress_format(line, state, progress_elapsed_ms(progress), progress->columns);
        fprintf(stderr, "\r%s\033[K", line);
    }
    return 0;
}

void progress_clear(struct progress *progress)
{
    if (progress->columns > 0)
        fputs("\r\033[K", stderr);
}
