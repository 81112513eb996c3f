// Any agency's entry with its proof that is read is, written again, the same bytes.
#include "fuzz.h"

#include "prove/entry_proof.h"
#include "seal/errors.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    char again[ENTRY_PROOF_BYTES_MAX + DRAW_ENTRY_BYTES_MAX];
    struct slice text = {(const char *)bytes, length};
    struct agency_entry entry;
    struct tlog_proof proof;
    struct draft draft;
    struct error error;
    if (!entry_proof_parse(text, &entry, &proof, &error)) {
        must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");
        return 0;
    }
    draft_begin(&draft, again, sizeof again);
    entry_proof_put(&draft, &entry, &proof);
    must_hold(!draft.is_over && slice_equal(draft_text(&draft), text), "it has one text");
    return 0;
}
