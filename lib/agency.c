#include "lib/agency.h"

#include "agency/codes.h"
#include "agency/promises.h"
#include "base/clock.h"
#include "lib/entry.h"

#include <stdio.h>
#include <string.h>

const struct error_code ERROR_NOT_KEPT[1] = {{"not_kept", false}};

// What the dialogue is told -------------------------------------------------------------------------------

static void on_up(void *context) {
    struct quiniela_agency *agency = context;
    dialogue_up(agency->dialogue);
}

static size_t on_received(void *context, const uint8_t *bytes, size_t length) {
    struct quiniela_agency *agency = context;
    return dialogue_received(agency->dialogue, bytes, length);
}

static void on_down(void *context, const char *reason) {
    struct quiniela_agency *agency = context;
    dialogue_down(agency->dialogue, reason);
}

static void on_refused(void *context, const char *reason) {
    struct quiniela_agency *agency = context;
    dialogue_refused(agency->dialogue, reason);
}

static void on_distrusted(void *context, const char *reason) {
    struct quiniela_agency *agency = context;
    dialogue_distrusted(agency->dialogue, reason, clock_steady_ms());
}

// What it asks for ----------------------------------------------------------------------------------------

static bool connect_to(void *context, const struct address *address) {
    static const struct contact_events events = {.up = on_up,
                                                 .received = on_received,
                                                 .down = on_down,
                                                 .refused = on_refused,
                                                 .distrusted = on_distrusted};
    struct quiniela_agency *agency = context;
    agency->wait_until_ms = -1;
    agency->contact = contact_open(address, agency->setup.tls, &agency->lookup, &events, agency);
    return agency->contact != NULL;
}

static void send_bytes(void *context, uint8_t *bytes, size_t length) {
    struct quiniela_agency *agency = context;
    contact_send(agency->contact, bytes, length);
}

static void disconnect(void *context) {
    struct quiniela_agency *agency = context;
    agency->sockets += contact_sockets(agency->contact);
    contact_close(&agency->contact);
}

static void wait_for(void *context, uint32_t wait_ms) {
    struct quiniela_agency *agency = context;
    agency->wait_until_ms = (int64_t)(clock_steady_ms() + wait_ms);
}

static void end(void *context) {
    struct quiniela_agency *agency = context;
    agency->state = QUINIELA_ENDED;
    agency->wait_until_ms = -1;
}

static const struct dialogue_actions actions = {
    .connect = connect_to,
    .send = send_bytes,
    .disconnect = disconnect,
    .wait = wait_for,
    .ended = end,
};

// Names ---------------------------------------------------------------------------------------------------

static bool start_lookup(void *context, const char *host, const char *port) {
    struct quiniela_agency *agency = context;
    const struct quiniela_resolver *resolver = &agency->setup.resolver;
    return resolver->start(resolver->context, agency, host, port) == 0;
}

static void cancel_lookup(void *context) {
    struct quiniela_agency *agency = context;
    const struct quiniela_resolver *resolver = &agency->setup.resolver;
    if (resolver->cancel != NULL) {
        resolver->cancel(resolver->context, agency);
    }
}

void quiniela_agency_resolved(struct quiniela_agency *agency, int failure, const struct addrinfo *found) {
    if (agency->contact != NULL) {
        contact_resolved(agency->contact, failure, found);
    }
}

// Events --------------------------------------------------------------------------------------------------

// The last thing before an agency ends. Without memory for them it has not got them: take_outcome says so.
static void remember_winners(struct quiniela_agency *agency, const struct quiniela_event *event) {
    agency->has_winners = true;
    agency->winner_count = event->winners;
    if (agency->setup.forgets_winners) {
        return;
    }
    memory_free(agency->winners);
    agency->winners = memory_allocate(event->documents_bytes + 1);
    agency->winners_bytes = agency->winners == NULL ? 0 : event->documents_bytes;
    if (agency->winners != NULL) {
        memcpy(agency->winners, event->documents, event->documents_bytes);
        agency->winners[event->documents_bytes] = '\0';
    }
}

// The caller's own functions take memory from wherever they like.
static void on_event(void *context, const struct quiniela_event *event) {
    struct quiniela_agency *agency = context;
    const struct listener *listener = &agency->setup.listener;
    struct quiniela_event told = *event;
    told.bytes = sizeof told;
    told.source = agency;
    told.agency = agency->setup.dialogue.agency;
    if (event->kind == QUINIELA_EVENT_ACKNOWLEDGED || event->kind == QUINIELA_EVENT_ALL_STORED ||
        event->kind == QUINIELA_EVENT_PROGRESS || event->kind == QUINIELA_EVENT_NOT_SENT ||
        event->kind == QUINIELA_EVENT_DRAW_CLOSED) {
        agency->stored = event->stored;
    } else if (event->kind == QUINIELA_EVENT_RESYNC || event->kind == QUINIELA_EVENT_ASKED_AGAIN) {
        agency->stored = event->next; // fewer than it had said
    } else if (event->kind == QUINIELA_EVENT_WINNERS) {
        remember_winners(agency, event);
    }
    if (listener->event != NULL) {
        listener->event(listener->context, &told);
    }
}

static bool keep_winners(void *context, const char *documents, size_t length, struct error *error) {
    struct quiniela_agency *agency = context;
    char reason[ERROR_TEXT_BYTES] = "the winners could not be kept";
    return agency->setup.keep(agency->setup.keep_context, documents, length, reason, sizeof reason) == 0 ||
           error_set(error, ERROR_NOT_KEPT, "%s", reason);
}

static struct entry enter(struct quiniela_agency *agency, struct listener *listener) {
    *listener = (struct listener){on_event, agency};
    return entry_begin(&agency->setup.memory, listener);
}

// Its steps -----------------------------------------------------------------------------------------------

static void fail(struct quiniela_agency *agency, const struct error *error) {
    agency->error = *error;
    enum quiniela_code code = code_of(error->code);
    agency->code = code == QUINIELA_OK ? QUINIELA_UNKNOWN : code; // a failure is one, whatever it is called
    end(agency);
}

// The file, before anything of it is sent.
static void check_some(struct quiniela_agency *agency) {
    struct dialogue_options *options = &agency->setup.dialogue;
    enum file_step step = FILE_STEP_GOOD;
    if (options->reader != NULL && (agency->setup.only_checks || reader_can_check(options->reader))) {
        step = file_step(options->reader, options->agency, &agency->findings, &agency->error);
    }
    if (step == FILE_STEP_BAD) {
        struct error error = agency->error;
        fail(agency, &error);
    } else if (step == FILE_STEP_GOOD) {
        agency->is_checking = false;
        if (agency->setup.only_checks) {
            end(agency);
        } else {
            dialogue_start(agency->dialogue);
        }
    }
}

static bool is_due(const struct quiniela_agency *agency) {
    return agency->wait_until_ms >= 0 && (int64_t)clock_steady_ms() >= agency->wait_until_ms;
}

static void go_on(struct quiniela_agency *agency) {
    if (agency->contact != NULL) {
        contact_step(agency->contact);
    }
    if (agency->state == QUINIELA_RUNNING && is_due(agency)) {
        agency->wait_until_ms = -1;
        dialogue_waited(agency->dialogue);
    }
}

// What the dialogue says once it has ended.
static void take_outcome(struct quiniela_agency *agency) {
    struct error error;
    if (agency->code == QUINIELA_OK && dialogue_failed(agency->dialogue, &error)) {
        fail(agency, &error);
    } else if (agency->code == QUINIELA_OK && agency->has_winners && agency->winners == NULL &&
               !agency->setup.forgets_winners) {
        agency->has_winners = false;
        error_set(&error, ERROR_NO_MEMORY, "no memory for the winners");
        fail(agency, &error);
    }
}

static void stop_now(struct quiniela_agency *agency) {
    if (agency->is_checking && !agency->setup.only_checks) { // it says what is not sent, as at any other time
        dialogue_start(agency->dialogue);
    }
    agency->is_checking = false;
    if (agency->state == QUINIELA_RUNNING && !agency->setup.only_checks) {
        dialogue_stop(agency->dialogue);
    }
    take_outcome(agency);
    if (agency->code == QUINIELA_OK) {
        agency->code = QUINIELA_STOPPED;
        snprintf(agency->error.text, sizeof agency->error.text, "it was stopped before its end");
    }
    end(agency);
}

enum quiniela_state quiniela_agency_step(struct quiniela_agency *agency) {
    if (agency->state == QUINIELA_ENDED || agency->is_inside) {
        return agency->state;
    }
    struct listener listener;
    struct entry entry = enter(agency, &listener);
    agency->is_inside = true;
    if (agency->is_checking) {
        check_some(agency);
    } else {
        go_on(agency);
    }
    if (agency->state == QUINIELA_ENDED) {
        take_outcome(agency);
    } else if (agency->is_to_stop) {
        stop_now(agency);
    }
    agency->is_inside = false; // not before: stopping tells more, where it may be stopped again
    entry_end(&entry);
    return agency->state;
}

void quiniela_agency_stop(struct quiniela_agency *agency) {
    if (agency->state == QUINIELA_ENDED) {
        return;
    }
    if (agency->is_inside) {
        agency->is_to_stop = true;
        return;
    }
    struct listener listener;
    struct entry entry = enter(agency, &listener);
    agency->is_inside = true;
    stop_now(agency);
    agency->is_inside = false;
    entry_end(&entry);
}

// Making and freeing --------------------------------------------------------------------------------------

bool agency_make(const struct agency_setup *setup, struct quiniela_agency **result, struct error *error) {
    struct quiniela_agency *agency = memory_zeroed(1, sizeof *agency);
    *result = agency;
    if (agency == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for an agency");
    }
    agency->setup = *setup;
    agency->is_checking = true;
    agency->wait_until_ms = -1;
    error_clear(&agency->error);
    agency->lookup = (struct name_lookup){.cancel = cancel_lookup, .context = agency};
    agency->lookup.start = setup->resolver.start == NULL ? NULL : start_lookup;
    if (setup->keep != NULL) {
        agency->setup.dialogue.keep_winners = keep_winners;
        agency->setup.dialogue.keep_context = agency;
    }
    if (!dialogue_new(&agency->setup.dialogue, &actions, agency, &agency->dialogue, error)) {
        memory_free(agency);
        *result = NULL;
        return false;
    }
    return true;
}

void quiniela_agency_free(struct quiniela_agency *agency) {
    if (agency == NULL || agency->is_inside) {
        return;
    }
    agency->is_inside = true; // whoever is told that a lookup is given up may ask, and no more
    struct memory memory = agency->setup.memory;
    struct entry entry = entry_begin(&memory, NULL);
    struct dialogue_options *options = &agency->setup.dialogue;
    if (agency->contact != NULL) {
        contact_close(&agency->contact);
    }
    dialogue_free(&agency->dialogue);
    if (options->reader != NULL) {
        reader_close(&options->reader);
    }
    chunk_free((struct chunk *)options->single);
    promises_close(&options->promises);
    tls_context_release(agency->setup.tls);
    memory_free(agency->winners);
    memory_free(agency);
    entry_end(&entry);
}
