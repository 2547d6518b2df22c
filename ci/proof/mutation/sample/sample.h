/* What the sample's test calls. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stdbool.h>

enum color { RED,
             GREEN,
             BLUE };

struct box {
    int sum, writes;
};

bool is_small(int number);
bool is_large(int number);
bool is_both(bool one, bool other);
bool is_either(bool one, bool other);
int count_to(int end);
int count_down(struct box *box);
int spread(int number);
void fill(struct box *box, int number);
void keep(struct box *box, int number);
int first_of(const int *numbers, int count);
const char *name_of(enum color color);
enum color next_color(enum color color);
bool is_known(enum color color);
bool is_unasked(bool one);
int sign_of(int number);
int length_of(const char *text);
int code_of(void);
int left_alone(int number);
int macros(int number);

#endif
