// Whatever is read as a seal, approval, result, receipt or entry is the text of what was read.
#include "fuzz.h"

#include "seal/approval.h"
#include "seal/checkpoint.h"
#include "seal/draw_entry.h"
#include "seal/errors.h"
#include "seal/receipt.h"
#include "seal/result.h"

static char again[1024];

#define TRY(type, parse, write)                                                                              \
    do {                                                                                                     \
        struct type value;                                                                                   \
        error_clear(&error);                                                                                 \
        if (parse(text, &value, &error)) {                                                                   \
            must_hold(slice_equal(text, (struct slice){again, write(&value, again)}),                        \
                      #type " has one text");                                                                \
            kinds++;                                                                                         \
        } else {                                                                                             \
            must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");    \
        }                                                                                                    \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct slice text = {(const char *)bytes, length};
    struct error error;
    int kinds = 0;
    TRY(checkpoint, checkpoint_parse, checkpoint_write);
    TRY(approval, approval_parse, approval_write);
    TRY(result, result_parse, result_write);
    TRY(receipt, receipt_parse, receipt_write);
    TRY(receipts, receipts_parse, receipts_write);
    TRY(draw_entry, draw_entry_parse, draw_entry_write);
    TRY(agency_entry, agency_entry_parse, agency_entry_write);
    must_hold(kinds <= 1, "a text is of one kind");
    return 0;
}
