/* See looks.h. */
#include "caller/judge/looks.h"
#include <stdio.h>

enum {
    ATTEMPTS_MAX = 10,
    SPACE_MS = 400,      /* the least between an answer and the next attempt: jitter is allowed */
    CLOCK_SLACK_MS = 20, /* the journal has whole milliseconds */
    WAITS_TO_COMPARE = 3
};
#define GROWTH 1.5 /* the last wait over the first one */

/* Both return false, so that a look can end with them. */
__attribute__((format(printf, 2, 3))) static bool expect(struct finding *out, const char *format,
                                                         ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(&out->expected, format, args);
    va_end(args);
    return false;
}

__attribute__((format(printf, 2, 3))) static bool actual(struct finding *out, const char *format,
                                                         ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(&out->actual, format, args);
    va_end(args);
    return false;
}

bool look_ends(struct finding *out, const struct seen *seen)
{
    if (seen->run.ending == RUN_EXITED)
        return true;
    expect(out, "it ends by itself within %.0f s, with an exit code", seen->patience_ms / 1e3);
    judge_describe_end(&out->actual, seen);
    if (seen->run.ending == RUN_LATE)
        out->advice = "Give every call a time-out that counts to its last byte. If the program is "
                      "meant to wait longer, say so by --patience.";
    return false;
}

bool look_calls(struct finding *out, const struct seen *seen)
{
    if (seen->calls.count > 0 || (seen->situation->tls_fault && seen->tls_faults > 0))
        return true;
    expect(out, "a POST to the endpoint at %s", seen->url);
    actual(out, "it made no call there; ");
    judge_describe_end(&out->actual, seen);
    out->advice = "Give the program the address {url} among its arguments, or let it read "
                  "AILAB_BASE_URL.";
    return false;
}

bool look_stays(struct finding *out, const struct seen *seen)
{
    if (seen->trapped == 0)
        return true;
    expect(out, "no request to the host that the redirect names");
    return actual(out, "%zu request%s there, with the key's header if the first call had it",
                  seen->trapped, seen->trapped == 1 ? "" : "s");
}

bool look_unheard(struct finding *out, const struct seen *seen)
{
    size_t heard = 0; /* the journal has handshakes that failed too */
    for (size_t i = 0; i < seen->calls.kept; i++)
        heard += seen->calls.items[i].method[0] != '\0';
    if (heard == 0)
        return true;
    expect(out, "it ends the connection before it sends a request");
    return actual(out, "%zu request%s came", heard, heard == 1 ? "" : "s");
}

bool look_secret(struct finding *out, const struct seen *seen)
{
    const struct leak *leak = &seen->run.leak;
    bool besides = false, in_body = false;
    for (size_t i = 0; i < seen->calls.kept; i++) {
        besides = besides || seen->calls.items[i].key_besides;
        in_body = in_body || seen->calls.items[i].key_in_body;
    }
    if (!leak->found && !leak->in_parts && !besides && !in_body)
        return true;
    expect(out, "the key in the header ailabapi-api-key alone");
    return actual(out, "%s",
                  leak->found || leak->in_parts ? "the key is in the output of the program"
                  : in_body                     ? "the key is in the body of a request"
                                                : "a request has Authorization or Cookie too");
}

bool look_calm(struct finding *out, const struct seen *seen)
{
    const char *runtime = seen_crash(seen);
    if (!runtime)
        return true;
    expect(out, "the program handles it");
    actual(out, "it crashed: its output has the trace of %s; ", runtime);
    judge_describe_end(&out->actual, seen);
    return false;
}

/* A program that calls a refusal a success has not succeeded. */
bool look_succeeds(struct finding *out, const struct seen *seen)
{
    if (seen_success(seen) && seen->charged > 0)
        return true;
    const struct call *last = seen_call(seen, seen->calls.count - 1);
    expect(out, "exit code %d: a success", seen->success_code);
    judge_describe_end(&out->actual, seen);
    if (seen_success(seen))
        actual(out, "; no call was answered with a success");
    if (last && last->refused)
        actual(out, "; the mock refused the call: %s", last->message);
    return false;
}

bool look_fails(struct finding *out, const struct seen *seen)
{
    if (!seen_success(seen))
        return true;
    expect(out, "a failure: an exit code other than %d", seen->success_code);
    judge_describe_end(&out->actual, seen);
    return false;
}

static void describe_file(struct buf *out, const struct seen *seen)
{
    if (!seen->file.exists)
        buf_text(out, "there is no file {output}");
    else
        buf_printf(out, "the file {output} has %zu bytes and %s", seen->file.bytes,
                   seen->file.is_picture ? "is a picture" : "is no whole JPEG or PNG");
}

bool look_whole(struct finding *out, const struct seen *seen)
{
    if (!seen->has_output || seen->file.is_picture)
        return true;
    expect(out, "a whole JPEG or PNG in the file {output}");
    describe_file(&out->actual, seen);
    return false;
}

bool look_honest(struct finding *out, const struct seen *seen)
{
    if (!seen_success(seen) || look_whole(out, seen))
        return true;
    return actual(out, ", and it ended as a success");
}

bool look_says(struct finding *out, const struct seen *seen)
{
    if (seen->run.printed > 0)
        return true;
    expect(out, "words about the failure on standard output or error");
    return actual(out, "it printed nothing");
}

bool look_clean(struct finding *out, const struct seen *seen)
{
    if (seen_success(seen) || (!seen->file.exists && !seen->left[0]))
        return true;
    expect(out, "a failed program leaves no file");
    if (seen->file.exists)
        describe_file(&out->actual, seen);
    else
        actual(out, "it left the file %s beside {output}", seen->left);
    return false;
}

bool look_choice(struct finding *out, const struct seen *seen)
{
    const struct call *first = seen_call(seen, 0);
    const int wanted = situation_choice(seen->situation);
    if (!first || first->choice == wanted)
        return true;
    expect(out, "service_choice %d", wanted);
    if (first->choice < 0)
        return actual(out, "no number in service_choice");
    return actual(out, "service_choice %d", first->choice);
}

/* Between the answer to the n-th call and the next call. */
static double wait_ms(const struct seen *seen, size_t n)
{
    return seen_call(seen, n + 1)->came_ms - seen_call(seen, n)->ended_ms;
}

static size_t waits(const struct seen *seen)
{
    size_t count = 0;
    while (seen_call(seen, count + 1))
        count++;
    return count;
}

bool look_waits(struct finding *out, const struct seen *seen)
{
    const double wanted = seen->situation->retry_after_s * 1e3;
    if (waits(seen) == 0 || wait_ms(seen, 0) + CLOCK_SLACK_MS >= wanted)
        return true;
    expect(out, "no call in the %d s of Retry-After", seen->situation->retry_after_s);
    return actual(out, "the next call came after %.2f s", wait_ms(seen, 0) / 1e3);
}

bool look_spaced(struct finding *out, const struct seen *seen)
{
    for (size_t i = 0; i < waits(seen); i++)
        if (wait_ms(seen, i) + CLOCK_SLACK_MS < SPACE_MS) {
            expect(out, "at least %d ms between an answer and the next attempt", SPACE_MS);
            return actual(out, "%.0f ms before attempt %zu", wait_ms(seen, i), i + 2);
        }
    return true;
}

bool look_grows(struct finding *out, const struct seen *seen)
{
    const size_t count = waits(seen);
    if (count < WAITS_TO_COMPARE || wait_ms(seen, count - 1) >= GROWTH * wait_ms(seen, 0))
        return true;
    expect(out, "waits that grow from attempt to attempt");
    return actual(out, "the first wait is %.2f s, the last %.2f s", wait_ms(seen, 0) / 1e3,
                  wait_ms(seen, count - 1) / 1e3);
}

bool look_few(struct finding *out, const struct seen *seen)
{
    if (seen->calls.count <= ATTEMPTS_MAX)
        return true;
    expect(out, "at most %d attempts", ATTEMPTS_MAX);
    return actual(out, "%zu calls", seen->calls.count);
}

bool look_once(struct finding *out, const struct seen *seen)
{
    if (seen->calls.count == 1)
        return true;
    expect(out, "one call");
    return actual(out, "%zu calls", seen->calls.count);
}

bool look_pays_once(struct finding *out, const struct seen *seen)
{
    if (seen->charged <= 1)
        return true;
    expect(out, "one charged call");
    return actual(out, "%u calls were charged, 12 credits each", seen->charged);
}
