/* Answers of a service, written out here and not by the code under test. */
#include "cli_reply.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scripted_reply cli_reply_http(int status, const char *content_type, const void *body,
                                     size_t size)
{
    struct scripted_reply reply = {malloc(size + 256), 0};
    if (!reply.bytes)
        return reply;
    int head = snprintf(reply.bytes, 256,
                        "HTTP/1.1 %d Answer\r\nContent-Type: %.64s\r\nContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n",
                        status, content_type, size);
    if (size > 0)
        memcpy(reply.bytes + head, body, size);
    reply.size = (size_t)head + size;
    return reply;
}

static char *encode_base64(const unsigned char *data, size_t size)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = malloc((size + 2) / 3 * 4 + 1);
    size_t used = 0;
    for (size_t i = 0; text && i < size; i += 3) {
        uint32_t three = (uint32_t)data[i] << 16;
        three |= i + 1 < size ? (uint32_t)data[i + 1] << 8 : 0;
        three |= i + 2 < size ? data[i + 2] : 0;
        text[used++] = letters[three >> 18];
        text[used++] = letters[three >> 12 & 63];
        text[used++] = i + 1 < size ? letters[three >> 6 & 63] : '=';
        text[used++] = i + 2 < size ? letters[three & 63] : '=';
    }
    if (text)
        text[used] = '\0';
    return text;
}

struct scripted_reply cli_reply_success(const void *picture, size_t size)
{
    struct scripted_reply reply = {NULL, 0};
    char *body = NULL, *image = encode_base64(picture, size);
    if (image &&
        asprintf(&body,
                 "{\"request_id\":\"0A1B2C3D-0000-4000-8000-00000000CAFE\",\"log_id\":\"12345678\","
                 "\"error_code\":0,\"error_code_str\":\"\",\"error_msg\":\"\",\"error_detail\":"
                 "{\"status_code\":200,\"code\":\"\",\"code_message\":\"\",\"message\":\"\"},"
                 "\"data\":{\"image\":\"%s\"}}",
                 image) > 0)
        reply = cli_reply_http(200, "application/json", body, strlen(body));
    free(body);
    free(image);
    return reply;
}

struct scripted_reply cli_reply_error(int status, const char *code, const char *message)
{
    struct scripted_reply reply = {NULL, 0};
    char *body = NULL;
    if (asprintf(&body,
                 "{\"request_id\":\"0A1B2C3D-0000-4000-8000-00000000BEEF\",\"log_id\":\"87654321\","
                 "\"error_code\":%d,\"error_code_str\":\"%s\",\"error_msg\":\"%s\","
                 "\"error_detail\":{\"status_code\":%d,\"code\":\"%s\",\"code_message\":"
                 "\"What the code means.\",\"message\":\"%s\"}}",
                 status, code, message, status, code, message) > 0)
        reply = cli_reply_http(status, "application/json", body, strlen(body));
    free(body);
    return reply;
}
