/* From a request to the facts that matches look at. */
#include "scenarios/request_facts.h"

/* Of at most six digits. */
static int number_of(const struct multipart_part *choice)
{
    int number = 0;
    struct slice text = choice ? choice->body : (struct slice){NULL, 0};
    if (!text.len || text.len > 6)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return number;
}

struct request_facts request_facts_of(const struct request *request, uint64_t nth)
{
    struct request_facts facts = {
        .api_key = request->head.key,
        .number = {.service_choice = number_of(request->choice), .request = nth},
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
