/* Whether a request meets the match of a scenario; also criterion by criterion, to tell why not.
 * Pure. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_MATCH_H
#define AILAB_MOCKSERVER_SCENARIOS_MATCH_H

#include "scenarios/request_facts.h"
#include "scenarios/scenario.h"

#define CRITERION_TEXT_SIZE 300

enum criterion {
#define MOCK_CRITERION(name, kind) CRITERION_##name,
#include "scenarios/criteria.def"
    CRITERIA
};

/* "service_choice", as in documents and queries. Static storage. */
const char *criterion_name(enum criterion criterion);
/* "other", "jpeg" and "png", by enum image_format. */
extern const char *const format_words[];

/* The function for the type of a member of struct scenario_match: verb_text, verb_range ... */
#define BY_TYPE(member, verb)                                                                      \
    _Generic(member,                                                                               \
        struct choices: verb##_choices,                                                            \
        char *: verb##_text,                                                                       \
        enum image_format: verb##_format,                                                          \
        struct range: verb##_range,                                                                \
        struct header_patterns: verb##_headers)

bool match_accepts(const struct scenario_match *match, const struct request_facts *facts);
/* Whether the match says anything of this criterion. */
bool match_has(const struct scenario_match *match, enum criterion criterion);
/* Whether the facts fulfil this criterion; true when the match does not have it. */
bool match_fulfils(const struct scenario_match *match, const struct request_facts *facts,
                   enum criterion criterion);
/* For people: the values that the match accepts ("at least 640"), and the value of the request; of
 * its headers those that the match names. */
void match_print(char out[CRITERION_TEXT_SIZE], const struct scenario_match *match,
                 enum criterion criterion);
void match_print_fact(char out[CRITERION_TEXT_SIZE], const struct scenario_match *match,
                      const struct request_facts *facts, enum criterion criterion);

#endif
