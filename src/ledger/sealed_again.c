#include "ledger/sealed_again.h"

#include "ledger/seal_lists.h"
#include "ledger/sealed_terms.h"
#include "ledger/sealing_show.h"

#include <errno.h>
#include <openssl/crypto.h>

// What the draw's folder says of the agencies, and what was found now.
static void name_agency(const struct folder *folder, FILE *list, char text[SEAL_LISTS_TEXT_BYTES]) {
    struct error ignored;
    FILE *kept = NULL;
    text[0] = '\0';
    if (folder->descriptor >= 0 && folder_open_file(folder, "seal.json", &kept, &ignored) && kept != NULL) {
        seal_lists_compare(kept, list, text);
        (void)fclose(kept);
    }
}

static bool compare(const struct ledger *ledger, const struct checkpoint *seal, const struct folder *folder,
                    FILE *list, struct error *error) {
    char text[SEAL_LISTS_TEXT_BYTES];
    if (memcmp(seal->root.bytes, ledger->draw.root, HASH_BYTES) == 0) {
        return true;
    }
    name_agency(folder, list, text);
    return error_set(error, ERROR_BETS_CHANGED,
                     "the bets of draw \"%s\" are not those that were sealed: %s; it is not drawn",
                     ledger->draw_name,
                     text[0] == '\0' ? "which agency's, its seal.json would say, and that is missing" : text);
}

static bool compute(struct ledger *ledger, const struct folder *folder, FILE *list, struct error *error) {
    struct sealed_terms terms;
    struct checkpoint seal;
    struct store *store = NULL;
    sealed_terms_of(ledger, &terms);
    terms.stop = &ledger->sealing.stop;
    bool done = ledger->options.open_reader(ledger->options.context, ledger->draw_name, &store, error) &&
                sealed_tree_compute(store, &terms, list, &seal, error) &&
                compare(ledger, &seal, folder, list, error);
    if (store != NULL) {
        store_close(&store);
    }
    OPENSSL_cleanse(&terms, sizeof terms);
    return done;
}

// Where there is no folder, the list goes nowhere.
static bool compute_without_folder(struct ledger *ledger, const struct folder *none, struct error *error) {
    FILE *list = tmpfile();
    if (list == NULL) {
        return error_set_system(error, errno, "no temporary file for the seal's list");
    }
    bool done = compute(ledger, none, list, error);
    (void)fclose(list);
    return done;
}

static bool compute_in_folder(struct ledger *ledger, const struct folder *folder, struct error *error) {
    struct folder_draft draft;
    if (!folder_draft_begin(folder, "again.json", &draft, error)) {
        return false;
    }
    bool done = compute(ledger, folder, draft.file, error);
    folder_draft_drop(folder, &draft);
    return done;
}

bool sealed_again(struct ledger *ledger, struct error *error) {
    struct folder folder;
    if (!sealing_folder(ledger, &folder, error)) {
        return false;
    }
    bool done = folder.descriptor >= 0 ? compute_in_folder(ledger, &folder, error)
                                       : compute_without_folder(ledger, &folder, error);
    folder_close(&folder);
    return done;
}
