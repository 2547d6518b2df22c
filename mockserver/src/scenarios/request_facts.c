/* From a request to the facts that matches look at. */
#include "scenarios/request_facts.h"

struct request_facts request_facts_of(const struct request *request, uint64_t nth)
{
    struct request_facts facts = {
        .api_key = request->head.key,
        .headers = {.head = &request->head},
        .number = {.service_choice = request->choice ? request->choice_number : CHOICE_UNREADABLE,
                   .request = nth},
    };
    if (!request->image)
        return facts;
    facts.file_name = request->image->file_name;
    facts.number.size = request->image->body.len;
    facts.number.format = request->facts.format;
    facts.number.width = request->facts.width;
    facts.number.height = request->facts.height;
    if (request->facts.hashed)
        sha256_print(facts.sha256, request->facts.sha256);
    return facts;
}
