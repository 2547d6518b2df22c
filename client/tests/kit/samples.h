/* Small pictures and answers for the tests. */
#ifndef CLIENT_TESTS_SAMPLES_H
#define CLIENT_TESTS_SAMPLES_H

#include "ailab.h"

/* A real PNG of 3x2 pixels. */
#define SAMPLE_PNG                                                                                 \
    "\x89PNG\r\n\x1a\n"                                                                            \
    "\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0\x12\x16\xf1\x4d"                               \
    "\0\0\0\x0fIDATx\xda"                                                                          \
    "c\x10\x84\x01\x06%\x18\0\0\x0f\x05\x01\xccUs\x01^"                                            \
    "\0\0\0\0IEND\xae\x42\x60\x82"
#define SAMPLE_PNG_SIZE (sizeof SAMPLE_PNG - 1)
#define SAMPLE_PNG_BASE64                                                                          \
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAD0lEQVR42mMQhAEGJRgAAA8FAcxVcwFe"             \
    "AAAAAElFTkSuQmCC"

/* The skeleton of a JPEG of 5x4 pixels: every segment in its place, no picture to decode. */
#define SAMPLE_JPEG                                                                                \
    "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"                                               \
    "\xff\xc0\0\x0b\x08\0\4\0\5\1\1\x11\0"                                                         \
    "\xff\xda\0\x08\1\1\0\0\x3f\0\x2a\xff\0\x2a\xff\xd0\x2a"                                       \
    "\xff\xd9"
#define SAMPLE_JPEG_SIZE (sizeof SAMPLE_JPEG - 1)

#define SAMPLE_DETAIL_OK                                                                           \
    "\"error_detail\":{\"status_code\":200,\"code\":\"\",\"code_message\":\"\",\"message\":\"\"}"
#define SAMPLE_SUCCESS                                                                             \
    "{\"request_id\":\"R1\",\"log_id\":\"12345678\",\"error_code\":0,\"error_code_str\":\"\","     \
    "\"error_msg\":\"\"," SAMPLE_DETAIL_OK ",\"data\":{\"image\":\"" SAMPLE_PNG_BASE64 "\"}}"

/* An error as envelope B has it. */
#define SAMPLE_ERROR(status, code)                                                                 \
    "{\"request_id\":\"R1\",\"log_id\":\"12345678\",\"error_code\":" #status                       \
    ",\"error_detail\":{\"status_code\":" #status ",\"code\":\"" code                              \
    "\",\"code_message\":\"The meaning.\",\"message\":\"the detail\"}}"

/* A whole HTTP answer whose connection stays. Free with free(). Aborts when memory ran out. */
char *sample_answer(const char *status, const char *headers, const char *body);

#endif
