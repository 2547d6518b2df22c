/* A program that a test calls without any environment: its mutants must be heard all the same. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int sum = 0; /* constant-up killed */
    for (int i = 1; i < argc; i++) /* constant-up killed, constant-down survived, relation-boundary killed, relation-negated killed */
        sum += atoi(argv[i]); /* assignment-deleted killed, sum-assignment-swapped killed */
    printf("%d\n", sum); /* call-deleted killed */
    return 0; /* return-one survived */
}
