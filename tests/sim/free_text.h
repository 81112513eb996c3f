// Text that is written for people and may be reworded: the messages of refusals and of the log. Neither the
// course of a simulation nor its digest may depend on it.
#ifndef QUINIELA_TESTS_SIM_FREE_TEXT_H
#define QUINIELA_TESTS_SIM_FREE_TEXT_H

#include <stddef.h>
#include <stdint.h>

// Replaces the message of a refusal (a whole frame) by a fixed one, because its length decides how the
// network cuts it into pieces. Any other frame stays as it is. Returns the frame, and sets *length. For a
// refusal the frame is in `room` (REPLY_SMALL_BYTES_MAX).
const uint8_t *free_text_replace(const uint8_t *frame, size_t *length, uint8_t *room);

// Takes the fields with free text out of a log line's "key: value | key: value".
void free_text_cut(char *fields);

#endif
