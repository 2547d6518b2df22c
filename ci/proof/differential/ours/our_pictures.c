/* Pictures as the mock judges them, and as the client's preflight does. With --cases it writes the
 * pictures of ci/testing/image_cases.def as records instead. */
#include "images/image.h"
#include "picture.h"
#include "records.h"
#include "testing/image_cases.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_judgement(const char *who, bool reads, unsigned width, unsigned height,
                            const char *why)
{
    printf("\"%s\": {\"reads\": %s, \"width\": %u, \"height\": %u, \"why\": ", who,
           reads ? "true" : "false", width, height);
    print_words(why);
}

static bool small_enough(const struct image_facts *facts)
{
    return (uint64_t)facts->width * facts->height <= 4096u * 4096u;
}

static bool print_mock(struct slice bytes)
{
    struct image_facts facts;
    image_inspect(&facts, bytes);
    if (facts.state == IMAGE_SOUND && small_enough(&facts) && !image_decode(&facts, bytes))
        return false;
    print_judgement("mock", facts.state == IMAGE_SOUND, facts.width, facts.height,
                    facts.state == IMAGE_SOUND ? "" : facts.why);
    printf(", \"format\": \"%s\", \"oddities\": %u}", image_format_name(facts.format),
           facts.oddities);
    return true;
}

static void print_client(const struct record *record)
{
    struct ai_picture picture;
    ai_picture_look(&picture, record->bytes, record->size);
    print_judgement("client", picture.whole, picture.width, picture.height, picture.why);
    putchar('}');
}

static void write_cases(void)
{
    for (size_t i = 0; i < image_case_count(); i++) {
        struct image_file file;
        image_case_make(&file, i);
        record_write(file.data, file.len);
        free(file.data);
    }
}

int main(int argc, char **argv)
{
    struct record record;
    if (argc == 2 && strcmp(argv[1], "--cases") == 0) {
        write_cases();
        return 0;
    }
    while (record_read(&record)) {
        putchar('{');
        if (!print_mock(slice_make(record.bytes, record.size)))
            return 3;
        fputs(", ", stdout);
        print_client(&record);
        putchar('}');
        end_line();
        record_clear(&record);
    }
    return 0;
}
