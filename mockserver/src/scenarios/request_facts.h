/* The facts of a request that matches look at. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_REQUEST_FACTS_H
#define AILAB_MOCKSERVER_SCENARIOS_REQUEST_FACTS_H

#include "api/request.h"
#include "base/sha256.h"
#include "scenarios/request_headers.h"

/* The facts that are numbers; the journal keeps them as they are. */
struct request_numbers {
#define NUMBER_CHOICES(name) int name; /* below 0: none */
#define NUMBER_PATTERN(name)
#define NUMBER_KEY(name)
#define NUMBER_FORMAT(name) enum image_format name;
#define NUMBER_RANGE(name) uint64_t name;
#define NUMBER_SIDE(name) uint64_t name;  /* px; 0: unknown */
#define NUMBER_COUNT(name) uint64_t name; /* 0: not counted */
#define NUMBER_DIGEST(name)
#define NUMBER_HEADERS(name)
#define MOCK_CRITERION(name, kind) NUMBER_##kind(name)
#include "scenarios/criteria.def"
};

struct request_facts {
    struct request_numbers number;
    struct slice api_key, file_name; /* borrowed */
    struct request_headers headers;
    char sha256[SHA256_TEXT_SIZE]; /* "" without a picture, or when its hash was not made */
};

/* A fact by the name and the kind of its criterion. */
#define FACT_CHOICES(facts, name) ((facts)->number.name)
#define FACT_PATTERN(facts, name) ((facts)->name)
#define FACT_KEY(facts, name) ((facts)->name)
#define FACT_FORMAT(facts, name) ((facts)->number.name)
#define FACT_RANGE(facts, name) ((facts)->number.name)
#define FACT_SIDE(facts, name) ((facts)->number.name)
#define FACT_COUNT(facts, name) ((facts)->number.name)
#define FACT_DIGEST(facts, name) slice_of((facts)->name)
#define FACT_HEADERS(facts, name) ((facts)->name)

/* Borrows from request. nth: which request of its key this is, 0 when it is not counted. */
struct request_facts request_facts_of(const struct request *request, uint64_t nth);

#endif
