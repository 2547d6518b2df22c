/* What a mutated file calls. Every mutant of the tree is compiled in beside the original; a number
 * in the environment, read before main(), says which one lives. ci/mutate includes this header in
 * every file of its build; no other build knows it. */
#ifndef AILAB_MUTANT_H
#define AILAB_MUTANT_H

extern unsigned ailab_mutant;                /* the number of the one that lives; 0 is none */
extern unsigned char *ailab_mutants_reached; /* a byte a mutant, or NULL */

/* Whether this mutant lives. differs: whether it would change a value here; where it would not, the
 * tests need not run with it. */
static inline int ailab_m(unsigned number, int differs)
{
    if (__builtin_expect(ailab_mutants_reached != 0, 0) && differs)
        ailab_mutants_reached[number] = 1;
    return ailab_mutant == number;
}

#endif
