/* For the tests of the multipart parser: memory with fences, and a parse that checks every promise
 * which holds for any input. */
#ifndef AILAB_TESTS_MULTIPART_CHECKS_H
#define AILAB_TESTS_MULTIPART_CHECKS_H

#include "api/multipart.h"

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define TYPE_TEXT "multipart/form-data; "
#define TYPE(parameters) BYTES(TYPE_TEXT parameters)
#define FORM "Content-Disposition: form-data; "
#define PART(parameters, value) "--X\r\n" FORM parameters "\r\n\r\n" value "\r\n"
#define FIELD(name, value) PART("name=\"" name "\"", value)
#define FILE_HEAD "--X\r\n" FORM "name=\"image_target\"; filename=\"file\"\r\n"
#define START "--X\r\n" FORM "name=a\r\n\r\n"
#define END "--X--"
#define SEVENTY "1234567890123456789012345678901234567890123456789012345678901234567890"

/* Memory with a forbidden page on either side, so that one byte too far is a crash. */
struct fence {
    char *map;
    size_t page, room;
};

void fence_init(struct fence *fence, size_t room);
void fence_clear(struct fence *fence);
/* A copy that ends right before the second forbidden page, or begins right after the first. */
struct slice fence_put(const struct fence *fence, struct slice text, bool at_end);
bool lies_inside(struct slice inner, struct slice outer);
/* NULL, or what is wrong with a reason given to a client. */
const char *fault_of_reason(const char *why);
/* Parses and checks every promise that holds for any input. */
bool parse_checked(struct multipart *form, struct slice body, struct slice boundary,
                   char why[MULTIPART_WHY_SIZE]);

#endif
