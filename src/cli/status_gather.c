#include "cli/status_gather.h"

#include "bet/errors.h"
#include "cli/status_ask.h"
#include "cli/status_away.h"
#include "store/address.h"

#include <stdio.h>
#include <time.h>

static void look_around(const struct control_call_options *options, struct status *status) {
    const char *address = options->store.address;
    char file[PATH_MAX];
    struct error ignored;
    status_ask(options, &status->missing, &status->live);
    status->is_in_file = store_file(address, file, &ignored) && file[0] != '\0';
    status->has_backup = backup_note_read(address, &status->backup);
    status->now = time(NULL);
}

static bool read_store(const struct store_options *options, struct status *status, struct error *error) {
    if (!store_options_open_draw(options, &status->store, &status->draw, error)) {
        return false;
    }
    if ((status->draw.rules > 0 && !signed_status_read(status->store, &status->is_signed, error)) ||
        !status_count(status, error)) {
        store_close(&status->store);
        return false;
    }
    return true;
}

// A database that is away need not be so for the server, and that knows what it has last counted.
static bool ask_instead(const struct control_call_options *options, struct status *status,
                        const struct error *error) {
    if (error->code != ERROR_STORE_AWAY || !status_away_read(options, status)) {
        return false;
    }
    snprintf(status->no_store, sizeof status->no_store, "%s", error->text);
    return true;
}

bool status_gather(const struct control_call_options *options, struct status *status, struct error *error) {
    if (!read_store(&options->store, status, error) && !ask_instead(options, status, error)) {
        return false;
    }
    look_around(options, status);
    return true;
}

void status_gather_end(struct status *status) {
    if (status->store != NULL) {
        store_close(&status->store);
    }
    status_free(status);
}
