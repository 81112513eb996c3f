// A receipt as an answer has it: {"entry":"…","index":0,"path":["…"],"note":"…"}. Texts alone: what they say
// is seal/receipt.h's.
#ifndef QUINIELA_WIRE_RECEIPT_JSON_H
#define QUINIELA_WIRE_RECEIPT_JSON_H

#include "base/error.h"
#include "bet/bet.h"
#include "wire/json.h"
#include "wire/json_writer.h"

enum { RECEIPT_PATH_MAX = 64 };

struct reply_receipt {
    struct bet_slice entry; // base64
    uint64_t index;
    size_t path_length;
    struct bet_slice path[RECEIPT_PATH_MAX]; // base64 each
    struct bet_slice note;                   // as it is
};

// Adds the receipt to an object that was begun.
void receipt_json_write(struct json_writer *writer, const struct reply_receipt *receipt);

// Reads it; the texts are valid until the parser is used again. *found is false where the value is absent or
// null. The handles of the values that were read with it cannot be used afterwards. ERROR_BAD_MESSAGE when it
// is no receipt.
bool receipt_json_read(struct json_parser *parser, const struct json_value *value,
                       struct reply_receipt *receipt, bool *found, struct error *error) MUST_CHECK;

#endif
