/* See suites.h. */
#include "cases/suites.h"

struct catalogue *catalogue_of_all(void)
{
    static const struct suite *const suites[] = {
#define SUITE_ROW(id) &suite_##id,
        SUITES(SUITE_ROW)
#undef SUITE_ROW
    };
    return catalogue_new(suites, COUNT_OF(suites));
}
