/* Numbers are read strictly: no sign, no blanks, no exponent, nothing after them. */
#include "settings.h"
#include "suggest.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SECONDS_MAX 86400L
#define RETRIES_MAX 10

/* Decimal digits up to max; NULL when there are none or too many, otherwise what follows them. */
static const char *read_number(long *out, const char *text, long max)
{
    const char *at = text;
    long value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (*at - '0');
        if (value > max)
            return NULL;
    }
    *out = value;
    return at == text ? NULL : at;
}

/* "30" or "0.25" seconds as milliseconds; what is finer than a millisecond is cut off. */
static bool read_seconds(long *out_ms, const char *text)
{
    long whole = 0, thousandths = 0;
    const char *at = read_number(&whole, text, SECONDS_MAX);
    if (!at)
        return false;
    if (*at == '.') {
        long place = 100;
        if (at[1] == '\0')
            return false;
        for (at++; *at >= '0' && *at <= '9'; at++, place /= 10)
            thousandths += place * (*at - '0');
    }
    *out_ms = whole * 1000 + thousandths;
    return *at == '\0' && *out_ms > 0 && *out_ms <= SECONDS_MAX * 1000;
}

static bool seconds_option(long *out_ms, char *why, const struct args *args, enum option_id id)
{
    const char *text = args_value(args, id);
    if (!text || read_seconds(out_ms, text))
        return true;
    snprintf(why, WHY_SIZE, "--%s takes seconds, 0.001 to %ld, not '%.40s'", option_table[id].name,
             SECONDS_MAX, text);
    return false;
}

static bool retries_option(unsigned *out, char *why, const struct args *args)
{
    const char *text = args_value(args, OPTION_RETRIES);
    long value = 0;
    if (!text)
        return true;
    const char *end = read_number(&value, text, RETRIES_MAX);
    *out = (unsigned)value;
    if (end && *end == '\0')
        return true;
    snprintf(why, WHY_SIZE, "--retries takes a number, 0 to %d, not '%.40s'", RETRIES_MAX, text);
    return false;
}

bool settings_connection(struct ailab_options *out, char why[WHY_SIZE], const struct args *args)
{
    memset(out, 0, sizeof(*out));
    out->base_url = args_value(args, OPTION_BASE_URL);
    out->ca_file = args_value(args, OPTION_CA_FILE);
    out->preflight = args->positions[OPTION_PREFLIGHT] > args->positions[OPTION_NO_PREFLIGHT];
    if (!seconds_option(&out->timeout_ms, why, args, OPTION_TIMEOUT) ||
        !seconds_option(&out->connect_timeout_ms, why, args, OPTION_CONNECT_TIMEOUT) ||
        !retries_option(&out->retries, why, args))
        return false;
    if (out->ca_file && access(out->ca_file, R_OK) != 0) {
        snprintf(why, WHY_SIZE, "cannot read --ca-file '%.200s': %s", out->ca_file,
                 strerror(errno));
        return false;
    }
    return true;
}

static const char *nearest_expression(const char *text)
{
    const char *slugs[64];
    size_t count = 0, used = 0;
    const struct ailab_expression *all = ailab_expressions(&count);
    for (; used < count && used < sizeof(slugs) / sizeof(slugs[0]); used++)
        slugs[used] = all[used].slug;
    return suggest(text, strlen(text), slugs, used);
}

bool settings_expression(int *number_out, char name[EXPRESSION_NAME_SIZE], char why[WHY_SIZE],
                         const struct args *args)
{
    const char *text = args_value(args, OPTION_EXPRESSION);
    *number_out = -1;
    name[0] = '\0';
    if (!text)
        return true;
    const struct ailab_expression *known = ailab_expression_find(text);
    if (known) {
        *number_out = known->number;
        snprintf(name, EXPRESSION_NAME_SIZE, "%s", known->slug);
        return true;
    }
    long value = 0;
    const char *end = read_number(&value, text, INT_MAX);
    if (end && *end == '\0') {
        *number_out = (int)value;
        snprintf(name, EXPRESSION_NAME_SIZE, "%ld", value);
        return true;
    }
    const char *near = nearest_expression(text);
    snprintf(why, WHY_SIZE, "unknown expression '%.60s'; %s%s%s'ailab expressions' lists them",
             text, near ? "did you mean " : "", near ? near : "", near ? "? " : "");
    return false;
}
