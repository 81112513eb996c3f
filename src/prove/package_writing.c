#include "prove/package_writing.h"

#include "claims/manifest.h"
#include "notary/seal_json.h"
#include "prove/agency_rows.h"
#include "prove/export_lines.h"
#include "prove/output_folder.h"
#include "prove/resealing.h"
#include "prove/salt_key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>

struct packing {
    struct store *store;
    const struct sealed_draw *sealed;
    struct output_folder folder;
    FILE *export;
    struct seal_json json;
};

// Bets ------------------------------------------------------------------------------------------------------

static bool on_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct packing *packing = context;
    export_lines_put(packing->export, chunk);
    return ferror(packing->export) == 0 || error_set_system(error, errno, "export.csv cannot be written");
}

static bool on_entry(void *context, const struct agency_entry *entry, struct error *error) {
    struct packing *packing = context;
    (void)error;
    seal_json_add(&packing->json, entry->state, entry->count, &entry->root);
    return true;
}

static bool on_voided(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                      struct error *error) {
    struct packing *packing = context;
    (void)error;
    seal_json_add_voided(&packing->json, chunk->agency, voiding, chunk->count);
    return true;
}

// The export is read once more to be hashed, so its file ends before seal.json's begins; that one, which is
// written while the bets are read, waits in a file without a name.
static bool begin_json(struct packing *packing, FILE *file, struct error *error) {
    const struct rules *rules = packing->sealed->newest;
    struct agency_rows rows;
    bool done = agency_rows_read(packing->store, &rows, error);
    if (done) {
        seal_json_begin(&packing->json, file, rules->origin, &rules->hash, rules->agencies, rows.bets);
    }
    agency_rows_free(&rows);
    return done;
}

static bool write_bets(struct packing *packing, const struct kept_seal *kept, FILE *json,
                       struct error *error) {
    const struct resealing resealing = {kept, on_chunk, on_entry, packing};
    packing->export = output_folder_begin(&packing->folder, "export.csv", error);
    return packing->export != NULL && begin_json(packing, json, error) &&
           reseal(packing->store, packing->sealed, &resealing, error) &&
           output_folder_end(&packing->folder, error) &&
           store_voided(packing->store, on_voided, packing, error) &&
           seal_json_end(&packing->json, &packing->sealed->seal, error);
}

static bool copy(struct packing *packing, FILE *from, const char *name, struct error *error) {
    char piece[64 * 1024];
    size_t length;
    FILE *to = output_folder_begin(&packing->folder, name, error);
    if (to == NULL) {
        return false;
    }
    rewind(from);
    while ((length = fread(piece, 1, sizeof piece, from)) > 0) {
        fwrite(piece, 1, length, to);
    }
    return ferror(from) == 0 ? output_folder_end(&packing->folder, error)
                             : error_set_system(error, errno, "%s cannot be read back", name);
}

static bool put_bets(struct packing *packing, const struct kept_seal *kept, struct error *error) {
    int descriptor = openat(packing->folder.descriptor, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    FILE *json = descriptor >= 0 ? fdopen(descriptor, "w+") : tmpfile();
    if (json == NULL) {
        return error_set_system(error, errno, "seal.json cannot be begun");
    }
    bool done = write_bets(packing, kept, json, error) && copy(packing, json, "seal.json", error);
    fclose(json);
    return done;
}

// What was signed -------------------------------------------------------------------------------------------

// Those of the kind, which have their names by their order.
static bool put_papers(struct packing *packing, enum store_paper kind, struct error *error) {
    const struct sealed_draw *sealed = packing->sealed;
    unsigned number = 0;
    for (size_t i = 0; i < sealed->paper_count; i++) {
        const struct sealed_paper *paper = &sealed->papers[i];
        char name[PACKAGE_NAME_BYTES];
        if (paper->kind != kind) {
            continue;
        }
        snprintf(name, sizeof name, kind == PAPER_RULES ? "rules-%u.note" : "token-%u.der", number++);
        if (!output_folder_put(&packing->folder, name, paper->bytes, paper->length, error)) {
            return false;
        }
    }
    return true;
}

static bool put_secret(struct packing *packing, struct error *error) {
    char text[SALT_KEY_TEXT_BYTES];
    size_t length = salt_key_write(packing->sealed->row.secret, text);
    bool done = output_folder_put(&packing->folder, "secret.txt", text, length, error);
    OPENSSL_cleanse(text, sizeof text);
    return done;
}

// Audit logs ------------------------------------------------------------------------------------------------

// Copies the whole lines: a server may be writing the next one.
static bool copy_lines(FILE *from, FILE *to) {
    char *line = NULL;
    size_t room = 0;
    for (ssize_t length; (length = getline(&line, &room, from)) > 0 && line[length - 1] == '\n';) {
        fwrite(line, 1, (size_t)length, to);
    }
    free(line);
    return ferror(from) == 0;
}

static bool put_audit_log(struct packing *packing, const char *path, const char *name, struct error *error) {
    struct source source;
    if (!source_open(path, &source, error)) {
        return false;
    }
    FILE *from = fdopen(source.descriptor, "r");
    if (from == NULL) {
        source_close(&source);
        return error_set(error, ERROR_NO_MEMORY, "%.250s: no memory to read it", path);
    }
    FILE *to = output_folder_begin(&packing->folder, name, error);
    bool done = to != NULL && (copy_lines(from, to) || error_set_system(error, errno, "%.250s", path)) &&
                output_folder_end(&packing->folder, error);
    free(source.path);
    fclose(from); // and the descriptor
    return done;
}

static bool put_audit_logs(struct packing *packing, char *const *paths, size_t count, struct error *error) {
    char name[PACKAGE_NAME_BYTES] = "audit.log";
    for (size_t i = 0; i < count; i++) {
        if (count > 1) {
            snprintf(name, sizeof name, "audit-%u.log", (unsigned)i % PACKAGE_FILES_MAX);
        }
        if (!put_audit_log(packing, paths[i], name, error)) {
            return false;
        }
    }
    return true;
}

// The manifest ----------------------------------------------------------------------------------------------

enum { LINE_BYTES_MAX = 19 + 1 + HEX_TEXT_BYTES(HASH_BYTES) + PACKAGE_NAME_BYTES };
_Static_assert(64 + ORIGIN_BYTES_MAX + PACKAGE_FILES_MAX * LINE_BYTES_MAX <= MANIFEST_BYTES_MAX,
               "a manifest has room for every file");

static int by_name(const void *one, const void *other) {
    return strcmp(((const struct output_name *)one)->name, ((const struct output_name *)other)->name);
}

static bool put_manifest(struct packing *packing, struct hash *hash, struct error *error) {
    struct output_folder *folder = &packing->folder;
    struct slice origin = packing->sealed->seal.origin;
    char *text = malloc(MANIFEST_BYTES_MAX);
    struct draft draft;
    if (text == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the manifest");
    }
    draft_begin(&draft, text, MANIFEST_BYTES_MAX);
    draft_print(&draft, "quiniela package v1\n%.*s\n", (int)origin.length, origin.text);
    qsort(folder->files, folder->count, sizeof *folder->files, by_name);
    for (size_t i = 0; i < folder->count; i++) {
        char hex[HEX_TEXT_BYTES(HASH_BYTES)];
        hex_encode(folder->files[i].hash.bytes, HASH_BYTES, hex);
        draft_print(&draft, "%" PRIu64 " %s %s\n", folder->files[i].size, hex, folder->files[i].name);
    }
    hash_of(draft.text, draft.length, hash);
    bool done = output_folder_put(folder, "manifest.txt", draft.text, draft.length, error);
    free(text);
    return done;
}

// All of it -------------------------------------------------------------------------------------------------

static size_t count_files(const struct sealed_draw *sealed, size_t audit_count) {
    size_t count = 4 + audit_count; // export.csv, seal.json, seal.note, secret.txt
    for (size_t i = 0; i < sealed->paper_count; i++) {
        enum store_paper kind = sealed->papers[i].kind;
        count += kind == PAPER_RULES || kind == PAPER_TIMESTAMP;
    }
    return count;
}

static bool have_room(const struct sealed_draw *sealed, size_t audit_count, const char *path,
                      struct error *error) {
    size_t count = count_files(sealed, audit_count);
    return count <= PACKAGE_FILES_MAX ||
           error_set(
               error, ERROR_BAD_SETTING,
               "%.250s: a package has room for %d files, and this one would have %zu: %zu of them audit "
               "logs",
               path, PACKAGE_FILES_MAX, count, audit_count);
}

bool package_write(struct store *store, const struct sealed_draw *sealed, const struct kept_seal *kept,
                   char *const *audit_logs, size_t audit_count, const char *path, struct hash *hash,
                   struct error *error) {
    struct packing packing = {.store = store, .sealed = sealed};
    struct slice note = sealed_draw_note(sealed);
    if (!have_room(sealed, audit_count, path, error) || !output_folder_open(path, &packing.folder, error)) {
        return false;
    }
    if (!put_audit_logs(&packing, audit_logs, audit_count, error) ||
        !put_papers(&packing, PAPER_RULES, error) || !put_papers(&packing, PAPER_TIMESTAMP, error) ||
        !output_folder_put(&packing.folder, "seal.note", note.text, note.length, error) ||
        !put_secret(&packing, error) || !put_bets(&packing, kept, error) ||
        !put_manifest(&packing, hash, error)) {
        output_folder_drop(&packing.folder);
        return false;
    }
    return output_folder_finish(&packing.folder, error);
}
