/* Requests and entries for the tests of the journal. */
#include "journal_sample.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const char sample_form[] =
    "--b\r\nContent-Disposition: form-data; name=service_choice\r\n\r\n12\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"image_target\"; filename=\"me.jpg\"\r\n"
    "Content-Type: image/jpeg\r\n\r\nabc\r\n--b--\r\n";

struct request *sample_request(const char *body)
{
    struct request *request = calloc(1, sizeof *request);
    assert_non_null(request);
    request->head.method = slice_of("POST");
    request->head.path = slice_of("/api/portrait/effects/emotion-editor");
    request->head.headers[0] = (struct header_field){slice_of("Content-Type"),
                                                     slice_of("multipart/form-data; boundary=b")};
    request->head.header_count = 1;
    request->body = slice_of(body);
    request_parse_body(request);
    return request;
}

void sample_describe(struct journal_entry *out, const struct request *request, enum error_code code,
                     enum rule_id rule, const char *message)
{
    struct verdict verdict;
    const struct choice nothing = {0};
    *out = (struct journal_entry){0};
    verdict_make(&verdict, revision_default(), code, 0, message);
    verdict.rule = rule;
    journal_describe(out,
                     &(struct journal_source){.peer = {"[::1]:5000", true, true, TLS_FAULT_expired},
                                              .request = request,
                                              .verdict = &verdict,
                                              .choice = &nothing,
                                              .request_id = "THE-ID",
                                              .nth = 3,
                                              .status = verdict.status,
                                              .time_ms = 1767875696123,
                                              .bytes_in = 321,
                                              .bytes_out = 654,
                                              .duration_ms = 1.5});
}

struct journal_entry sample_entry(const char *key, const char *code)
{
    struct journal_entry entry = {.number = {.service_choice = -1}, .status = code[0] ? 400 : 200};
    entry.has_key = key != NULL;
    if (key)
        key_digest_of(&entry.key, slice_of(key));
    snprintf(entry.code, sizeof entry.code, "%s", code);
    return entry;
}

struct journal_entry sample_answered(void)
{
    struct journal_entry entry;
    struct request *request = sample_request(sample_form);
    request->facts = (struct image_facts){.format = IMAGE_JPEG, .width = 30, .height = 40};
    sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
    entry.has_key = true;
    key_digest_of(&entry.key, slice_of("the-key"));
    snprintf(entry.scenario, sizeof entry.scenario, "success");
    free(request);
    return entry;
}

bool sample_any(void *context, const struct journal_entry *entry)
{
    (void)context;
    (void)entry;
    return true;
}
