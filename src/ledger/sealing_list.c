#include "ledger/sealing_list.h"

#include "bet/errors.h"
#include "ledger/sealing_show.h"
#include "ledger/state.h"

#include <stdio.h>

static const char list_name[] = "seal.json";

// Where there is no folder, the list goes nowhere.
bool sealing_list_begin(struct ledger *ledger, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    struct folder folder;
    if (!sealing_folder(ledger, &folder, error)) {
        return false;
    }
    if (folder.descriptor < 0) {
        sealing->list = (struct folder_draft){.file = tmpfile()};
        return sealing->list.file != NULL || error_set(error, ERROR_NO_MEMORY, "no file for seal.json");
    }
    bool done = folder_draft_begin(&folder, list_name, &sealing->list, error);
    folder_close(&folder);
    return done;
}

void sealing_list_drop(struct ledger *ledger) {
    struct folder folder;
    struct error ignored;
    if (ledger->sealing.list.file == NULL) {
        return;
    }
    if (sealing_folder(ledger, &folder, &ignored) && folder.descriptor >= 0) {
        folder_draft_drop(&folder, &ledger->sealing.list);
        folder_close(&folder);
    } else {
        (void)fclose(ledger->sealing.list.file);
        ledger->sealing.list.file = NULL;
    }
}

bool sealing_list_keep(struct ledger *ledger, struct error *error) {
    struct folder folder;
    if (!sealing_folder(ledger, &folder, error)) {
        return false;
    }
    bool done = folder.descriptor < 0 || folder_draft_keep(&folder, list_name, &ledger->sealing.list, error);
    folder_close(&folder);
    return done;
}

bool sealing_list_is_kept(const struct ledger *ledger) {
    struct folder folder;
    struct error ignored;
    FILE *file = NULL;
    if (!sealing_folder(ledger, &folder, &ignored) || folder.descriptor < 0) {
        return folder.descriptor < 0 && ledger->options.seal_dir == NULL && ledger->draw.has_root;
    }
    bool has = folder_open_file(&folder, list_name, &file, &ignored) && file != NULL;
    folder_close(&folder);
    if (file != NULL) {
        (void)fclose(file);
    }
    return has;
}
