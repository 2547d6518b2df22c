/* What ci/tests/check_musl must notice: a function that the GNU C library alone has. */
#include <malloc.h>

int glibc_only(void);

int glibc_only(void)
{
    return mallopt(M_TRIM_THRESHOLD, 4096);
}
