/* The files are gzipped by the build, and the assembler takes them as they are. */
#include "console/console.h"
#include "base/count_of.h"
#include "base/sha256.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#ifndef AILAB_CONSOLE_DIR
#error "AILAB_CONSOLE_DIR must name the folder of the gzipped files, quoted"
#endif

#define CONSOLE_FILE(id, path, file, media_type)                                                   \
    __asm__(".pushsection .rodata\n"                                                               \
            ".globl console_" #id "\n"                                                             \
            ".hidden console_" #id "\n"                                                            \
            "console_" #id ":\n"                                                                   \
            ".incbin \"" AILAB_CONSOLE_DIR "/" file ".gz\"\n"                                      \
            ".globl console_" #id "_end\n"                                                         \
            ".hidden console_" #id "_end\n"                                                        \
            "console_" #id "_end:\n"                                                               \
            ".byte 0\n"                                                                            \
            ".popsection\n");                                                                      \
    __attribute__((visibility("hidden"))) extern const char console_##id[];                        \
    __attribute__((visibility("hidden"))) extern const char console_##id##_end[];
#include "console/files.def"

static const struct {
    const char *path, *media_type, *begin, *end;
} rows[] = {
#define CONSOLE_FILE(id, path, file, media_type)                                                   \
    {path, media_type, console_##id, console_##id##_end},
#include "console/files.def"
};

static struct console_file file_at(size_t index)
{
    const size_t size = (size_t)(rows[index].end - rows[index].begin);
    return (struct console_file){rows[index].path, rows[index].media_type,
                                 slice_make(rows[index].begin, size)};
}

struct console_file console_page(void)
{
    return file_at(0);
}

bool console_find(struct console_file *out, struct slice path)
{
    if (slice_equal(path, slice_of("/__admin"))) {
        *out = console_page();
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (slice_equal(path, slice_of(rows[i].path))) {
            *out = file_at(i);
            return true;
        }
    return false;
}

const char *console_etag(char out[CONSOLE_ETAG_SIZE], const struct console_file *file, bool plain)
{
    uint8_t digest[SHA256_BYTES];
    char text[SHA256_TEXT_SIZE];
    sha256_of(digest, file->gzip);
    sha256_print(text, digest);
    snprintf(out, CONSOLE_ETAG_SIZE, "\"%.16s%s\"", text, plain ? "" : "-gzip");
    return out;
}

/* gzip ends with the size, four bytes, the lowest first. */
static size_t plain_size(struct slice gzip)
{
    const unsigned char *end = (const unsigned char *)gzip.ptr + gzip.len;
    return end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
}

char *console_inflate(const struct console_file *file, size_t *size_out)
{
    const size_t size = plain_size(file->gzip);
    char *plain = malloc(size ? size : 1);
    z_stream stream = {
        .next_in = (Bytef *)(uintptr_t)file->gzip.ptr, /* zlib does not write there */
        .avail_in = (uInt)file->gzip.len,
        .next_out = (Bytef *)plain,
        .avail_out = (uInt)size,
    };
    bool done = plain && inflateInit2(&stream, MAX_WBITS + 16) == Z_OK; /* + 16: gzip */
    if (done) {
        done = inflate(&stream, Z_FINISH) == Z_STREAM_END;
        inflateEnd(&stream);
    }
    *size_out = size;
    if (done)
        return plain;
    free(plain);
    return NULL;
}

size_t console_size(void)
{
    size_t size = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        size += file_at(i).gzip.len;
    return size;
}
