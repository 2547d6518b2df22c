/* Code to be mutated. The comment behind a line states each mutant of that line, and what the test
 * says of it: killed, timeout, survived, unreached. A line without one has no mutant. */
#include "sample.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static int calls;

bool is_small(int number)
{
    bool small = number < 10; /* relation-boundary killed, relation-negated killed, constant-up killed, constant-down killed */
    return small; /* return-flipped killed */
}

bool is_large(int number)
{
    bool large = number > 10; /* relation-boundary unreached, relation-negated killed, constant-up survived, constant-down survived */
    return large; /* return-flipped killed */
}

bool is_both(bool one, bool other)
{
    if (one && other) /* logical-swapped killed, condition-negated killed, condition-negated killed */
        return true; /* return-flipped killed */
    return false; /* return-flipped killed */
}

bool is_either(bool one, bool other)
{
    return one || other; /* return-flipped killed, logical-swapped survived, condition-negated killed, condition-negated killed */
}

int count_to(int end)
{
    long count = 0; /* constant-up survived */
    while (count < end) /* relation-boundary killed, relation-negated killed */
        count++; /* assignment-deleted timeout, step-swapped timeout */
    return (int)count; /* return-zero killed, return-one killed */
}

int count_down(struct box *box)
{
    for (int i = 5; i > 0; i--) { /* constant-up killed, constant-down killed, relation-boundary unreached, relation-negated killed, constant-up survived */
        if (i == 3) /* relation-negated killed, constant-up survived, constant-down survived */
            continue; /* jump-deleted killed */
        if (i == 1) /* relation-negated killed, constant-up killed, constant-down killed */
            break; /* jump-deleted killed */
        --box->sum; /* assignment-deleted killed, step-swapped killed */
    }
    return box->sum; /* return-zero killed, return-one killed */
}

int spread(int number)
{
    int wide = number + 4 - 1; /* sum-swapped killed, constant-up killed, constant-down killed, sum-swapped killed, constant-up killed, constant-down killed */
    wide += 2; /* assignment-deleted killed, sum-assignment-swapped killed, constant-up killed, constant-down killed */
    wide -= 'a' - 'a'; /* assignment-deleted survived, sum-assignment-swapped unreached, sum-swapped killed, constant-up killed, constant-up killed */
    return wide; /* return-zero killed, return-one killed */
}

static void note(struct box *box)
{
    box->writes++; /* assignment-deleted survived, step-swapped survived */
    return; /* jump-deleted survived */
}

void fill(struct box *box, int number)
{
    if (!box) /* condition-negated killed */
        return; /* jump-deleted killed */
    box->sum = number; /* assignment-deleted killed */
    note(box); /* call-deleted survived */
    keep(box, number + 1); /* call-deleted killed, sum-swapped killed, constant-up killed, constant-down killed */
}

void keep(struct box *box, int number)
{
    (void)number;
    calls = calls + 0; /* assignment-deleted survived, sum-swapped unreached, constant-up survived */
    box->sum += number; /* assignment-deleted killed, sum-assignment-swapped killed */
    box->sum -= number > 0; /* assignment-deleted killed, sum-assignment-swapped killed, relation-negated killed, relation-boundary unreached, constant-up survived */
}

int first_of(const int *numbers, int count)
{
    const int *first = count ? numbers : NULL; /* condition-negated killed */
    return first ? *first : -1; /* return-zero killed, return-one killed, condition-negated killed, constant-up killed, constant-down killed */
}

const char *name_of(enum color color)
{
    static const char *const names[2 + 1] = {"red", "green", "blue"};
    return color <= BLUE ? names[color] : "none"; /* return-zero killed, relation-boundary killed, relation-negated killed */
}

enum color next_color(enum color color)
{
    switch (color) {
    case RED:
        return GREEN; /* return-neighbour killed */
    case GREEN:
        return BLUE; /* return-neighbour survived */
    default:
        return RED; /* return-neighbour unreached */
    }
}

bool is_known(enum color color)
{
    bool known = false; /* constant-flipped killed */
    if (color == GREEN) /* relation-negated killed */
        known = true; /* assignment-deleted killed, constant-flipped killed */
    bool unused = true; /* constant-flipped survived */
    (void)unused;
    return known || color == RED; /* return-flipped killed, logical-swapped killed, condition-negated killed, relation-negated killed */
}

bool is_unasked(bool one)
{
    if (one && calls > 0) /* logical-swapped survived, condition-negated survived, relation-boundary survived, relation-negated survived, constant-up survived */
        calls = 0; /* assignment-deleted unreached, constant-up unreached */
    return one; /* return-flipped survived */
}

int sign_of(int number)
{
    if (number < 0) { /* relation-boundary killed, relation-negated killed, constant-up killed */
        return -1; /* return-zero killed, return-one killed, constant-up killed, constant-down killed */
    } else if (number) /* condition-negated killed */
        return 1; /* return-zero killed */
    return 0; /* return-one killed */
}

/* A call that frees is missed by the leak sanitizer. */
int length_of(const char *text)
{
    char *copy = strdup(text);
    int length = (int)strlen(copy);
    free(copy); /* call-deleted killed */
    return length; /* return-zero killed, return-one killed */
}

int code_of(void)
{
    return calls; /* return-zero unreached, return-one survived */
}

/* Nothing here can be changed in place: constant expressions, and what the compiler does not see. */
int left_alone(int number)
{
    static int kept = 3 + 4;
    enum { SIZE = 1 + 2 };
    char bytes[SIZE + 1];
    _Static_assert(sizeof bytes == 4, "a promise");
#if 0
    number = number + 1;
#endif
    switch (number) {
    case 1 + 1:
    case sizeof(int) + 1:
        return kept; /* return-zero unreached, return-one unreached */
    }
    return (int)sizeof(bytes + 1); /* return-zero killed, return-one killed */
}

#define TWICE(x) ((x) + (x))
#define ROOM(n) ((int)strlen((char[(n) + 1]){""}))

/* The argument of a macro is code of this file, its body is not. In the last line the number must
 * be a constant: the compiler refuses its mutants, and they are left out. */
int macros(int number)
{
    int twice = TWICE(number - 3); /* sum-swapped killed, constant-up killed, constant-down killed */
    twice += ROOM(80); /* dropped */
    return twice; /* return-zero killed, return-one killed */
}
