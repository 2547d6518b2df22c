/* Mutators that know what they change: a scenario document as a tree, a form as parts, a request as
 * lines. libFuzzer's own mutations break the frame of such an input nearly always; these keep it,
 * and break what stands in it, or break the frame in one place alone.
 *
 * With AILAB_FUZZ_PLAIN in the environment, libFuzzer's own mutations alone are made: that is what
 * ci/fuzz --mutators compares with. */
#ifndef AILAB_MOCKSERVER_FUZZ_MUTATE_H
#define AILAB_MOCKSERVER_FUZZ_MUTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libFuzzer's; missing where a corpus is only replayed. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* What libFuzzer calls in the place of its own mutations. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

struct chance {
    uint64_t state;
};

struct chance chance_of(unsigned seed);
/* 0 to count - 1; count is at least 1. */
uint32_t chance_below(struct chance *chance, uint32_t count);
#define CHANCE_OF_ROWS(chance, rows) ((rows)[chance_below(chance, (uint32_t)COUNT_OF(rows))])

/* Whether this input is to be mutated with knowledge: mostly, and never with AILAB_FUZZ_PLAIN. */
bool mutates_with_knowledge(unsigned seed);
/* libFuzzer's own mutation, or none in a replay. */
size_t mutate_plain(uint8_t *data, size_t size, size_t max_size);

/* Edits JSON text in place: fields of the shapes' tables are added, removed, doubled and renamed,
 * values get another type, the ends of their bounds, and one more. Returns the new size; 0 when the
 * text is no JSON or nothing fits. */
size_t mutate_json(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Edits a form as fuzz_multipart.c reads it, the Content-Type's value in the first line: parts,
 * headers, boundaries. Returns the new size; 0 when there is no boundary or nothing fits. */
size_t mutate_multipart(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Edits a request as fuzz_exchange.c reads it: lines of the head, names of scenarios, the form in
 * the body. Returns the new size; 0 when the head has no end or nothing fits. */
size_t mutate_request(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
