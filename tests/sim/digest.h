// A digest of one simulated lottery: of every moment at which something happens and the random numbers until
// then, every message sent, every answer, every row stored, and every line of the log; free text left out
// (free_text.h). Two builds whose digests are the same behave in the same way.
#ifndef QUINIELA_TESTS_SIM_DIGEST_H
#define QUINIELA_TESTS_SIM_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stored_agency;
struct stored_chunk;
struct stored_draw;
struct stored_winner;

// Begins a digest. If it is not wanted, nothing below does anything.
void digest_begin(bool wanted);
bool digest_is_wanted(void);
uint64_t digest_value(void);

// Something happens at this moment, with the random numbers in this state.
void digest_event(uint64_t now_ms, uint64_t random);

// A whole frame is sent on this wire, to the central or in answer.
void digest_frame(uint32_t wire, const uint8_t *frame, size_t length);

// A call of the store is made, by its name.
void digest_call(const char *call);

// A row is stored.
void digest_draw(const struct stored_draw *draw);
void digest_agency(const struct stored_agency *agency);
void digest_chunk(const struct stored_chunk *chunk);
void digest_winner(const struct stored_winner *winner);

// A line of the log; free text is cut out of `fields`.
void digest_line(const char *action, int result, char *fields);

#endif
