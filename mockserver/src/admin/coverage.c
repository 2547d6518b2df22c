/* What requests have met, as JSON, text or a page. */
#include "coverage/coverage.h"
#include "admin/admin_call.h"

static bool accepts(const struct admin_call *call, const char *type)
{
    return call->accept.len &&
           memmem(call->accept.ptr, call->accept.len, type, strlen(type)) != NULL;
}

static const char *format_of(const struct admin_call *call)
{
    if (call->format[0])
        return call->format;
    return accepts(call, "text/html") ? "html" : accepts(call, "text/plain") ? "text" : "json";
}

static void answer(struct admin_call *call, const struct coverage_report *report)
{
    const char *format = format_of(call);
    if (strcmp(format, "json") == 0) {
        coverage_print_json(&call->tree, report);
        return;
    }
    const bool page = strcmp(format, "html") == 0;
    call->text =
        page ? coverage_print_page(report, call->host->version) : coverage_print_text(report);
    call->content_type = page ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
    call->tree.failed |= !call->text;
}

void admin_get_coverage(struct admin_call *call)
{
    char label[KEY_LABEL_SIZE];
    struct state_coverage met;
    if (call->has_key && call->since_start) {
        admin_fail(call, 400, "", "query: since=start is of all keys; leave api_key out");
        return;
    }
    state_coverage(&met, call->state,
                   call->since_start ? COVERAGE_SINCE_START : COVERAGE_SINCE_RESET,
                   call->has_key ? &call->digest : NULL);
    const struct coverage_report report = {
        .set = &met.set,
        .revision = met.revision,
        .speaks_tls = met.speaks_tls,
        .key = call->has_key ? key_label(label, &call->digest) : NULL,
        .since_start = call->since_start,
    };
    answer(call, &report);
}
