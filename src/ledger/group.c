// The stages of a group, in the order in which they happen:
//
//   reach        opens the store again and reads it back, unless it is open (access.h);
//                closes the draw if its cut-off has come (cutoff.h);
//                tests whether it works, if a request asks (trial.h)
//   know         the agencies' rows: reads those that are not known, and locks all for some time after
//                another server has changed one (known.h)
//   decide       on each request, by comparing it with the stored bets (decide.h), …
//   stage        … and puts the result into the store's open group (stage.h)
//   commit       everything staged, in one commit with one sync (open_group.h)
//   receipt      for each of the chunks that asks for one, if the draw is signed (receipts.h)
//   note         the changes that people may need to prove later (notes.h)
//   acknowledge  every request: logs and answers it (acknowledge.h)
//
// When a stage up to the commit fails, nobody has been answered yet:
//
//   ERROR_STORE_STALE    another server was quicker:
//                        what the group was decided on is read again, and it starts over
//   ERROR_STORE_AWAY     nobody knows whether the group was stored:
//                        the store is opened again, and the group starts over
//   ERROR_STORE_REFUSED  the store does not accept something in the group:
//                        the group is halved until that is found
//   any other            the store is given up:
//                        every answer that depends on it becomes ERROR_STORE_FAILED, or ERROR_DRAW_ERASED
#include "ledger/group.h"

#include "base/container.h"
#include "base/log.h"
#include "bet/errors.h"
#include "ledger/access.h"
#include "ledger/acknowledge.h"
#include "ledger/cutoff.h"
#include "ledger/decide.h"
#include "ledger/fork.h"
#include "ledger/in_hand.h"
#include "ledger/known.h"
#include "ledger/limits.h"
#include "ledger/load.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/receipts.h"
#include "ledger/row_cache.h"
#include "ledger/sender.h"
#include "ledger/stage.h"
#include "ledger/state.h"
#include "ledger/trial.h"

enum {
    GROUP_ATTEMPTS_MAX = 5, // to store a group while other servers are quicker or the store is away
};

// The stages ----------------------------------------------------------------------------------------------

// When the cut-off has come, nothing more is taken, not even if the draw cannot be closed now. In a shared
// store the commit notices (store_hold_draw).
static bool reach(struct ledger *ledger, const struct queue_node *requests, struct error *error) {
    return access_ensure(ledger, error) && (ledger->is_shared || cutoff_keep(ledger, error)) &&
           (!ledger->failing || !trial_is_asked(requests) || trial_make(ledger, error));
}

static bool decide_and_stage(struct ledger *ledger, struct queue_node *requests, struct error *error) {
    struct decision decision;
    for (struct queue_node *node = requests; node != NULL; node = node->next) {
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        if (!decide(ledger, request, &decision, error) || !stage(ledger, request, &decision, error)) {
            return false;
        }
    }
    return true;
}

static bool commit(struct ledger *ledger, struct error *error) {
    if (!open_group_is_due(ledger)) {
        return true; // nothing to store: only resends and refusals
    }
    if (!open_group_commit(ledger, error)) {
        return false;
    }
    trial_passed(ledger);
    return true;
}

static bool store_once(struct ledger *ledger, struct queue_node *requests, struct error *error) {
    senders_begin(requests);
    if (!reach(ledger, requests, error) || !known_read(ledger, requests, error) ||
        !decide_and_stage(ledger, requests, error) || !commit(ledger, error)) {
        return false;
    }
    receipts_give(ledger, requests);
    return true;
}

// Tells of the group's changes that people may need to prove later.
static void note(struct ledger *ledger, const struct queue_node *requests) {
    for (; requests != NULL; requests = requests->next) {
        const struct ledger_request *request = CONTAINER_OF(requests, struct ledger_request, node);
        // What an unknown attempt stored has been counted since, as it was found.
        ledger->counted.bets += request->answer.error.code == ERROR_NONE ? request->own.attempt.bets : 0;
        if (request->answer.finished && request->answer.error.code == ERROR_NONE) {
            notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_FINISHED,
                                                     .agency = request->input.agency,
                                                     .ending = AGENCY_FINISHED,
                                                     .bets = (uint64_t)request->answer.next});
        }
    }
    notes_tell_seal(ledger);
}

// When a stage fails --------------------------------------------------------------------------------------

static void take_back(struct queue_node *requests, bool is_known) {
    for (struct queue_node *node = requests; node != NULL; node = node->next) {
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        if (!request->own.is_final) {
            stage_take_back(request, is_known);
        }
    }
}

// Turns every answer of the group that depends on the store into "not stored".
static void fail(struct queue_node *requests, const struct error *error) {
    const struct error_code *code =
        error->code == ERROR_DRAW_ERASED ? ERROR_DRAW_ERASED : ERROR_STORE_FAILED; // it may pass
    for (struct queue_node *node = requests; node != NULL; node = node->next) {
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        if (!ledger_request_only_passes(request->input.type) && !request->own.is_final) {
            error_set(&request->answer.error, code, "%s", error->text);
            request->answer.next = -1;
        }
    }
}

// After a stage has failed: makes the group ready to start over. False, with `error` set, when it cannot.
static bool begin_anew(struct ledger *ledger, struct queue_node *requests, struct error *error) {
    bool is_away = error->code == ERROR_STORE_AWAY, is_stale = error->code == ERROR_STORE_STALE;
    log_event(LOG_LEVEL_DEBUG, "store", LOG_IN_PROGRESS, "reason: %s", error->text);
    if (is_away || !load_after_conflict(ledger, error)) {
        if (!is_away && error->code != ERROR_STORE_AWAY) {
            return false;
        }
        access_lose(ledger);
    }
    take_back(requests, !is_away);
    known_doubt(ledger, requests);
    if (is_stale) {
        known_be_careful(ledger);
    }
    return !is_stale || ledger->store == NULL || cutoff_keep(ledger, error); // the cut-off may be the reason
}

static bool may_begin_anew(const struct ledger *ledger, const struct error *error) {
    return ledger->store != NULL && (error->code == ERROR_STORE_AWAY || error->code == ERROR_STORE_STALE ||
                                     error->code == ERROR_STORE_REFUSED);
}

static void store_halves(struct ledger *ledger, struct queue_node *requests, const struct error *refusal);

// Stores the group, in as many attempts as it takes. False when its answers do not stand.
static bool store_group(struct ledger *ledger, struct queue_node *requests, struct error *error) {
    for (int attempt = 1; !store_once(ledger, requests, error); attempt++) {
        struct error reason = *error;
        row_cache_clear(ledger->cache); // it may hold chunks of the group, which are not stored
        if (attempt == GROUP_ATTEMPTS_MAX || !may_begin_anew(ledger, error) ||
            !begin_anew(ledger, requests, error)) {
            return false;
        }
        if (reason.code == ERROR_STORE_REFUSED) {
            store_halves(ledger, requests, &reason);
            return true;
        }
    }
    return true;
}

static void store_or_fail(struct ledger *ledger, struct queue_node *requests) {
    struct error error;
    if (store_group(ledger, requests, &error)) {
        senders_settle(requests);
    } else {
        fail(requests, &error);
        trial_note_failed(ledger, requests);
        access_give_up(ledger, &error);
    }
}

// The last request of the first half.
static struct queue_node *middle_of(struct queue_node *requests) {
    struct queue_node *middle = requests;
    for (const struct queue_node *end = requests->next; end != NULL && end->next != NULL;
         end = end->next->next) {
        middle = middle->next;
    }
    return middle;
}

// The store refuses something in the group. Halving the group finds the request that caused it, which is
// then refused alone; the others are stored.
static void store_halves(struct ledger *ledger, struct queue_node *requests, const struct error *refusal) {
    if (requests->next == NULL) {
        struct ledger_request *request = CONTAINER_OF(requests, struct ledger_request, node);
        error_set(&request->answer.error, ERROR_BAD_MESSAGE, "the store does not take it: %.180s",
                  refusal->text);
        request->answer.error.field = "payload";
        request->own.is_final = true;
        return;
    }
    struct queue_node *middle = middle_of(requests), *rest = middle->next;
    middle->next = NULL;
    store_or_fail(ledger, requests);
    store_or_fail(ledger, rest);
    middle->next = rest;
}

// All of it -----------------------------------------------------------------------------------------------

static bool needs_store(const struct ledger *ledger, const struct queue_node *requests) {
    for (; requests != NULL; requests = requests->next) {
        const struct ledger_request *request = CONTAINER_OF(requests, struct ledger_request, node);
        bool is_asked =
            !ledger_request_only_passes(request->input.type) || request->input.agency > ledger->draw.agencies;
        if (is_asked && request->answer.error.code == ERROR_NONE) {
            return true;
        }
    }
    return false;
}

// Requests already refused before they came here stay refused, whatever happens to the group.
static void keep_refused(struct queue_node *requests) {
    for (struct queue_node *node = requests; node != NULL; node = node->next) {
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        request->own.is_final = request->answer.error.code != ERROR_NONE;
    }
}

// Of a shared store a row may be older than what another server has stored since. It is believed once.
static void note_resets(struct ledger *ledger, struct queue_node *requests) {
    for (; requests != NULL; requests = requests->next) {
        struct ledger_request *request = CONTAINER_OF(requests, struct ledger_request, node);
        uint32_t number = request->input.agency;
        if (ledger_request_only_passes(request->input.type) && request->answer.error.code == ERROR_NONE &&
            state_has_place(ledger, number)) {
            const struct agency *agency = &ledger->agencies[number];
            request->answer.was_reset = agency->row.voidings > 0 && !agency_has_finished(agency) &&
                                        (!ledger->is_shared || agency->is_known);
            if (request->answer.was_reset) {
                state_doubt_agency(ledger, number);
            }
        }
    }
}

// A seal that an agency shows is stored, too, when it is another one.
static void take_shown_seals(struct ledger *ledger, struct queue_node *requests) {
    for (; requests != NULL; requests = requests->next) {
        struct ledger_request *request = CONTAINER_OF(requests, struct ledger_request, node);
        struct slice note = {request->input.shown, request->input.shown_length};
        if (request->input.type == LEDGER_SHOWN_SEAL && request->answer.error.code == ERROR_NONE) {
            fork_take_shown(ledger, note, &request->answer.error);
        }
    }
}

void group_process(struct ledger *ledger, struct queue_node *requests) {
    in_hand_begin(ledger);
    keep_refused(requests);
    if (needs_store(ledger, requests)) {
        store_or_fail(ledger, requests);
    }
    note(ledger, requests);
    note_resets(ledger, requests);
    take_shown_seals(ledger, requests);
    acknowledge(requests);
    notes_tell_if_all_told(ledger);
}
