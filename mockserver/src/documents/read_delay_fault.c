/* Reads what goes wrong below the answer and when it comes: faults with their amounts, delays with
 * their distributions. */
#include "base/suggest.h"
#include "documents/fields.h"

/* Faults */

/* What an amount may be, by its unit. */
static const struct field amounts[] = {
    [FAULT_PARAMETER_NONE] = {0},
    [FAULT_PARAMETER_MS] = {.name = "milliseconds", .maximum = SCENARIO_DELAY_MAX_MS},
    [FAULT_PARAMETER_BYTES] = {.name = "bytes", .maximum = 1024 * 1024 * 1024},
    [FAULT_PARAMETER_RATE] = {.name = "bytes a second", .minimum = 1, .maximum = 1000000000},
};

struct fault_reading {
    enum fault_id fault;
    bool has_amount;
    uint64_t amount;
};

static bool parse_fault_name(struct reader *reader, void *at, const struct field *field,
                             const cJSON *value)
{
    struct slice name = slice_of(cJSON_GetStringValue(value));
    char quoted[QUOTED_SIZE], names[120];
    struct suggestions nearest;
    enum fault_id *out = at;
    (void)field;
    if (!name.ptr)
        return false;
    *out = fault_find(name);
    if (*out != FAULT_NONE)
        return true;
    suggestions_init(&nearest, name);
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++)
        suggestions_consider(&nearest, fault_info(id)->name);
    return reader_complain(
        reader, "found the unknown fault \"%s\", expected a known one; did you mean %s?",
        quote(quoted, name.ptr), suggestions_print(&nearest, names, sizeof names));
}

static bool parse_amount(struct reader *reader, void *at, const struct field *field,
                         const cJSON *value)
{
    struct fault_reading *reading = at;
    (void)reader;
    reading->has_amount = true;
    return field_u64(reader, &reading->amount, field, value);
}

static const struct field fault_fields[] = {
    {"name", parse_fault_name, offsetof(struct fault_reading, fault), "the name of a fault", 0, 0,
     FIELD_REQUIRED},
    {"amount", parse_amount, 0, NULL, 0, 1024 * 1024 * 1024, 0},
};

static bool check_amount(struct reader *reader, const struct fault_reading *reading)
{
    const struct fault_info *info = fault_info(reading->fault);
    const struct field *limits = &amounts[info->parameter];
    if (!reading->has_amount)
        return true;
    reader_enter(reader, "amount");
    if (info->parameter == FAULT_PARAMETER_NONE)
        return reader_complain(reader, "found an amount, expected none: %s takes none", info->name);
    if (reading->amount < (uint64_t)limits->minimum || reading->amount > (uint64_t)limits->maximum)
        return reader_complain(reader, "found %llu, expected %lld to %lld %s for %s",
                               (unsigned long long)reading->amount, (long long)limits->minimum,
                               (long long)limits->maximum, limits->name, info->name);
    return true;
}

bool read_fault(struct reader *reader, void *at, const struct field *field, const cJSON *value)
{
    struct scenario_step *step = at;
    struct fault_reading reading = {0};
    if (cJSON_IsString(value)) {
        if (!parse_fault_name(reader, &reading.fault, field, value))
            return false;
    } else {
        size_t mark = strlen(reader->error->pointer);
        if (!read_object(reader, &reading, value, fault_fields, FIELDS_COUNT(fault_fields)) ||
            !check_amount(reader, &reading))
            return false;
        reader_leave(reader, mark);
    }
    step->fault = reading.fault;
    step->fault_amount = reading.has_amount ? reading.amount : fault_info(reading.fault)->fallback;
    return true;
}

/* Delays */

static bool parse_uniform(struct reader *reader, void *at, const struct field *field,
                          const cJSON *value)
{
    struct delay *delay = at;
    const cJSON *low = cJSON_GetArrayItem(value, 0), *high = cJSON_GetArrayItem(value, 1);
    if (!cJSON_IsArray(value) || !high || high->next ||
        !field_double(reader, &delay->a, field, low) ||
        !field_double(reader, &delay->b, field, high))
        return false;
    delay->kind = DELAY_UNIFORM;
    return delay->a <= delay->b ||
           reader_complain(reader, "found %.0f before %.0f, expected the smaller one first",
                           delay->a, delay->b);
}

static const struct field normal_fields[] = {
    {"mean", field_double, offsetof(struct delay, a), NULL, 0, SCENARIO_DELAY_MAX_MS,
     FIELD_REQUIRED},
    {"stddev", field_double, offsetof(struct delay, b), NULL, 0, SCENARIO_DELAY_MAX_MS,
     FIELD_REQUIRED},
};

static bool parse_normal(struct reader *reader, void *at, const struct field *field,
                         const cJSON *value)
{
    struct delay *delay = at;
    (void)field;
    delay->kind = DELAY_NORMAL;
    return read_object(reader, delay, value, normal_fields, FIELDS_COUNT(normal_fields));
}

static const struct field lognormal_fields[] = {
    {"p50", field_double, offsetof(struct delay, a), NULL, 1, SCENARIO_DELAY_MAX_MS,
     FIELD_REQUIRED},
    {"p95", field_double, offsetof(struct delay, b), NULL, 1, SCENARIO_DELAY_MAX_MS,
     FIELD_REQUIRED},
};

static bool parse_lognormal(struct reader *reader, void *at, const struct field *field,
                            const cJSON *value)
{
    struct delay *delay = at;
    (void)field;
    delay->kind = DELAY_LOGNORMAL;
    if (!read_object(reader, delay, value, lognormal_fields, FIELDS_COUNT(lognormal_fields)))
        return false;
    return delay->b >= delay->a ||
           reader_complain(reader, "found a p95 of %.0f, expected at least the p50 of %.0f",
                           delay->b, delay->a);
}

static const struct field delay_fields[] = {
    {"uniform", parse_uniform, 0, "[least, most] in milliseconds, 0 to 600000", 0,
     SCENARIO_DELAY_MAX_MS, 0},
    {"normal", parse_normal, 0, "{\"mean\": …, \"stddev\": …} in milliseconds", 0, 0, 0},
    {"lognormal", parse_lognormal, 0, "{\"p50\": …, \"p95\": …} in milliseconds", 0, 0, 0},
};

bool read_delay(struct reader *reader, void *at, const struct field *field, const cJSON *value)
{
    struct delay *delay = at;
    if (cJSON_IsNumber(value)) {
        delay->kind = DELAY_FIXED;
        int64_t ms;
        if (!read_whole(&ms, value, 0, SCENARIO_DELAY_MAX_MS))
            return reader_refuse(reader, value, "whole milliseconds from 0 to 600000");
        delay->a = (double)ms;
        return true;
    }
    if (!cJSON_IsObject(value))
        return false;
    int count = cJSON_GetArraySize(value);
    (void)field;
    return read_object(reader, delay, value, delay_fields, FIELDS_COUNT(delay_fields)) &&
           (count == 1 || reader_complain(reader,
                                          "found %d distributions, expected one of uniform, normal "
                                          "and lognormal",
                                          count));
}
