// What an agency is asked: quiniela.h has the words.
#include "lib/agency.h"

#include "agency/codes.h"
#include "base/clock.h"

#include <limits.h>

// What it waits for ---------------------------------------------------------------------------------------

int quiniela_agency_fd(const struct quiniela_agency *agency) {
    return agency->contact == NULL ? -1 : contact_descriptor(agency->contact);
}

uint64_t quiniela_agency_fd_version(const struct quiniela_agency *agency) {
    return agency->sockets + (agency->contact == NULL ? 0 : contact_sockets(agency->contact));
}

int quiniela_agency_wants(const struct quiniela_agency *agency) {
    if (agency->contact == NULL) {
        return 0;
    }
    return (contact_wants_read(agency->contact) ? QUINIELA_READ : 0) |
           (contact_wants_write(agency->contact) ? QUINIELA_WRITE : 0);
}

int64_t quiniela_agency_deadline_ms(const struct quiniela_agency *agency) {
    if (agency->state == QUINIELA_ENDED || agency->is_checking || agency->is_to_stop ||
        (agency->contact != NULL && contact_is_ready(agency->contact))) {
        return 0;
    }
    int64_t until_ms = agency->contact == NULL ? -1 : contact_deadline_ms(agency->contact);
    bool is_first = until_ms >= 0 && (agency->wait_until_ms < 0 || until_ms < agency->wait_until_ms);
    return is_first ? until_ms : agency->wait_until_ms;
}

int quiniela_agency_timeout_ms(const struct quiniela_agency *agency) {
    int64_t deadline_ms = quiniela_agency_deadline_ms(agency), now_ms = (int64_t)clock_steady_ms();
    if (deadline_ms < 0) {
        return -1;
    }
    int64_t left_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

// How it fares ----------------------------------------------------------------------------------------------

enum quiniela_state quiniela_agency_state(const struct quiniela_agency *agency) {
    return agency->state;
}

enum quiniela_code quiniela_agency_code(const struct quiniela_agency *agency) {
    return agency->code;
}

const char *quiniela_agency_error(const struct quiniela_agency *agency) {
    return agency->code == QUINIELA_OK ? "" : agency->error.text;
}

int quiniela_agency_may_retry(const struct quiniela_agency *agency) {
    return code_may_retry(agency->code);
}

uint64_t quiniela_agency_stored(const struct quiniela_agency *agency) {
    return agency->stored;
}

uint64_t quiniela_agency_total(const struct quiniela_agency *agency) {
    const struct dialogue_options *options = &agency->setup.dialogue;
    return options->single != NULL ? 1 : options->reader == NULL ? 0 : reader_total(options->reader);
}

uint64_t quiniela_agency_bad_lines(const struct quiniela_agency *agency) {
    return agency->findings.is_other ? 0 : agency->findings.bad;
}

// The winners ---------------------------------------------------------------------------------------------

int quiniela_agency_has_winners(const struct quiniela_agency *agency) {
    return agency->has_winners;
}

uint64_t quiniela_agency_winner_count(const struct quiniela_agency *agency) {
    return agency->winner_count;
}

const char *quiniela_agency_winners(const struct quiniela_agency *agency, size_t *bytes) {
    if (bytes != NULL) {
        *bytes = agency->winners_bytes;
    }
    return agency->winners == NULL ? "" : agency->winners;
}
