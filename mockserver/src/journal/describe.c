/* From a request and its answer to the entry, and from an entry to the facts that matches look at.
 */
#include "base/sha256.h"
#include "journal/journal.h"

static void cut(char *out, size_t size, struct slice text)
{
    size_t len = text.len < size - 1 ? text.len : size - 1;
    if (len)
        memcpy(out, text.ptr, len);
    out[len] = '\0';
}

static void hash(char out[SHA256_TEXT_SIZE], struct slice bytes)
{
    uint8_t digest[SHA256_BYTES];
    sha256_of(digest, bytes);
    sha256_print(out, digest);
}

/* None, when the body is no form. */
static const struct multipart *parts_of(const struct request *request)
{
    static const struct multipart none = {0};
    return request->parsed ? &request->parts : &none;
}

static void describe_part(struct journal_part *out, const struct multipart_part *part)
{
    cut(out->name, sizeof out->name, part->name);
    cut(out->file_name, sizeof out->file_name, part->file_name);
    cut(out->content_type, sizeof out->content_type, part->content_type);
    out->has_file_name = part->has_file_name;
    out->size = part->body.len;
    if (part->body.len <= JOURNAL_HASHED_MAX)
        hash(out->sha256, part->body);
}

/* The image's hash is made elsewhere, if at all. */
static void describe_parts(struct journal_entry *out, const struct request *request,
                           const struct request_facts *facts)
{
    const struct multipart *parts = parts_of(request);
    for (size_t i = 0; i < parts->kept && i < JOURNAL_PARTS_MAX; i++) {
        const struct multipart_part *part = &parts->parts[i];
        describe_part(&out->parts[i], part);
        if (part != request->image)
            continue;
        out->image_part = i + 1;
        out->oddities = request->facts.oddities;
        if (facts->sha256[0])
            memcpy(out->parts[i].sha256, facts->sha256, sizeof facts->sha256);
    }
}

static const struct scenario_step *step_of(const struct journal_source *source)
{
    static const struct scenario_step none = {0};
    return source->choice->step ? source->choice->step : &none;
}

/* A scenario's step may answer a code that is not in the table. */
static struct slice code_of(const struct journal_source *source)
{
    const struct scenario_step *step = step_of(source);
    const struct error_info *error = error_info(source->verdict->code);
    if (step->answer == ANSWER_ERROR && step->code_text)
        return slice_of(step->code_text);
    return slice_of(error ? error->name : "");
}

static struct slice message_of(const struct journal_source *source)
{
    return slice_of(error_info(source->verdict->code) ? source->verdict->message : "");
}

void journal_describe(struct journal_entry *out, const struct journal_source *source)
{
    const struct request_facts facts = request_facts_of(source->request, source->nth);
    out->number = facts.number;
    describe_parts(out, source->request, &facts);
    out->headers_kept = request_headers_keep(out->headers, &source->request->head);
#define MOCK_NUMBER(type, name, source, kind, note) out->name = (source);
#define MOCK_TEXT(name, most, source, kind, note) cut(out->name, sizeof out->name, source);
#include "journal/facts.def"
}

const char *journal_rule(const struct journal_entry *entry)
{
    return entry->rule ? rule_info(entry->rule)->name : "";
}

const char *journal_tls_fault(const struct journal_entry *entry)
{
    return entry->tls_fault ? tls_fault_info(entry->tls_fault)->name : "";
}

struct request_facts journal_facts(const struct journal_entry *entry)
{
    struct request_facts facts = {
        .number = entry->number,
        .headers = {.kept = entry->headers, .cut = entry->headers_kept < entry->header_count},
    };
    if (entry->image_part) {
        const struct journal_part *part = &entry->parts[entry->image_part - 1];
        facts.file_name = slice_of(part->file_name);
        memcpy(facts.sha256, part->sha256, sizeof facts.sha256);
    }
    return facts;
}
