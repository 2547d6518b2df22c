/* Fuzzes the name in a client's hello: what a certificate is made for is a name of a host, below
 * one of the domains that the authority may sign for, and nothing that OpenSSL could read
 * otherwise. */
#include "certificates/names.h"

#include <stdint.h>
#include <stdlib.h>

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static bool ends_with(const char *name, const char *end)
{
    const size_t len = strlen(name), end_len = strlen(end);
    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char out[NAME_SIZE], again[NAME_SIZE];
    char *name = malloc(size + 1);
    expect(name != NULL);
    if (size)
        memcpy(name, data, size);
    name[size] = '\0';
    expect(name_beside_usual(out, name) == out && strlen(out) < sizeof out);
    if (out[0]) {
        expect(ends_with(out, "." NAMES_DOMAIN) || ends_with(out, ".localhost"));
        expect(out[strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0');
        expect(out[0] != '.' && !strstr(out, "..") && strcmp(out, NAMES_VENDOR_HOST) != 0);
        expect(strcmp(name_beside_usual(again, out), out) == 0);
    }
    free(name);
    return 0;
}
