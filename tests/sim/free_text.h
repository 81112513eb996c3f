// What is written for people, and may be put into other words: the messages of refusals and of the log. How a
// simulation goes must not depend on it, nor its digest.
#ifndef QUINIELA_TESTS_SIM_FREE_TEXT_H
#define QUINIELA_TESTS_SIM_FREE_TEXT_H

#include <stddef.h>
#include <stdint.h>

// Replaces the message of a refusal, a whole frame, by a fixed one: its length decides how the network cuts
// it into pieces. Any other frame stays as it is. Returns the frame, which is `room` (REPLY_SMALL_BYTES_MAX)
// where it was a refusal, and sets *length.
const uint8_t *free_text_replace(const uint8_t *frame, size_t *length, uint8_t *room);

// Takes the fields with free text out of a log line's "key: value | key: value".
void free_text_cut(char *fields);

#endif
