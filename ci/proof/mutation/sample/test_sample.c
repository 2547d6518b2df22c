/* Calls the sample as its comments say: some mutants of each operator are noticed, some are not. */
#include "sample.h"
#include <stdio.h>
#include <string.h>

static int failures;

#define EXPECT(condition)                  \
    do {                                   \
        if (!(condition)) {                \
            printf("line %d\n", __LINE__); \
            failures++;                    \
        }                                  \
    } while (0)

int main(void)
{
    struct box box = {10, 0};
    int numbers[] = {7, 8};
    EXPECT(is_small(9) && !is_small(10));
    EXPECT(is_large(20) && !is_large(0));
    EXPECT(is_both(true, true) && !is_both(true, false) && !is_both(false, true));
    EXPECT(is_either(true, true) && !is_either(false, false));
    EXPECT(count_to(4) == 4);
    EXPECT(count_down(&box) == 7);
    EXPECT(spread(1) == 6);
    fill(NULL, 1);
    fill(&box, 4);
    EXPECT(box.sum == 8);
    EXPECT(first_of(numbers, 2) == 7 && first_of(numbers, 0) == -1);
    EXPECT(strcmp(name_of(GREEN), "green") == 0 && strcmp(name_of(BLUE), "blue") == 0);
    EXPECT(strcmp(name_of((enum color)3), "none") == 0);
    EXPECT(next_color(RED) == GREEN && next_color(GREEN) != GREEN);
    EXPECT(is_known(GREEN) && is_known(RED) && !is_known(BLUE));
    is_unasked(true);
    EXPECT(sign_of(-5) == -1 && sign_of(5) == 1 && sign_of(0) == 0);
    for (int i = 0; i < 9; i++) /* the last copy may still be in a register, and count as kept */
        EXPECT(length_of("four") == 4);
    EXPECT(code_of() < 2);
    EXPECT(left_alone(9) == 8);
    EXPECT(macros(5) == 4);
    return failures != 0;
}
