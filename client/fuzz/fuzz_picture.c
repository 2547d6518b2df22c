/* Any bytes as a picture: no byte beyond the end is read, and what is called whole has a format,
 * dimensions and nothing to complain about. */
#include "check.h"
#include "picture.h"
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ai_picture picture;
    ai_picture_look(&picture, data, size);
    bool complete = picture.format != AILAB_FORMAT_NONE && picture.width > 0 && picture.height > 0;
    if (picture.whole != !*picture.why || (picture.whole && !complete))
        abort();
    struct ailab_result *result = NULL;
    struct ailab_image image = {.data = data, .size = size};
    if (!data)
        return 0;
    enum ailab_error error = ailab_check(&result, 12, &image);
    if ((error == AILAB_OK) != (ailab_result_code(result) == AILAB_CODE_NONE) ||
        (error == AILAB_OK && !picture.whole))
        abort();
    ailab_result_free(result);
    return 0;
}
