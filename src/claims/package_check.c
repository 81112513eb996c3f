#include "claims/checks.h"

#include "seal/encoding.h"

static const int given_as[] = {
    [PACKAGE_EXPORT] = GIVEN_EXPORT, [PACKAGE_RULES] = GIVEN_RULES,   [PACKAGE_SEAL_JSON] = GIVEN_SEAL_JSON,
    [PACKAGE_SEAL] = GIVEN_SEAL,     [PACKAGE_SECRET] = GIVEN_SECRET, [PACKAGE_AUDIT] = GIVEN_KINDS,
    [PACKAGE_TOKENS] = GIVEN_TOKEN,
};

// What could be opened of it, as if it had been given by flags.
static bool give_files(struct given *given, struct error *error) {
    const struct package *package = given->package;
    for (size_t i = 0; package->manifest != NULL && i < package->manifest->count; i++) {
        int kind = given_as[package->manifest->files[i].kind];
        if (kind != GIVEN_KINDS && package->sources[i].path != NULL &&
            !given_add(given, (enum given_kind)kind, &package->sources[i], error)) {
            return false;
        }
    }
    return true;
}

static void check_manifest_hash(struct evidence *evidence, const char *package_what) {
    const struct given *given = evidence->given;
    const struct package *package = given->package;
    char what[WHAT_BYTES + 16];
    snprintf(what, sizeof what, "%s, manifest", package_what);
    if (!given->has_manifest_hash && package->has_manifest) {
        char hash[HEX_TEXT_BYTES(HASH_BYTES)];
        hex_encode(package->hash.bytes, HASH_BYTES, hash);
        verdicts_add(&evidence->verdicts, VERDICT_NOTE, package_what,
                     "the manifest's SHA-256 is %s: compare it with what was noted before the draw", hash);
    } else if (given->has_manifest_hash && package->has_manifest &&
               hash_equal(&package->hash, &given->manifest_hash)) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, what, "is the one whose SHA-256 was noted");
    } else if (given->has_manifest_hash) {
        verdicts_add(&evidence->verdicts, VERDICT_FALSE, what, "is not the one whose SHA-256 was noted");
    }
}

bool check_package(struct evidence *evidence, struct error *error) {
    struct package *package = evidence->given->package;
    char what[WHAT_BYTES];
    size_t faults;
    if (package == NULL) {
        return true;
    }
    what_of(what, "package", package->path);
    if (!package_check(package, &evidence->verdicts, what, &faults, error) ||
        !give_files(evidence->given, error)) {
        return false;
    }
    if (faults == 0 && evidence_take_origin(evidence, package->manifest->origin, error)) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, what, "its %zu files are those of the manifest",
                     package->manifest->count);
    } else if (faults == 0 && !verdicts_refuse(&evidence->verdicts, what, error)) {
        return false;
    }
    check_manifest_hash(evidence, what);
    return true;
}
