/* The report as a page that stands alone: no script, no font, no picture from elsewhere. It has the
 * style sheet of the conformance report (fixtures/page.css). What was not met comes first in each
 * group; what was met is folded away. */
#include "coverage/coverage.h"
#include <stdio.h>
#include <stdlib.h>

#ifndef AILAB_PAGE_STYLE
#error "AILAB_PAGE_STYLE must name fixtures/page.css, quoted"
#endif

__asm__(".pushsection .rodata\n"
        ".globl coverage_page_style\n"
        ".hidden coverage_page_style\n"
        "coverage_page_style:\n"
        ".incbin \"" AILAB_PAGE_STYLE "\"\n"
        ".byte 0\n"
        ".popsection\n");

__attribute__((visibility("hidden"))) extern const char coverage_page_style[];

static void put(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
}

static void fact(FILE *out, const char *name, const char *value)
{
    fprintf(out, "<dt>%s</dt><dd>", name);
    put(out, value);
    fputs("</dd>\n", out);
}

static void bar(FILE *out, struct coverage_counts counts)
{
    fprintf(out,
            "<div class=\"bar\" aria-hidden=\"true\"><i class=\"good\" style=\"flex:%zu\"></i>"
            "<i class=\"dim\" style=\"flex:%zu\"></i></div>\n"
            "<ul class=\"legend\"><li><i class=\"good\"></i>%zu met</li>"
            "<li><i class=\"dim\"></i>%zu not met</li></ul>\n",
            counts.met, counts.of - counts.met, counts.met, counts.of - counts.met);
}

static void head(FILE *out, const struct coverage_report *report, const char *version)
{
    const struct coverage_counts counts = coverage_count(report);
    const unsigned permille = coverage_permille(counts);
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<title>Coverage: what the tests met</title>\n<style>\n",
          out);
    fputs(coverage_page_style, out);
    fprintf(out,
            "</style>\n</head>\n<body>\n<h1>Coverage: what the tests met</h1>\n"
            "<p class=\"verdict %s\">%u.%u %%: %zu of %zu met</p>\n",
            counts.met == counts.of ? "good" : "dim", permille / 10, permille % 10, counts.met,
            counts.of);
    bar(out, counts);
    fputs("<dl class=\"facts\">\n", out);
    fact(out, "Revision", report->revision->name);
    fact(out, "Key", report->key ? report->key : "all keys");
    fact(out, "Since", report->since_start ? "the start of the mock" : "the last reset");
    fact(out, "Mock", version);
    fputs("</dl>\n", out);
}

static void put_item(FILE *out, const struct coverage_item *item)
{
    fputs("<li><code>", out);
    put(out, item->cue);
    fputs("</code> ", out);
    if (!strstr(item->cue, item->name))
        put(out, item->name);
    fputs(" <span class=\"soft\">", out);
    put(out, item->summary);
    fputs("</span></li>\n", out);
}

/* The items that are met, or those that are not. */
static void list(FILE *out, const struct coverage_report *report, enum coverage_group group,
                 bool met)
{
    struct coverage_item item;
    fputs("<ul class=\"cases\">\n", out);
    for (size_t place = 0; place < coverage_group_info(group)->size; place++)
        if (coverage_item(&item, report, group, place) && item.met == met)
            put_item(out, &item);
    fputs("</ul>\n", out);
}

static void section(FILE *out, const struct coverage_report *report, enum coverage_group group)
{
    const struct coverage_group_info *info = coverage_group_info(group);
    const struct coverage_counts counts = coverage_count_group(report, group);
    if (!counts.of)
        return;
    fprintf(out,
            "<section class=\"card\">\n<h3><span>%s</span>"
            "<span class=\"count %s\">%zu of %zu</span></h3>\n<p class=\"soft\">Met by %s%s.</p>\n",
            info->title, counts.met == counts.of ? "good" : "dim", counts.met, counts.of,
            info->met_by, info->counts ? "" : "; not in the percentage");
    if (counts.met < counts.of) {
        fprintf(out, "<details class=\"case\"%s><summary>%zu not met, and %s</summary>\n",
                info->counts ? " open" : "", counts.of - counts.met, info->cue);
        list(out, report, group, false);
        fputs("</details>\n", out);
    }
    if (counts.met) {
        fprintf(out, "<details class=\"case\"><summary>%zu met</summary>\n", counts.met);
        list(out, report, group, true);
        fputs("</details>\n", out);
    }
    fputs("</section>\n", out);
}

static void print_page(FILE *out, const struct coverage_report *report, const char *version)
{
    head(out, report, version);
    for (enum coverage_group group = 0; group < COVERAGE_GROUPS; group++)
        section(out, report, group);
    fputs("<p class=\"soft\">Unofficial: not made, endorsed or supported by AILabTools.</p>\n"
          "</body>\n</html>\n",
          out);
}

char *coverage_print_page(const struct coverage_report *report, const char *version)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    print_page(out, report, version);
    const bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}
