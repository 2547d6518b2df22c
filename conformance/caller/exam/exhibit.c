/* See exhibit.h. */
#include "caller/exam/exhibit.h"
#include "caller/judge/judge.h"
#include "caller/process/arguments.h"
#include "evidence/redact.h"
#include <string.h>

enum { CALLS_FIRST = 8, CALLS_LAST = 3, LINES_MAX = 12, LINE_MAX_BYTES = 160 };
#define EXHIBIT_MAX 16384

static void add_armed(struct buf *out, const struct seen *seen, const struct stage *stage)
{
    const struct situation *situation = seen->situation;
    buf_text(out, "armed: ");
    if (situation->revision)
        buf_printf(out, "revision %s", situation->revision);
    else if (situation->wrong_key)
        buf_text(out, "a mock that does not know the key");
    else if (situation->tls_fault)
        buf_text(out, situation->tls_fault);
    else if (situation->png)
        buf_text(out, "a PNG as the result");
    else
        buf_text(out, stage->armed ? stage->armed : "nothing, the mock answers as usual");
    buf_text(out, "\n");
}

static void add_time(struct buf *out, double ms)
{
    buf_printf(out, "%8.3f s  ", ms > 0 ? ms / 1e3 : 0.0);
}

static void add_call(struct buf *out, const struct call *call, double start_ms)
{
    add_time(out, call->came_ms - start_ms);
    if (!call->method[0]) {
        buf_text(out, "a connection without a request that can be read\n");
        return;
    }
    buf_printf(out, "%s %s", call->method, call->path);
    if (call->choice >= 0)
        buf_printf(out, ", service_choice %d", call->choice);
    if (call->status > 0)
        buf_printf(out, " -> %d%s%s", call->status, call->code[0] ? " " : "", call->code);
    else
        buf_text(out, " -> no answer");
    if (call->fault[0])
        buf_printf(out, ", %s", call->fault);
    if (call->refused)
        buf_printf(out, ": %s", call->message);
    buf_text(out, "\n");
}

static void add_calls(struct buf *out, const struct calls *calls, double start_ms)
{
    for (size_t i = 0; i < calls->kept; i++) {
        if (i == CALLS_FIRST && calls->kept > CALLS_FIRST + CALLS_LAST) {
            buf_printf(out, "            ... %zu more\n", calls->kept - CALLS_FIRST - CALLS_LAST);
            i = calls->kept - CALLS_LAST;
        }
        add_call(out, &calls->items[i], start_ms);
    }
}

/* Where the last lines of the text begin. */
static size_t last_lines(const char *text, size_t len)
{
    size_t lines = 0, at = len;
    while (at > 0 && (text[at - 1] != '\n' || at == len || ++lines < LINES_MAX))
        at--;
    return at;
}

/* The last lines, each cut to a width. */
static void add_output(struct buf *out, const struct run *run)
{
    const size_t from = last_lines(run->tail, run->tail_size);
    struct buf text = {0};
    if (run->leak.in_parts && !run->leak.found) {
        buf_text(out, "output: not shown, because it holds the key in parts\n");
        return;
    }
    leak_mask(&text, &run->leak, run->tail + from, run->tail_size - from);
    buf_printf(out, "output, %s%lu bytes:\n", from > 0 ? "the end of " : "", run->printed);
    for (const char *line = buf_str(&text), *end = line + text.len; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const size_t len = (size_t)((stop ? stop : end) - line);
        buf_text(out, "  | ");
        buf_add(out, line, len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES);
        buf_text(out, len < LINE_MAX_BYTES ? "\n" : "...\n");
        line += len + 1;
    }
    buf_clear(&text);
}

/* Makes the text fit to be seen, and clears it. */
static char *settle(struct buf *raw, const struct secrets *secrets, enum redact_as how)
{
    struct buf text = {0};
    redact_add(&text, secrets, buf_str(raw), raw->len, EXHIBIT_MAX, how);
    text.failed = text.failed || raw->failed;
    buf_clear(raw);
    return buf_take(&text);
}

char *exhibit(const struct seen *seen, const struct stage *stage, const struct secrets *secrets,
              double start_ms)
{
    struct buf out = {0};
    add_armed(&out, seen, stage);
    add_time(&out, 0);
    buf_text(&out, "the program starts\n");
    add_calls(&out, &seen->calls, start_ms);
    add_time(&out, seen->run.ms);
    judge_describe_end(&out, seen);
    buf_printf(&out, "\ncharged: %u call%s\n", seen->charged, seen->charged == 1 ? "" : "s");
    if (seen->run.tail_size > 0)
        add_output(&out, &seen->run);
    return settle(&out, secrets, REDACT_LINES);
}

char *exhibit_repeat(const struct situation *situation, char *const *words, const char *options,
                     const struct secrets *secrets)
{
    struct buf out = {0};
    buf_printf(&out, "ailab-conformance caller --run %s%s -- ", situation->slug, options);
    arguments_quote(&out, words);
    return settle(&out, secrets, REDACT_RECORD);
}
