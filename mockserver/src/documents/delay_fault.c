/* Reads and prints what goes wrong below the answer and when it comes: faults with their amounts,
 * delays with their distributions. */
#include "documents/shapes.h"

/* Faults */

/* What an amount may be, by its unit. */
static const struct {
    const char *unit;
    uint64_t minimum, maximum;
} amounts[] = {
    [FAULT_PARAMETER_NONE] = {0},
    [FAULT_PARAMETER_MS] = {"milliseconds", 0, SCENARIO_DELAY_MAX_MS},
    [FAULT_PARAMETER_BYTES] = {"bytes", 0, 1024 * 1024 * 1024},
    [FAULT_PARAMETER_RATE] = {"bytes a second", 1, 1000000000},
};

struct fault_reading {
    enum fault_id fault;
    bool has_amount;
    uint64_t amount;
};

bool refuse_name(struct reader *reader, const char *kind, const char *name,
                 const struct suggestions *nearest)
{
    char quoted[QUOTED_SIZE], names[120];
    return reader_complain(
        reader, "found the unknown %s \"%s\", expected a known one; did you mean %s?", kind,
        quote(quoted, name), suggestions_print(nearest, names, sizeof names));
}

static bool read_fault_name(struct reader *reader, void *at, const struct shape_row *row,
                            const cJSON *value)
{
    struct slice name = slice_of(cJSON_GetStringValue(value));
    struct suggestions nearest;
    enum fault_id *out = at;
    (void)row;
    if (!name.ptr)
        return false;
    *out = fault_find(name);
    if (*out != FAULT_NONE)
        return true;
    if (tls_fault_find(name) != TLS_FAULT_NONE)
        return reader_complain(reader,
                               "found \"%s\", a fault of TLS, which begins before any request, "
                               "expected it in the document's \"tls\", or as POST /__admin/tls",
                               name.ptr);
    suggestions_init(&nearest, name);
    suggest_tls_faults(&nearest);
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++)
        suggestions_consider(&nearest, fault_info(id)->name);
    return refuse_name(reader, "fault", name.ptr, &nearest);
}

static bool check_amount(struct reader *reader, void *out, const cJSON *value)
{
    const struct fault_reading *reading = out;
    const struct fault_info *info = fault_info(reading->fault);
    const uint64_t minimum = amounts[info->parameter].minimum;
    const uint64_t maximum = amounts[info->parameter].maximum;
    (void)value;
    if (!reading->has_amount)
        return true;
    size_t mark = reader_enter(reader, "amount");
    if (info->parameter == FAULT_PARAMETER_NONE)
        return reader_complain(reader, "found an amount, expected none: %s takes none", info->name);
    if (reading->amount < minimum || reading->amount > maximum)
        return reader_complain(reader, "found %llu, expected %llu to %llu %s for %s",
                               (unsigned long long)reading->amount, (unsigned long long)minimum,
                               (unsigned long long)maximum, amounts[info->parameter].unit,
                               info->name);
    reader_leave(reader, mark);
    return true;
}

static const struct shape_other fault_name = {read_fault_name, NULL, "the name of a fault",
                                              "{'type':'string'}", NULL};

static const struct shape_row fault_rows[] = {
    {"name", SHAPE_OTHER, SHAPE_REQUIRED, SHAPE_AT(struct fault_reading, fault),
     .of.other = &fault_name},
    {"amount", SHAPE_WHOLE, 0, SHAPE_AT(struct fault_reading, amount),
     .maximum = 1024 * 1024 * 1024, SHAPE_GIVEN(struct fault_reading, has_amount)},
};

static const struct shape fault_shape = {SHAPE_ROWS(fault_rows), .check = check_amount};

static bool read_fault(struct reader *reader, void *at, const struct shape_row *row,
                       const cJSON *value)
{
    struct scenario_step *step = at;
    struct fault_reading reading = {0};
    if (cJSON_IsString(value) ? !read_fault_name(reader, &reading.fault, row, value)
                              : !shape_read_rows(reader, &reading, &fault_shape, value))
        return false;
    step->fault = reading.fault;
    step->fault_amount = reading.has_amount ? reading.amount : fault_info(reading.fault)->fallback;
    return true;
}

static void print_fault(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct scenario_step *step = at;
    const struct fault_info *info = fault_info(step->fault);
    if (!info)
        return;
    if (info->parameter == FAULT_PARAMETER_NONE || step->fault_amount == info->fallback) {
        tree_text(tree, object, name, info->name);
        return;
    }
    cJSON *item = tree_object(tree, object, name);
    tree_text(tree, item, "name", info->name);
    tree_number(tree, item, "amount", (double)step->fault_amount);
}

const struct shape_other fault_field = {read_fault, print_fault,
                                        "the name of a fault, or {\"name\": …, \"amount\": …}",
                                        "{'type':'string'}", &fault_shape};

/* Delays */

static bool read_uniform(struct reader *reader, void *at, const struct shape_row *row,
                         const cJSON *value)
{
    struct delay *delay = at;
    int64_t least, most;
    const cJSON *low = cJSON_GetArrayItem(value, 0), *high = cJSON_GetArrayItem(value, 1);
    if (!cJSON_IsArray(value) || !high || high->next ||
        !read_whole(&least, low, row->minimum, row->maximum) ||
        !read_whole(&most, high, row->minimum, row->maximum))
        return false;
    *delay = (struct delay){DELAY_UNIFORM, (double)least, (double)most};
    return least <= most ||
           reader_complain(reader, "found %lld before %lld, expected the smaller one first",
                           (long long)least, (long long)most);
}

static bool check_lognormal(struct reader *reader, void *out, const cJSON *value)
{
    const struct delay *delay = out;
    (void)value;
    return delay->b >= delay->a ||
           reader_complain(reader, "found a p95 of %.0f, expected at least the p50 of %.0f",
                           delay->b, delay->a);
}

static bool check_delay(struct reader *reader, void *out, const cJSON *value)
{
    struct delay *delay = out;
    int count = cJSON_GetArraySize(value);
    if (count != 1)
        return reader_complain(
            reader, "found %d distributions, expected one of uniform, normal and lognormal", count);
    delay->kind = strcmp(value->child->string, "uniform") == 0  ? DELAY_UNIFORM
                  : strcmp(value->child->string, "normal") == 0 ? DELAY_NORMAL
                                                                : DELAY_LOGNORMAL;
    return true;
}

#define BOUND(name, member, least)                                                                 \
    {                                                                                              \
        name, SHAPE_WHOLE, SHAPE_REQUIRED | SHAPE_DOUBLE, SHAPE_AT(struct delay, member),          \
            .minimum = (least), .maximum = SCENARIO_DELAY_MAX_MS                                   \
    }

static const struct shape_row normal_rows[] = {BOUND("mean", a, 0), BOUND("stddev", b, 0)};
static const struct shape_row lognormal_rows[] = {BOUND("p50", a, 1), BOUND("p95", b, 1)};

static const struct shape normal_shape = {"{\"mean\": …, \"stddev\": …} in milliseconds",
                                          SHAPE_ROWS(normal_rows)};
static const struct shape lognormal_shape = {"{\"p50\": …, \"p95\": …} in milliseconds",
                                             SHAPE_ROWS(lognormal_rows), .check = check_lognormal};

#define LONGEST TEXT_OF(SCENARIO_DELAY_MAX_MS)
#define MILLISECONDS "{'type':'integer','minimum':0,'maximum':" LONGEST "}"

static const struct shape_other uniform_field = {
    read_uniform, NULL, "[least, most] in milliseconds, 0 to " LONGEST,
    "{'type':'array','items':" MILLISECONDS ",'minItems':2,'maxItems':2}", NULL};

static const struct shape_row delay_rows[] = {
    {"uniform", SHAPE_OTHER, .maximum = SCENARIO_DELAY_MAX_MS, .of.other = &uniform_field},
    {"normal", SHAPE_OBJECT, .of.shape = &normal_shape},
    {"lognormal", SHAPE_OBJECT, .of.shape = &lognormal_shape},
};

static const struct shape delay_shape = {SHAPE_ROWS(delay_rows), .check = check_delay, .least = 1,
                                         .most = 1};

static bool read_delay(struct reader *reader, void *at, const struct shape_row *row,
                       const cJSON *value)
{
    struct delay *delay = at;
    int64_t ms;
    (void)row;
    if (!cJSON_IsNumber(value))
        return shape_read_rows(reader, delay, &delay_shape, value);
    if (!read_whole(&ms, value, 0, SCENARIO_DELAY_MAX_MS))
        return reader_refuse(reader, value, "whole milliseconds from 0 to " LONGEST);
    *delay = (struct delay){DELAY_FIXED, (double)ms, 0};
    return true;
}

static void print_delay(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct delay *delay = at;
    const double bounds[] = {delay->a, delay->b};
    if (delay->kind == DELAY_NONE)
        return;
    if (delay->kind == DELAY_FIXED) {
        tree_number(tree, object, name, delay->a);
        return;
    }
    cJSON *item = tree_object(tree, object, name);
    if (delay->kind == DELAY_UNIFORM)
        tree_item(tree, item, "uniform", cJSON_CreateDoubleArray(bounds, 2));
    else if (delay->kind == DELAY_NORMAL)
        shape_print(tree, tree_object(tree, item, "normal"), &normal_shape, delay);
    else
        shape_print(tree, tree_object(tree, item, "lognormal"), &lognormal_shape, delay);
}

const struct shape_other delay_field = {
    read_delay, print_delay, "milliseconds, or an object with one of uniform, normal and lognormal",
    MILLISECONDS, &delay_shape};
