// What of a signed draw is told in answers, beside what they say: rules, receipts, the seal, the result, an
// agency's salt key. Only to those that ask.
#ifndef QUINIELA_SERVICE_LOTTERY_PROOFS_H
#define QUINIELA_SERVICE_LOTTERY_PROOFS_H

#include "base/error.h"
#include "service/lottery/wanted.h"
#include "wire/json_writer.h"
#include "wire/message.h"

struct connection;
struct ledger_receipt;
struct lottery;

enum { RULES_TOLD_BYTES_MAX = 256 * 1024 }; // of all records, in one answer

// Whether the message may ask for what it asks for, and is for this draw; notes what it wants. On success the
// caller frees wants->shown. ERROR_OTHER_DRAW, ERROR_RULES_TOO_LONG, ERROR_BAD_MESSAGE, with the field;
// ERROR_NO_MEMORY.
bool proofs_check(struct connection *connection, const struct message *message, struct proofs_wanted *wants,
                  struct error *error) MUST_CHECK;

// Whether there is a seal that may be told.
bool proofs_are_sealed(const struct lottery *lottery);

// Compares what was shown before there was a seal with the server's; sets is_other, and frees what is ours.
// ERROR_NO_MEMORY.
bool proofs_compare_shown(const struct lottery *lottery, struct proofs_wanted *wants,
                          struct error *error) MUST_CHECK;

// Writes the fields that go with an acknowledgement, as an object that is begun and not ended; none leave
// `fields` as it was. False when out of memory. `receipt` may be NULL.
bool proofs_write_chunk(const struct lottery *lottery, const struct proofs_wanted *wants,
                        const struct ledger_receipt *receipt, struct json_writer *fields) MUST_CHECK;

// The same with the answer to a consultation of that agency, before the draw and with its winners.
bool proofs_write_consultation(const struct lottery *lottery, const struct proofs_wanted *wants,
                               uint32_t agency, struct json_writer *fields) MUST_CHECK;

// Wipes the fields, as there may be a key among them, and frees them.
void proofs_free(struct json_writer *fields);

#endif
