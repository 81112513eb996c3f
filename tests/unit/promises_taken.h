// What an agency's promises make of a central's answers, or how they refuse them.
#ifndef QUINIELA_TESTS_PROMISES_TAKEN_H
#define QUINIELA_TESTS_PROMISES_TAKEN_H

#include "promises_story.h"

// Asserts that it was refused with that code, in words that have these.
static inline void expect_refused(const struct office *office, bool taken, const struct error_code *code,
                                  const char *says) {
    assert_false(taken);
    assert_error(&office->error, code);
    if (strstr(office->error.text, says) == NULL) {
        fail_msg("expected \"…%s…\", it is \"%s\"", says, office->error.text);
    }
}

static inline bool take_chunk(struct office *office, const struct sent *sent, const struct reply *reply) {
    error_clear(&office->error);
    return promises_take_chunk(office->promises, sent, reply, &office->error);
}

static inline void give_chunk(struct office *office, uint64_t first, uint32_t count) {
    struct sent sent = chunk_of(first, count);
    struct reply reply = acknowledgement(office, &sent);
    must(take_chunk(office, &sent, &reply), &office->error);
}

static inline struct rules *later_rules(struct office *office, uint32_t agencies) {
    struct rules rules = small_rules(office->sealed);
    rules.number = 1;
    rules.before = office->sealed->rules->hash;
    rules.agencies = agencies;
    return rules_made(&rules);
}

static inline bool take_waiting(struct office *office, const struct reply *reply, bool *is_new) {
    error_clear(&office->error);
    return promises_take_waiting(office->promises, reply, is_new, &office->error);
}

static inline bool take_winners(struct office *office, const struct reply *reply) {
    error_clear(&office->error);
    struct promised_result result;
    return promises_take_winners(office->promises, reply, &result, &office->error);
}

#endif
