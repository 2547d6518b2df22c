/* The looks of situations/looks.def, each a function of what was seen. */
#ifndef CONFORMANCE_CALLER_JUDGE_LOOKS_H
#define CONFORMANCE_CALLER_JUDGE_LOOKS_H

#include "caller/judge/judge.h"

/* Each: whether it is so; else it says in *out what was expected and what was seen. */
#define LOOK(name, again) bool look_##name(struct finding *out, const struct seen *seen);
#include "caller/situations/looks.def"

/* These two are looked at in every situation. */
bool look_ends(struct finding *out, const struct seen *seen);
bool look_calls(struct finding *out, const struct seen *seen);

#endif
