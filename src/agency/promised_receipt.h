// A receipt that an agency was given: held against the chunk that it is for, and kept.
#ifndef QUINIELA_AGENCY_PROMISED_RECEIPT_H
#define QUINIELA_AGENCY_PROMISED_RECEIPT_H

#include "agency/kept_texts.h"
#include "agency/receipts_file.h"
#include "agency/window.h"
#include "notary/kept_rules.h"
#include "wire/receipt_json.h"

// What a receipt must be of.
struct promised {
    const struct vkey *key;         // the central's
    const struct kept_rules *rules; // at least one record
    uint32_t agency;
    const struct sent *sent; // the chunk
    bool has_rules;          // the rules came with it, so that it can name none that are not known
};

// Checks the receipt, and keeps it in `file`. ERROR_NETWORK when it names a record of the rules that has to
// be asked for. ERROR_FALSE_CLAIM or ERROR_BAD_FORM when it is false: then it is kept as "false-receipt" in
// `texts`. ERROR_SYSTEM, ERROR_NO_MEMORY.
bool promised_receipt_keep(const struct promised *promised, const struct reply_receipt *receipt,
                           struct receipts_file *file, const struct kept_texts *texts,
                           struct error *error) MUST_CHECK;

#endif
