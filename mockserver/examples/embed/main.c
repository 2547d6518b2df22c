/* The mock and the client in one program: start, arm, call, verify. */
#include <ailab.h>
#include <ailab_mock.h>
#include <stdio.h>

static const char STEPS[] = "[{\"error\": \"ERROR_BLURRY_FACE\"}]";

int main(int argc, char **argv)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct ailab_mock *mock = NULL;
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    bool seen = false;
    if (argc != 2 || ailab_mock_start(&mock, NULL, why) || ailab_mock_arm(mock, "key", STEPS, why))
        goto out;
    const struct ailab_options options = {.api_key = "key", .base_url = ailab_mock_url(mock)};
    if (ailab_new(&client, &options))
        goto out;
    enum ailab_error error = ailab_edit_file(&result, client, 12, argv[1]);
    seen = error == AILAB_REFUSED && ailab_result_code(result) == AILAB_CODE_ERROR_BLURRY_FACE;
    printf("%s: %s\n", ailab_error_name(error), ailab_result_code_text(result));
out:
    if (*why)
        fprintf(stderr, "%s\n", why);
    ailab_result_free(result);
    ailab_free(client);
    ailab_mock_stop(mock);
    return seen ? 0 : 1;
}
