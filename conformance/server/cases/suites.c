/* See suites.h. */
#include "cases/suites.h"

struct catalogue *catalogue_of_all(void)
{
    static const struct suite *const suites[] = {
        &suite_call,    &suite_envelope,     &suite_method, &suite_key,       &suite_fields,
        &suite_choice,  &suite_image,        &suite_order,  &suite_multipart, &suite_wire,
        &suite_framing, &suite_concurrency,  &suite_cors,   &suite_account,   &suite_armed,
        &suite_credits, &suite_every_answer, /* these two want quiet, so they are last */
    };
    return catalogue_new(suites, COUNT_OF(suites));
}
