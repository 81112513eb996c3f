#include "ledger/sealing.h"

#include "base/clock.h"
#include "base/log.h"
#include "bet/errors.h"
#include "ledger/fork.h"
#include "ledger/load.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/order.h"
#include "ledger/sealed_terms.h"
#include "ledger/sealing_show.h"
#include "ledger/sealing_task.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "seal/errors.h"

#include <openssl/crypto.h>
#include <stdlib.h>

enum {
    AGAIN_MS = 1000, // after a failure; doubled each time
    AGAIN_MS_MAX = 60 * 1000,
    FAILURES_LOGGED = 60, // of so many in a row one more is logged: about every hour
};

static const char list_name[] = "seal.json";

// What is to be done ----------------------------------------------------------------------------------------

// Whether the bets can still be read, and nothing keeps the draw from being sealed.
static bool may_compute(const struct ledger *ledger) {
    const struct sealing *sealing = &ledger->sealing;
    return ledger->draw.has_secret && ledger->draw.forked_at[0] == '\0' && sealing->other == NULL;
}

static bool wants_task(const struct ledger *ledger) {
    return may_compute(ledger) && (!ledger->draw.has_root || !ledger->sealing.has_list);
}

static bool has_work(const struct ledger *ledger) {
    const struct sealing *sealing = &ledger->sealing;
    if (!signing_is_on(ledger) || ledger->draw.state == DRAW_OPEN || atomic_load(&sealing->stop)) {
        return false;
    }
    return sealing->other != NULL || sealing_is_behind(ledger) || wants_task(ledger);
}

bool sealing_is_due(const struct ledger *ledger) {
    const struct sealing *sealing = &ledger->sealing;
    return has_work(ledger) && (sealing->task != NULL ? sealing_task_is_done(sealing->task)
                                                      : clock_steady_ms() >= sealing->again_ms);
}

bool sealing_is_ahead(const struct ledger *ledger) {
    return has_work(ledger) && ledger->sealing.task == NULL;
}

// Logs the first of some failures in a row, and a few of the others, and has all of it tried again later.
static void fail(struct ledger *ledger, const struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    uint64_t wait_ms = (uint64_t)AGAIN_MS << (sealing->failures < 6 ? sealing->failures : 6);
    if (sealing->failures % FAILURES_LOGGED == 0 || sealing->failure.code != error->code) {
        log_event(LOG_LEVEL_ERROR, "seal", LOG_FAIL, "draw: %s | error: %s | message: %s", ledger->draw_name,
                  error_name(error->code), error->text);
    }
    sealing->failures++;
    sealing->failure = *error;
    sealing->again_ms = clock_steady_ms() + (wait_ms < AGAIN_MS_MAX ? wait_ms : AGAIN_MS_MAX);
}

// A computation that has begun may fail as the one before.
static void end_failures_unless_computing(struct ledger *ledger) {
    if (ledger->sealing.task == NULL) {
        ledger->sealing.failures = 0;
        ledger->sealing.again_ms = 0;
    }
}

// Computing -------------------------------------------------------------------------------------------------

// Where there is no folder, the list goes nowhere.
static bool begin_list(struct ledger *ledger, struct error *error) {
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

static void drop_list(struct ledger *ledger) {
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

static bool start_task(struct ledger *ledger, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    struct sealing_task_options options = {.open_reader = ledger->options.open_reader,
                                           .context = ledger->options.context,
                                           .wake = sealing->wake,
                                           .wake_context = sealing->wake_context};
    if (!begin_list(ledger, error)) {
        return false;
    }
    log_event(LOG_LEVEL_INFO, "seal", LOG_IN_PROGRESS, "draw: %s | agencies: %u", ledger->draw_name,
              (unsigned)ledger->draw.agencies);
    memcpy(options.draw, ledger->draw_name, sizeof options.draw);
    options.list = sealing->list.file;
    sealed_terms_of(ledger, &options.terms);
    sealing->task = sealing_task_start(&options, error);
    OPENSSL_cleanse(&options.terms, sizeof options.terms);
    if (sealing->task == NULL) {
        drop_list(ledger);
    }
    return sealing->task != NULL;
}

// Storing ---------------------------------------------------------------------------------------------------

static bool sign_seal(const struct ledger *ledger, const struct hash *root, char note[NOTE_BYTES_MAX],
                      size_t *length, struct error *error) {
    const struct signing_key *keys[] = {ledger->options.notary->key};
    const struct checkpoint seal = {.origin = signed_draw_origin(&ledger->signed_draw),
                                    .size = (uint64_t)ledger->draw.agencies + 1,
                                    .root = *root};
    char text[CHECKPOINT_BYTES_MAX];
    struct draft draft;
    draft_begin(&draft, note, NOTE_BYTES_MAX);
    bool done = note_sign(&draft, (struct slice){text, checkpoint_write(&seal, text)}, keys, 1, error);
    *length = draft.length;
    return done;
}

// A seal in the folder that is not this one was signed before: by a server whose store is gone. Then none is
// signed now.
static bool is_first(struct ledger *ledger, const struct hash *root, bool *is_other, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    struct small_file file = {.bytes = NULL};
    struct folder folder;
    struct hash kept;
    bool found = false;
    *is_other = false;
    if (!sealing_folder(ledger, &folder, error)) {
        return false;
    }
    bool done =
        folder.descriptor < 0 || folder_read(&folder, "seal.note", NOTE_BYTES_MAX, &file, &found, error);
    folder_close(&folder);
    if (!done || !found) {
        return done;
    }
    if (!sealing_reads(ledger, small_file_text(&file), &kept)) {
        small_file_free(&file);
        return error_set(error, ERROR_KEPT_OTHER,
                         "%.150s/seal.note: is there, and is no seal of this draw: move it away",
                         folder.path);
    }
    *is_other = !hash_equal(&kept, root);
    if (*is_other) {
        sealing->other = file.bytes;
        sealing->other_length = file.size;
    } else {
        small_file_free(&file);
    }
    return true;
}

static bool store_seal(struct ledger *ledger, const struct hash *root, struct error *error) {
    char *note = malloc(NOTE_BYTES_MAX);
    size_t length;
    if (note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the seal");
    }
    struct stored_draw draw = ledger->draw;
    draw.has_root = true;
    memcpy(draw.root, root->bytes, sizeof draw.root);
    bool done = sign_seal(ledger, root, note, &length, error) && store_begin(ledger->store, error) &&
                store_put_draw(ledger->store, &draw, error) &&
                paper_store(ledger->store, PAPER_SEAL, 0, (struct slice){note, length}, error) &&
                store_commit(ledger->store, error);
    free(note);
    return state_end_draw_copy(ledger, &draw, done);
}

// When another server was quicker, its seal is read.
static bool store_or_find_seal(struct ledger *ledger, const struct hash *root, struct error *error) {
    if (store_seal(ledger, root, error)) {
        return sealing_load(ledger, error);
    }
    return error->code == ERROR_STORE_STALE && load_all(ledger, error) &&
           (ledger->draw.has_root ||
            error_set(error, ERROR_STORE_STALE, "another server has changed the draw"));
}

// What was computed, and what is stored ---------------------------------------------------------------------

static bool keep_list(struct ledger *ledger, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    struct folder folder;
    struct error reason;
    if (!sealing_folder(ledger, &folder, error)) {
        return false;
    }
    bool done = folder.descriptor < 0 || folder_draft_keep(&folder, list_name, &sealing->list, &reason);
    folder_close(&folder);
    if (!done) {
        *error = reason;
    }
    sealing->has_list = done || reason.code == ERROR_KEPT_OTHER; // what is there stays
    return done;
}

// The root is stored, by this server or another one: it must be the one that was computed here.
static bool check_stored(const struct ledger *ledger, const struct hash *root, struct error *error) {
    return memcmp(ledger->draw.root, root->bytes, HASH_BYTES) == 0 ||
           error_set(error, ERROR_BETS_CHANGED,
                     "the bets of draw \"%s\" are not those that its seal is of: it was changed since",
                     ledger->draw_name);
}

// What the task has computed. *is_stores: the error is of the ledger's own store.
static bool take_root(struct ledger *ledger, const struct hash *root, bool *is_stores, struct error *error) {
    bool is_other = false;
    *is_stores = false;
    if (!ledger->draw.has_root) {
        if (!is_first(ledger, root, &is_other, error)) {
            return false;
        }
        if (is_other) {
            return true;
        }
        *is_stores = true;
        if (!store_or_find_seal(ledger, root, error)) {
            return false;
        }
        *is_stores = false;
    }
    return check_stored(ledger, root, error) && keep_list(ledger, error);
}

static bool end_task(struct ledger *ledger, bool *is_stores, struct error *error) {
    struct checkpoint seal;
    *is_stores = false;
    bool done = sealing_task_end(&ledger->sealing.task, &seal, error) &&
                take_root(ledger, &seal.root, is_stores, error);
    drop_list(ledger);
    if (!done && error->code == ERROR_BETS_CHANGED && ledger->draw.has_root) {
        ledger->sealing.has_list = true; // it cannot be made any more
    }
    return done;
}

static bool has_kept_list(const struct ledger *ledger) {
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

// All of it -------------------------------------------------------------------------------------------------

static bool record_other(struct ledger *ledger, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    char *other = sealing->other;
    struct slice note = {other, sealing->other_length};
    sealing->other = NULL; // a load may find it again
    bool done = fork_record(ledger, note, error);
    if (!done && sealing->other == NULL) {
        sealing->other = other; // for the next attempt
    } else {
        free(other);
    }
    return done;
}

// Seal or result may be stored, and could not be read since.
static bool show_all(struct ledger *ledger, bool *is_stores, struct error *error) {
    const struct sealing *sealing = &ledger->sealing;
    bool lacks_result =
        ledger->draw.state == DRAW_DRAWN && draw_papers_find(&sealing->papers, PAPER_RESULT, 0) == NULL;
    if ((ledger->draw.has_root && sealing->note == NULL) || lacks_result) {
        *is_stores = true;
        if (!sealing_read(ledger, error)) {
            return false;
        }
        *is_stores = false;
    }
    return sealing_show(ledger, error);
}

static bool go_on(struct ledger *ledger, bool *is_stores, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    *is_stores = false;
    if (sealing->task != NULL && !end_task(ledger, is_stores, error)) {
        return false;
    }
    if (sealing->other != NULL) {
        return record_other(ledger, error); // which has dealt with the store itself
    }
    if (sealing_is_behind(ledger) && !show_all(ledger, is_stores, error)) {
        return sealing->other != NULL && record_other(ledger, error);
    }
    sealing_tell(ledger);
    sealing->has_list = sealing->has_list || (ledger->draw.has_root && has_kept_list(ledger));
    return !wants_task(ledger) || start_task(ledger, error);
}

bool sealing_go_on(struct ledger *ledger, struct error *error) {
    bool is_stores;
    if (go_on(ledger, &is_stores, error)) {
        end_failures_unless_computing(ledger);
        sealing_tell(ledger);
        return true;
    }
    if (is_stores) {
        return false;
    }
    if (error->code != ERROR_SEAL_STOPPED) {
        fail(ledger, error);
    }
    return true;
}

bool sealing_lets_draw(const struct ledger *ledger, struct error *error) {
    if (!signing_is_on(ledger)) {
        return true;
    }
    if (fork_is_known(ledger, error)) {
        return false;
    }
    const struct sealing *sealing = &ledger->sealing;
    return sealing->is_shown ||
           error_set(error, ERROR_NOT_SEALED, "the seal of draw \"%s\" is %s%.200s", ledger->draw_name,
                     sealing->failures > 0 ? "not there: " : "still being computed: order this again soon",
                     sealing->failures > 0 ? sealing->failure.text : "");
}

void sealing_tell(struct ledger *ledger) {
    if (sealing_is_shown(ledger) && !ledger->sealing.is_told) {
        ledger->sealing.is_told = true;
        log_event(LOG_LEVEL_INFO, "seal", LOG_SUCCESS, "draw: %s | agencies: %u", ledger->draw_name,
                  (unsigned)ledger->draw.agencies);
        notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_ROOT, .root = ledger->draw.root});
    }
}

void sealing_on_end(struct ledger *ledger, void (*wake)(void *context), void *context) {
    ledger->sealing.wake = wake;
    ledger->sealing.wake_context = context;
}

void sealing_interrupt(struct ledger *ledger) {
    atomic_store(&ledger->sealing.stop, true);
}

void sealing_stop(struct ledger *ledger) {
    struct checkpoint ignored;
    struct error reason;
    sealing_interrupt(ledger);
    if (ledger->sealing.task != NULL) {
        sealing_task_stop(ledger->sealing.task);
        (void)!sealing_task_end(&ledger->sealing.task, &ignored, &reason);
    }
    drop_list(ledger);
}

void sealing_free(struct ledger *ledger) {
    sealing_stop(ledger);
    draw_papers_free(&ledger->sealing.papers);
    free(ledger->sealing.other);
}
