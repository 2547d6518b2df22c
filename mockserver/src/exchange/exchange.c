/* The way of a request through the mock: head -> account, cues and verdict; body -> cues and
 * verdict; verdict and scenario -> reply. */
#include "exchange/exchange.h"
#include "api/served_host.h"
#include "exchange/exchange_admin.h"
#include "exchange/exchange_answer.h"
#include "exchange/exchange_page.h"
#include <stdio.h>

static const struct slice NOTHING = {NULL, 0};

/* Heads */

static enum visit_kind kind_of(const struct request_head *head)
{
    if (head->doubt || slice_equal(head->method, slice_of("OPTIONS")))
        return VISIT_OTHER;
    if (head->endpoint == ENDPOINT_EMOTION_EDITOR && slice_equal(head->method, slice_of("POST")))
        return VISIT_CALL;
    return head->endpoint == ENDPOINT_QUERY_CREDITS ? VISIT_CREDITS : VISIT_OTHER;
}

/* In mock:NAME@KEY, KEY is the request's key. */
static void take_cues_of_head(struct exchange *exchange, struct cue *header, struct cue *key)
{
    struct request_head *head = &exchange->request.head;
    *header = *key = (struct cue){0};
    if (state_is_strict(mock_state(exchange->mock)))
        return;
    cue_from_header(header, request_header(head, "X-Mock-Scenario"));
    if (cue_from_key(key, head->key))
        head->key = key->key;
}

static void start(struct exchange *exchange, struct mock *mock, struct exchange_time time,
                  struct cue *header, struct cue *key)
{
    struct request_head *head = &exchange->request.head;
    exchange->mock = mock;
    exchange->time = time;
    exchange->request.body_end = BODY_CUT;
    mock_next_ids(&exchange->ids, mock);
    request_head_derive(head);
    take_cues_of_head(exchange, header, key);
    const struct visit_head visit = {
        .kind = kind_of(head),
        .key = head->key,
        .known = mock_key_is_known(mock, head->key),
        .now_ms = time.monotonic_ms,
        .wall_ms = time.wall_ms,
    };
    state_enter(&exchange->visit, mock_state(mock), &visit);
    exchange->visited = true;
    mock_context(&exchange->context, mock, &exchange->visit.account_verdict);
    verdict_make(&exchange->verdict, exchange->context.revision, ERROR_NONE, 0, NULL);
}

static bool is_options(const struct request_head *head)
{
    return head->endpoint != ENDPOINT_UNKNOWN && !head->doubt &&
           slice_equal(head->method, slice_of("OPTIONS"));
}

/* The client named a scenario that does not exist: it learns that before any other answer. */
static enum exchange_next refuse_unknown_cue(struct exchange *exchange, const char *why)
{
    exchange_fail(exchange, CODE_ERROR_PARAMETERS, why);
    return EXCHANGE_REPLY;
}

static enum exchange_next refuse_without_memory(struct exchange *exchange)
{
    exchange_fail(exchange, CODE_SERVICE_INTERNAL_ERROR, "memory ran out for the account");
    return EXCHANGE_REPLY;
}

/* Arms the fault that the step has for the upload. */
static enum exchange_next prepare_upload_fault(struct exchange *exchange)
{
    const struct scenario_step *step = exchange->choice.step;
    const struct fault_info *fault = step ? fault_info(step->fault) : NULL;
    if (!fault || fault->place != FAULT_UPLOAD)
        return EXCHANGE_READ_BODY;
    exchange->upload_fault = (struct upload_fault){step->fault, step->fault_amount};
    if (step->fault != FAULT_early_413)
        return EXCHANGE_READ_BODY;
    exchange_answer_early_413(exchange);
    return EXCHANGE_REPLY;
}

/* A body without a clear end, or with one beyond the bound, is not read. */
static bool body_is_readable(const struct exchange *exchange)
{
    const struct request_head *head = &exchange->request.head;
    return !head->doubt && (head->framing != BODY_LENGTH ||
                            head->content_length <= exchange->context.max_body_bytes);
}

static bool is_plain_success(const struct scenario_step *step)
{
    return step->answer == ANSWER_NORMAL && step->fault == FAULT_NONE && !step->deviation;
}

/* `always` without an error means: succeed in spite of the rules. That needs an uploaded picture;
 * without one the refusal is sent, with the step's changes. */
static void pardon(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    const struct scenario_step *step = exchange->choice.step;
    const struct verdict refusal = exchange->verdict;
    if (!exchange->visit.always || !step || step->answer != ANSWER_NORMAL)
        return;
    verdict_make(&exchange->verdict, exchange->context.revision, ERROR_NONE, 0, NULL);
    if (!request->parsed) /* refused by its head */
        rules_judge(&exchange->verdict, STAGE_BODY, request, &exchange->context);
    if (request->image && request->image->body.len) {
        verdict_make(&exchange->verdict, exchange->context.revision, ERROR_NONE, 0, NULL);
        return;
    }
    exchange->verdict = refusal;
    if (is_plain_success(step))
        choice_clear(&exchange->choice);
}

static enum exchange_next begin_call(struct exchange *exchange, const struct cue *header,
                                     const struct cue *key)
{
    char why[STATE_WHY_SIZE];
    struct request *request = &exchange->request;
    exchange->choose_result =
        state_choose_by_head(&exchange->choice, why, &exchange->visit, header, key);
    if (exchange->visit.no_memory)
        return refuse_without_memory(exchange);
    rules_judge(&exchange->verdict, STAGE_HEAD, request, &exchange->context);
    if (exchange->visit.always) {
        if (body_is_readable(exchange))
            return prepare_upload_fault(exchange);
        pardon(exchange);
        exchange_answer_chosen(exchange);
        return EXCHANGE_REPLY;
    }
    if (exchange->verdict.code != ERROR_NONE) {
        choice_clear(&exchange->choice); /* the refusal is the answer, not the scenario's */
        exchange_answer(exchange, NULL);
        return EXCHANGE_REPLY;
    }
    if (exchange->choose_result == CHOOSE_UNKNOWN)
        return refuse_unknown_cue(exchange, why);
    return prepare_upload_fault(exchange);
}

static bool is_connect(const struct request_head *head)
{
    return slice_equal(head->method, slice_of("CONNECT"));
}

/* A client takes the mock for a proxy. Where TLS is on, CONNECT to a host that is served never
 * comes so far. */
static bool wants_proxy(const struct request_head *head)
{
    return head->authority.len && (is_connect(head) || !host_is_served(head->authority));
}

static void refuse_proxying(struct exchange *exchange)
{
    const struct request_head *head = &exchange->request.head;
    char message[VERDICT_MESSAGE_SIZE], host[96];
    printable(host, sizeof host, head->authority);
    if (host_is_served(head->authority))
        snprintf(message, sizeof message,
                 "%s - CONNECT: this mock was started without HTTPS; start it with --https.",
                 error_info(CODE_ERROR_ILLEGAL_OPERATION)->description);
    else
        snprintf(message, sizeof message,
                 "%s - host: '%s' is not served here; the mock answers for " SERVED_HOSTS_TEXT ".",
                 error_info(CODE_ERROR_ILLEGAL_OPERATION)->description, host);
    exchange->closing = true;
    verdict_make(&exchange->verdict, exchange->context.revision, CODE_ERROR_ILLEGAL_OPERATION, 403,
                 message);
    exchange_answer(exchange, NULL);
}

enum exchange_next exchange_begin(struct exchange *exchange, struct mock *mock,
                                  struct exchange_time time)
{
    struct cue header, key;
    struct request *request = &exchange->request;
    if (wants_proxy(&request->head)) {
        start(exchange, mock, time, &header, &key);
        refuse_proxying(exchange);
        return EXCHANGE_REPLY;
    }
    if (exchange_admin_begin(exchange, mock, time))
        return exchange->reply.step_count ? EXCHANGE_REPLY : EXCHANGE_READ_BODY;
    start(exchange, mock, time, &header, &key);
    if (is_options(&request->head)) {
        exchange_answer_options(exchange);
        return EXCHANGE_REPLY;
    }
    if (exchange->visit.kind == VISIT_CALL)
        return begin_call(exchange, &header, &key);
    if (exchange->visit.no_memory)
        return refuse_without_memory(exchange);
    if (exchange_wants_page(&request->head)) {
        exchange_answer_page(exchange);
        return EXCHANGE_REPLY;
    }
    rules_judge(&exchange->verdict, STAGE_HEAD, request, &exchange->context);
    if (exchange->verdict.code == ERROR_NONE && exchange->visit.kind == VISIT_CREDITS)
        exchange_answer_credits(exchange);
    else if (exchange->verdict.code == ERROR_NONE)
        return EXCHANGE_READ_BODY; /* a rule is switched off: go on as for the endpoint */
    else
        exchange_answer(exchange, NULL);
    return EXCHANGE_REPLY;
}

/* Bodies */

/* The upload fault ends the connection without an answer. */
static void drop(struct exchange *exchange)
{
    bool reset = exchange->upload_fault.fault == FAULT_reset_upload;
    exchange->reply = (struct reply){.close = true};
    if (exchange->choice.delay_ms)
        reply_add(&exchange->reply, REPLY_WAIT, NOTHING, exchange->choice.delay_ms);
    reply_add(&exchange->reply, reset ? REPLY_RESET : REPLY_CLOSE, NOTHING, 0);
}

/* Looks at file name, picture and matches, unless queue, header or key have decided. */
static enum choose_result choose_by_body(struct exchange *exchange, char why[STATE_WHY_SIZE])
{
    struct cue file_name = {0}, picture = {0};
    struct request_facts facts;
    struct request *request = &exchange->request;
    const struct multipart_part *image = request->image;
    if (exchange->choose_result != CHOOSE_NOTHING || exchange->visit.kind != VISIT_CALL)
        return exchange->choose_result;
    if (image && !state_is_strict(mock_state(exchange->mock))) {
        cue_from_file_name(&file_name, image->file_name);
        cue_from_picture(&picture, image->body);
    }
    if (exchange->visit.wants_sha256 && image)
        picture_work_hash(&request->facts, image->body);
    if (exchange->visit.wants_facts)
        facts = request_facts_of(request, exchange->visit.nth);
    return state_choose_by_body(&exchange->choice, why, &exchange->visit, &file_name, &picture,
                                exchange->visit.wants_facts ? &facts : NULL);
}

void exchange_body(struct exchange *exchange, struct slice body, enum body_end end)
{
    char why[STATE_WHY_SIZE];
    struct request *request = &exchange->request;
    request->body = body;
    request->body_end = end;
    if (exchange->is_admin) {
        exchange_admin_answer(exchange);
        return;
    }
    if (end == BODY_DROPPED) {
        drop(exchange);
        return;
    }
    if (end == BODY_NO_MEMORY) {
        exchange_fail(exchange, CODE_SERVICE_INTERNAL_ERROR,
                      "memory ran out while reading the body");
        return;
    }
    if (exchange->verdict.code == ERROR_NONE)
        rules_judge(&exchange->verdict, STAGE_BODY, request, &exchange->context);
    exchange->choose_result = choose_by_body(exchange, why);
    bool refused = exchange->verdict.code != ERROR_NONE;
    if (exchange->choose_result == CHOOSE_UNKNOWN && !refused) {
        exchange_fail(exchange, CODE_ERROR_PARAMETERS, why);
        return;
    }
    if (refused && !exchange->visit.always)
        choice_clear(&exchange->choice); /* the refusal is the answer, not the scenario's */
    if (refused)
        pardon(exchange);
    exchange_answer_chosen(exchange);
}

void exchange_protocol_error(struct exchange *exchange, struct mock *mock,
                             struct exchange_time time, enum error_code code, const char *why)
{
    struct cue header, key;
    char message[VERDICT_MESSAGE_SIZE];
    start(exchange, mock, time, &header, &key);
    snprintf(message, sizeof message, "%s - HTTP: %s.", error_info(code)->description, why);
    exchange_fail(exchange, code, message);
}

void exchange_no_request(struct exchange *exchange, struct mock *mock, struct exchange_time time,
                         const char *scenario, const char *why)
{
    struct cue header, key;
    char message[VERDICT_MESSAGE_SIZE];
    start(exchange, mock, time, &header, &key);
    exchange->reply.status = 200;
    if (!why)
        return;
    snprintf(message, sizeof message, "%s - connection: %s.",
             error_info(CODE_ERROR_PARAMETERS)->description, why);
    verdict_make(&exchange->verdict, exchange->context.revision, CODE_ERROR_PARAMETERS, 0, message);
    if (scenario)
        snprintf(exchange->choice.scenario, sizeof exchange->choice.scenario, "%s", scenario);
}

void exchange_unknown_method(struct exchange *exchange, struct mock *mock,
                             struct exchange_time time)
{
    struct cue header, key;
    if (exchange_admin_refuse_method(exchange, mock, time))
        return;
    start(exchange, mock, time, &header, &key);
    exchange->request.head.doubt = NULL; /* headers were not read, so they are not missing */
    rules_judge(&exchange->verdict, STAGE_HEAD, &exchange->request, &exchange->context);
    exchange_answer(exchange, NULL);
}

/* Fills in the journal's entry, but for what state_leave() adds. */
static void describe(struct exchange *exchange, const struct exchange_figures *figures)
{
    const struct journal_source source = {
        .peer = exchange->peer,
        .request = &exchange->request,
        .verdict = &exchange->verdict,
        .choice = &exchange->choice,
        .request_id = exchange->ids.request_id,
        .hint = exchange->hint,
        .nth = exchange->visit.nth,
        .time_ms = exchange->time.wall_ms,
        .status = figures->bytes_out ? exchange->reply.status : 0,
        .bytes_in = figures->bytes_in,
        .bytes_out = figures->bytes_out,
        .duration_ms = figures->duration_ms,
    };
    journal_describe(&exchange->entry, &source);
}

void exchange_finish(struct exchange *exchange, const struct exchange_figures *figures)
{
    if (!exchange->described)
        describe(exchange, figures);
    exchange->described = true;
    if (!exchange->visited)
        return;
    struct slice body = exchange->visit.keeps_body ? exchange->request.body : NOTHING;
    state_leave(&exchange->visit, &exchange->entry, body, exchange->charged);
    exchange->visited = false;
}

void exchange_end(struct exchange *exchange)
{
    if (exchange->visited) /* the transport gave up before exchange_finish() */
        state_leave(&exchange->visit, NULL, NOTHING, false);
    exchange->visited = false;
    choice_clear(&exchange->choice);
    reply_clear(&exchange->reply);
    shared_bytes_release(exchange->result);
    exchange->result = NULL;
}
