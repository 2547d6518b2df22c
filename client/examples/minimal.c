/* Gives a portrait a big grin: AILAB_API_KEY=... minimal portrait.jpg result.png [BASE_URL]
 * The key comes from the environment, since every user of a machine can read the arguments. */
#include <ailab.h>
#include <stdio.h>
#include <stdlib.h>

static int save(const char *path, const struct ailab_result *result)
{
    size_t size = 0;
    const void *image = ailab_result_image(result, &size);
    FILE *file = fopen(path, "wb");
    if (!file)
        return 1;
    int failed = fwrite(image, 1, size, file) != size;
    return fclose(file) != 0 || failed;
}

int main(int argc, char **argv)
{
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    int status = 1;
    if (argc < 3) {
        fprintf(stderr, "usage: AILAB_API_KEY=... %s portrait.jpg result.png [BASE_URL]\n",
                argv[0]);
        return 2;
    }
    struct ailab_options options = {.api_key = getenv("AILAB_API_KEY"),
                                    .base_url = argc > 3 ? argv[3] : NULL,
                                    .retries = 2,
                                    .preflight = true};
    if (ailab_new(&client, &options) != AILAB_OK)
        fprintf(stderr, "options: %s\n", ailab_options_problem(&options));
    else if (ailab_edit_file(&result, client, 12, argv[1]) != AILAB_OK)
        fprintf(stderr, "%s\n", ailab_result_error_text(result));
    else
        status = save(argv[2], result);
    ailab_result_free(result);
    ailab_free(client);
    return status;
}
