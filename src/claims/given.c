#include "claims/given.h"

#include "seal/decimal.h"
#include "seal/encoding.h"
#include "seal/origin.h"

#include <stdlib.h>

// What makes sense ------------------------------------------------------------------------------------------

static bool has(const struct given_options *options, enum given_kind kind) {
    return options->files[kind].count > 0;
}

static bool has_files(const struct given_options *options) {
    for (int kind = 0; kind < GIVEN_KINDS; kind++) {
        if (has(options, kind)) {
            return true;
        }
    }
    return options->package != NULL;
}

bool given_is_any(const struct given_options *options) {
    return has_files(options) || options->keys.count > 0 || options->origin != NULL ||
           options->agency != NULL || options->manifest_hash != NULL;
}

static bool refuse(struct error *error, const char *why) {
    return error_set(error, ERROR_BAD_SETTING, "%s", why);
}

static bool makes_sense(const struct given_options *options, struct error *error) {
    bool has_package = options->package != NULL, has_secret = has(options, GIVEN_SECRET);
    if (has_package && (has_secret || has(options, GIVEN_EXPORT) || has(options, GIVEN_SEAL_JSON))) {
        return refuse(error, "--package has a secret, an export and a seal.json of its own");
    }
    if ((has(options, GIVEN_CSV) || has(options, GIVEN_SALT_KEY)) && options->agency == NULL) {
        return refuse(error, "--csv and --salt-key need --agency: whose are they?");
    }
    if (has(options, GIVEN_CSV) && !has(options, GIVEN_SALT_KEY) && !has_secret && !has_package) {
        return refuse(error,
                      "--csv needs --salt-key or --secret: without the salts its root cannot be computed");
    }
    if (has(options, GIVEN_EXPORT) && !has_secret) {
        return refuse(error, "--export needs --secret: without the salts its roots cannot be computed");
    }
    if ((has(options, GIVEN_EXPORT_AFTER) || has(options, GIVEN_WINNERS)) && !has_package &&
        !has(options, GIVEN_EXPORT)) {
        return refuse(error, "--export-after and --winners need --export or --package to be compared with");
    }
    if (options->manifest_hash != NULL && !has_package) {
        return refuse(error, "--manifest-hash needs --package");
    }
    return has_files(options) || refuse(error, "there is nothing to check: see quiniela verify --help");
}

// Values ----------------------------------------------------------------------------------------------------

static bool read_keys(const struct given_options *options, struct given *given, struct error *error) {
    struct error reason;
    given->keys = calloc(options->keys.count + 1, sizeof *given->keys);
    if (given->keys == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the keys");
    }
    for (size_t i = 0; i < options->keys.count; i++) {
        struct vkey *key = &given->keys[i];
        if (!vkey_parse(slice_of(options->keys.list[i]), key, &reason)) {
            return error_set(error, ERROR_BAD_SETTING, "--key: %s", reason.text);
        }
        if (key->type != VKEY_ED25519) {
            return error_set(error, ERROR_BAD_SETTING, "--key: is a witness' key, which signs no rules");
        }
    }
    given->key_count = options->keys.count;
    return true;
}

static bool read_values(const struct given_options *options, struct given *given, struct error *error) {
    uint64_t agency = 0;
    if (options->origin != NULL) {
        given->origin = slice_of(options->origin);
        if (!origin_is_valid(given->origin)) {
            return error_set(error, ERROR_BAD_SETTING, "--origin: \"%.80s\" is no origin, NAME/DRAW",
                             options->origin);
        }
    }
    if (options->agency != NULL &&
        (!decimal_parse(slice_of(options->agency), AGENCIES_MAX, &agency) || agency == 0)) {
        return error_set(error, ERROR_BAD_SETTING, "--agency: \"%.80s\" is no number from 1 to %d",
                         options->agency, AGENCIES_MAX);
    }
    given->agency = (uint32_t)agency;
    given->has_manifest_hash = options->manifest_hash != NULL;
    if (given->has_manifest_hash &&
        !hex_decode_exactly(slice_of(options->manifest_hash), given->manifest_hash.bytes, HASH_BYTES)) {
        return error_set(error, ERROR_BAD_SETTING,
                         "--manifest-hash: \"%.80s\" is no SHA-256 in hex of lower case",
                         options->manifest_hash);
    }
    return read_keys(options, given, error);
}

// Files -----------------------------------------------------------------------------------------------------

bool given_add(struct given *given, enum given_kind kind, const struct source *source, struct error *error) {
    struct given_files *files = &given->files[kind];
    const struct source **list = reallocarray(files->list, files->count + 1, sizeof(struct source *));
    if (list == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the files");
    }
    files->list = list;
    list[files->count++] = source;
    return true;
}

static bool open_kind(const struct setting_texts *paths, enum given_kind kind, struct given *given,
                      struct error *error) {
    for (size_t i = 0; i < paths->count; i++) {
        struct source *source = &given->own[given->own_count];
        if (!source_open(paths->list[i], source, error)) {
            return false;
        }
        given->own_count++;
        if (!given_add(given, kind, source, error)) {
            return false;
        }
    }
    return true;
}

static bool open_files(const struct given_options *options, struct given *given, struct error *error) {
    size_t count = 1;
    for (int kind = 0; kind < GIVEN_KINDS; kind++) {
        count += options->files[kind].count;
    }
    given->own = calloc(count, sizeof *given->own);
    if (given->own == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the files");
    }
    for (int kind = 0; kind < GIVEN_KINDS; kind++) {
        if (!open_kind(&options->files[kind], kind, given, error)) {
            return false;
        }
    }
    return true;
}

static bool open_package(const char *path, struct given *given, struct error *error) {
    struct package *package = malloc(sizeof *package);
    if (package == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the package");
    }
    if (!package_open(path, package, error)) {
        free(package);
        return false;
    }
    given->package = package;
    return true;
}

bool given_open(const struct given_options *options, struct given *given, struct error *error) {
    *given = (struct given){.keys = NULL};
    return makes_sense(options, error) && read_values(options, given, error) &&
           open_files(options, given, error) &&
           (options->package == NULL || open_package(options->package, given, error));
}

void given_close(struct given *given) {
    for (size_t i = 0; i < given->own_count; i++) {
        source_close(&given->own[i]);
    }
    for (int kind = 0; kind < GIVEN_KINDS; kind++) {
        free(given->files[kind].list);
    }
    if (given->package != NULL) {
        package_close(given->package);
        free(given->package);
    }
    free(given->own);
    free(given->keys);
    *given = (struct given){.keys = NULL};
}
