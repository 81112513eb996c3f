#include "ledger/sealing.h"

#include "base/clock.h"
#include "base/log.h"
#include "bet/errors.h"
#include "ledger/fork.h"
#include "ledger/notes.h"
#include "ledger/notice.h"
#include "ledger/order.h"
#include "ledger/sealed_terms.h"
#include "ledger/sealing_list.h"
#include "ledger/sealing_show.h"
#include "ledger/sealing_store.h"
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
    bool waits_for_task = sealing->task != NULL && sealing->other == NULL;
    return has_work(ledger) &&
           (waits_for_task ? sealing_task_is_done(sealing->task) : clock_steady_ms() >= sealing->again_ms);
}

bool sealing_is_ahead(const struct ledger *ledger) {
    return has_work(ledger) && ledger->sealing.task == NULL;
}

static void show_failure(const struct ledger *ledger, const struct error *failure) {
    if (ledger->options.notice != NULL) {
        notice_put_failure(ledger->options.notice, failure);
    }
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
    show_failure(ledger, error);
    sealing->again_ms = clock_steady_ms() + (wait_ms < AGAIN_MS_MAX ? wait_ms : AGAIN_MS_MAX);
}

// A computation that has begun may fail as the one before.
static void end_failures_unless_computing(struct ledger *ledger) {
    if (ledger->sealing.task == NULL) {
        show_failure(ledger, NULL);
        ledger->sealing.failures = 0;
        ledger->sealing.again_ms = 0;
    }
}

// Computing -------------------------------------------------------------------------------------------------

static bool start_task(struct ledger *ledger, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    struct sealing_task_options options = {.open_reader = ledger->options.open_reader,
                                           .context = ledger->options.context,
                                           .wake = sealing->wake,
                                           .wake_context = sealing->wake_context};
    if (!sealing_list_begin(ledger, error)) {
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
        sealing_list_drop(ledger);
    }
    return sealing->task != NULL;
}

// What was computed, and what is stored ---------------------------------------------------------------------

// The root is stored, by this server or another one: it must be the one that was computed here.
static bool check_stored(const struct ledger *ledger, const struct hash *root, struct error *error) {
    return memcmp(ledger->draw.root, root->bytes, HASH_BYTES) == 0 ||
           error_set(error, ERROR_BETS_CHANGED,
                     "the bets of draw \"%s\" are not those that its seal is of: it was changed since",
                     ledger->draw_name);
}

// What is there already stays. Beside a seal that is known to be another one there is its list: that is no
// news.
static bool keep_list(struct ledger *ledger, struct error *error) {
    bool done = sealing_list_keep(ledger, error), is_other = !done && error->code == ERROR_KEPT_OTHER;
    ledger->sealing.has_list = done || is_other;
    return done || (is_other && ledger->draw.forked_at[0] != '\0');
}

// What the task has computed. *is_of_store: the error is of the ledger's own store.
static bool take_root(struct ledger *ledger, const struct hash *root, bool *is_of_store,
                      struct error *error) {
    *is_of_store = false;
    if (!ledger->draw.has_root && !sealing_store(ledger, root, is_of_store, error)) {
        return false;
    }
    return !ledger->draw.has_root || // another seal was found
           (check_stored(ledger, root, error) && keep_list(ledger, error));
}

static bool end_task(struct ledger *ledger, bool *is_of_store, struct error *error) {
    struct checkpoint seal;
    *is_of_store = false;
    bool done = sealing_task_end(&ledger->sealing.task, &seal, error) &&
                take_root(ledger, &seal.root, is_of_store, error);
    sealing_list_drop(ledger);
    if (!done && error->code == ERROR_BETS_CHANGED && ledger->draw.has_root) {
        ledger->sealing.has_list = true; // it cannot be made any more
    }
    return done;
}

// All of it -------------------------------------------------------------------------------------------------

// Seal or result may be stored, and could not be read since.
static bool show_all(struct ledger *ledger, bool *is_of_store, struct error *error) {
    const struct sealing *sealing = &ledger->sealing;
    bool lacks_result =
        ledger->draw.state == DRAW_DRAWN && draw_papers_find(&sealing->papers, PAPER_RESULT, 0) == NULL;
    if ((ledger->draw.has_root && sealing->note == NULL) || lacks_result) {
        *is_of_store = true;
        if (!sealing_read(ledger, error)) {
            return false;
        }
        *is_of_store = false;
    }
    return sealing_show(ledger, error);
}

// Another seal is recorded first, whatever else fails or has yet to end: until then other servers may draw.
static bool go_on(struct ledger *ledger, bool *is_of_store, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    *is_of_store = false;
    if (!fork_record_found(ledger, error)) { // which has dealt with the store itself
        return false;
    }
    if (sealing->task != NULL && !sealing_task_is_done(sealing->task)) {
        return true;
    }
    bool done = sealing->task == NULL || end_task(ledger, is_of_store, error);
    if (sealing->other != NULL) {
        *is_of_store = false;
        return fork_record_found(ledger, error);
    }
    if (!done) {
        return false;
    }
    if (sealing_is_behind(ledger) && !show_all(ledger, is_of_store, error)) {
        return sealing->other != NULL && fork_record_found(ledger, error);
    }
    sealing_tell(ledger);
    sealing->has_list = sealing->has_list || (ledger->draw.has_root && sealing_list_is_kept(ledger));
    return !wants_task(ledger) || start_task(ledger, error);
}

bool sealing_go_on(struct ledger *ledger, struct error *error) {
    bool is_of_store;
    if (go_on(ledger, &is_of_store, error)) {
        end_failures_unless_computing(ledger);
        sealing_tell(ledger);
        return true;
    }
    if (is_of_store) {
        return false;
    }
    if (error->code != ERROR_SEAL_STOPPED) {
        fail(ledger, error);
    }
    return true;
}

void sealing_record_other(struct ledger *ledger) {
    struct error error;
    if (ledger->sealing.other != NULL && sealing_is_due(ledger) && !fork_record_found(ledger, &error)) {
        fail(ledger, &error);
    }
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
    sealing_list_drop(ledger);
}

void sealing_free(struct ledger *ledger) {
    sealing_stop(ledger);
    draw_papers_free(&ledger->sealing.papers);
    free(ledger->sealing.other);
    early_seals_free(&ledger->sealing.early);
}
