// Whatever is read as a proof's code lies within its bounds, and says why it does not hold.
#include "fuzz.h"

#include "seal/errors.h"
#include "seal/proof_code.h"

static const char server[] = "lottery.example/central+ceca6345+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static struct proof_code code;
    struct checkpoint seal;
    struct vkey key;
    struct error error;
    if (!proof_code_parse(bytes, length, &code, &error)) {
        must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");
        return 0;
    }
    const struct proof *proof = &code.proof;
    must_hold(proof->bet.agency >= 1 && proof->bet.agency <= code.agencies && proof->bet.index < proof->count,
              "its place is one that there is");
    size_t paths = proof->path.length + proof->agency.path.length;
    must_hold(length == 1 + 1 + code.origin.length + 25 + SALT_BYTES + 2 + proof->text.length +
                            paths * HASH_BYTES + 1 + code.key_name.length + KEY_ID_BYTES + SIGNATURE_BYTES,
              "every byte was read, once");
    must_hold(proof_code_seal(&code, &seal, &error), "paths of the right length lead somewhere");
    must_hold(vkey_parse(slice_of(server), &key, &error), "the key is read");
    must_hold(proof_code_check(&code, &key, (struct slice){0}, &seal, &error) ||
                  (error.code == ERROR_FALSE_CLAIM && error.text[0] != '\0'),
              "a refusal has its reason");
    return 0;
}
