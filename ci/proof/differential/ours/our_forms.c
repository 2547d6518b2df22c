/* Forms as the mock reads them: Content-Type and body, cut into parts, and whether a documented
 * field is there twice. Not what the fields say: that is no matter of parsing. */
#include "api/request.h"
#include "records.h"
#include <stdio.h>
#include <string.h>

static void print_fields(const struct multipart *form)
{
    fputs("{\"fields\": [", stdout);
    for (size_t i = 0; i < form->kept; i++) {
        const struct multipart_part *part = &form->parts[i];
        fputs(i ? ", [" : "[", stdout);
        print_hex(part->name.ptr, part->name.len);
        fputs(", ", stdout);
        print_hex(part->body.ptr, part->body.len);
        putchar(']');
    }
    printf("], \"kept\": %zu, \"count\": %zu, \"oddities\": %u}", form->kept, form->count,
           form->oddities);
}

static void refused(const char *why)
{
    fputs("{\"refused\": ", stdout);
    print_words(why);
    putchar('}');
}

static void answer(const struct record *record)
{
    struct request request = {0};
    const unsigned char *end = memchr(record->bytes, '\n', record->size);
    const size_t head = end ? (size_t)(end - record->bytes) : record->size;
    request.head.headers[request.head.header_count++] =
        (struct header_field){slice_of("Content-Type"), slice_make(record->bytes, head)};
    request.body = end ? slice_make(end + 1, record->size - head - 1) : slice_of("");
    request_parse_body(&request);
    if (!request.parsed)
        refused(request.parse_why);
    else if (request.repeated)
        refused("a documented field is given twice");
    else
        print_fields(&request.parts);
}

int main(void)
{
    struct record record;
    while (record_read(&record)) {
        answer(&record);
        end_line();
        record_clear(&record);
    }
    return 0;
}
