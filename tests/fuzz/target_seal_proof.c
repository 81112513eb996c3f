// Whatever is read as a proof is what is written of it, and says why it does not hold.
#include "fuzz.h"

#include "seal/errors.h"
#include "seal/proof_code.h"

static char again[PROOF_BYTES_MAX];
static struct proof proof;

static const char server[] = "lottery.example/central+ceca6345+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

// A proof that holds has a code that holds.
static void check_code(const struct vkey *key, const struct checkpoint *seal) {
    static uint8_t bytes[PROOF_CODE_BYTES_MAX];
    static struct proof_code code;
    struct checkpoint other;
    struct error error;
    size_t length;
    must_hold(proof_code_write(&proof, key, bytes, &length, &error), "a proof that holds has a code");
    must_hold(proof_code_parse(bytes, length, &code, &error), "its code is read");
    must_hold(proof_code_check(&code, key, seal->origin, &other, &error), "its code holds");
    must_hold(other.size == seal->size && hash_equal(&other.root, &seal->root),
              "its code is of the same seal");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct slice text = {(const char *)bytes, length};
    struct error error;
    struct tlog_proof agency;
    struct checkpoint seal;
    struct vkey key;
    struct draft draft;
    must_hold(vkey_parse(slice_of(server), &key, &error), "the key is read");
    draft_begin(&draft, again, sizeof again);
    if (tlog_proof_parse(text, &agency, &error)) {
        tlog_proof_put(&draft, &agency);
        must_hold(slice_equal(draft_text(&draft), text), "an agency's proof has one text");
    }
    draft_begin(&draft, again, sizeof again);
    if (!proof_parse(text, &proof, &error)) {
        must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");
        return 0;
    }
    proof_put(&draft, &proof);
    must_hold(slice_equal(draft_text(&draft), text), "a proof has one text");
    if (proof_check(&proof, &key, (struct slice){0}, &seal, &error)) {
        check_code(&key, &seal);
    } else {
        must_hold(error.text[0] != '\0', "a refusal has its reason");
    }
    return 0;
}
