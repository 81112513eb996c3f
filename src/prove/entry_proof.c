#include "prove/entry_proof.h"

#include "seal/errors.h"

#include <inttypes.h>

void entry_proof_put(struct draft *draft, const struct agency_entry *entry, const struct tlog_proof *proof) {
    char text[DRAW_ENTRY_BYTES_MAX];
    draft_add(draft, (struct slice){text, agency_entry_write(entry, text)});
    draft_print(draft, "\n");
    tlog_proof_put(draft, proof);
}

bool entry_proof_parse(struct slice text, struct agency_entry *entry, struct tlog_proof *proof,
                       struct error *error) {
    const char *blank = text.length == 0 ? NULL : memmem(text.text, text.length, "\n\n", 2);
    if (blank == NULL || text.length > ENTRY_PROOF_BYTES_MAX) {
        return error_set(error, ERROR_BAD_FORM,
                         "is no agency's entry, an empty line and its proof, of at most %d bytes",
                         ENTRY_PROOF_BYTES_MAX);
    }
    struct slice first = {text.text, (size_t)(blank - text.text) + 1};
    struct slice second = {blank + 2, text.length - first.length - 1};
    return agency_entry_parse(first, entry, error) && tlog_proof_parse(second, proof, error);
}

bool entry_proof_holds(const struct agency_entry *entry, const struct tlog_proof *proof,
                       const struct checkpoint *seal, struct error *error) {
    struct hash leaf, root;
    agency_entry_leaf(entry, &leaf);
    return (slice_equal(entry->origin, seal->origin) && proof->index == entry->agency &&
            merkle_path_root(&proof->path, proof->index, seal->size, &leaf, &root) &&
            hash_equal(&root, &seal->root)) ||
           error_set(error, ERROR_FALSE_CLAIM, "the entry of agency %" PRIu32 " is not in this seal",
                     entry->agency);
}
