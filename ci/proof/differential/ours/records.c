/* How the adapters of our own parsers talk to the driver. */
#include "records.h"
#include <stdio.h>
#include <stdlib.h>

bool record_read(struct record *out)
{
    unsigned char head[4];
    size_t got = fread(head, 1, sizeof head, stdin);
    if (got == 0)
        return false;
    out->size = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    out->bytes = malloc(out->size ? out->size : 1);
    if (got != sizeof head || !out->bytes || fread(out->bytes, 1, out->size, stdin) != out->size) {
        fputs("the input is no list of records\n", stderr);
        exit(2);
    }
    return true;
}

void record_clear(struct record *record)
{
    free(record->bytes);
    *record = (struct record){0};
}

void record_write(const void *bytes, size_t size)
{
    const unsigned char head[4] = {(unsigned char)(size >> 24), (unsigned char)(size >> 16),
                                   (unsigned char)(size >> 8), (unsigned char)size};
    fwrite(head, 1, sizeof head, stdout);
    fwrite(bytes, 1, size, stdout);
}

void print_words(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            putchar('\\');
        putchar(c >= ' ' && c < 0x7f ? c : '?');
    }
    putchar('"');
}

void print_hex(const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    putchar('"');
    for (size_t i = 0; i < size; i++)
        printf("%02x", byte[i]);
    putchar('"');
}

void end_line(void)
{
    putchar('\n');
    fflush(stdout);
}
