/* Built by install.sh against an installed mock: it starts, it is asked nothing, it ends. */
#include <ailab_mock.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct ailab_mock *mock = NULL;
    size_t count = 1;
    bool good = ailab_mock_start(&mock, NULL, why) == AILAB_MOCK_OK &&
                strncmp(ailab_mock_url(mock), "http://127.0.0.1:", 17) == 0 &&
                ailab_mock_count(mock, "{}", &count, why) == AILAB_MOCK_OK && count == 0;
    ailab_mock_stop(mock);
    if (!good)
        fprintf(stderr, "the installed mock: %s, %zu requests\n", why, count);
    return good ? 0 : 1;
}
