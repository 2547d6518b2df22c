/* --list: the cases of a plan for people or as JSON. */
#ifndef CONFORMANCE_LIST_H
#define CONFORMANCE_LIST_H

#include "cli.h"
#include "select.h"
#include <stdio.h>

/* Every case of the catalogue that the globs and the level select, of whatever revision. */
void list_cases(FILE *out, const struct catalogue *catalogue, const struct cli *cli);

#endif
