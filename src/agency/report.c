#include "agency/report.h"

#include "agency/codes.h"
#include "agency/listener.h"
#include "agency/promises.h"
#include "bet/errors.h"
#include "wire/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void tell(const struct quiniela_event *event) {
    listener_tell(event);
}

// NULL: the bet is not from a file.
static const char *file_of(const struct dialogue_options *options) {
    return options->reader == NULL ? NULL : reader_path(options->reader);
}

// How many bets there are; 0: not known, as they come through a pipe.
static uint64_t total_of(const struct dialogue_options *options) {
    return options->reader == NULL ? 1 : reader_total(options->reader);
}

static bool is_total_known(const struct dialogue_options *options) {
    return options->reader == NULL || reader_was_checked(options->reader);
}

// The connection ------------------------------------------------------------------------------------------

void report_retry(const char *action, const struct address *address, const char *reason, uint32_t wait_ms) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_RETRY,
                                  .step = action,
                                  .address = address->text,
                                  .text = reason,
                                  .wait_ms = wait_ms});
}

void report_connected(const struct address *address, bool again) {
    tell(
        &(struct quiniela_event){.kind = QUINIELA_EVENT_CONNECTED, .address = address->text, .again = again});
}

void report_not_accepted(const struct address *address, const struct error *error) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_NOT_ACCEPTED,
                                  .address = address->text,
                                  .code = code_of(error->code),
                                  .name = error_name(error->code),
                                  .text = error->text});
}

void report_closed(void) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_CLOSED});
}

// The bets ------------------------------------------------------------------------------------------------

void report_acknowledged(const struct dialogue_options *options, uint32_t count, uint64_t end) {
    const char *file = file_of(options);
    if (file != NULL && count == 0 && end == 0 &&
        !reader_was_checked(options->reader)) { // otherwise it was warned of before
        tell(&(struct quiniela_event){
            .kind = QUINIELA_EVENT_EMPTY_SENT, .agency = options->agency, .file = file});
    }
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_ACKNOWLEDGED,
                                  .agency = options->agency,
                                  .file = file,
                                  .bets = count,
                                  .stored = end});
}

// Bets came to the port for consultations: nothing is wrong with them.
static bool is_other_port(const struct reply *reply) {
    return reply->error.code == ERROR_BAD_MESSAGE &&
           strstr(reply->error.text, "this port takes consultations") != NULL;
}

// What the technician may know, and the central cannot.
static const char *hint_for(const struct reply *reply, bool has_lines) {
    const struct error_code *code = reply->error.code;
    if (code == ERROR_AGENCY_RESET) {
        return "the operator has reset this agency: start it again, with the right file";
    }
    if (is_other_port(reply)) {
        return "are the two addresses (--server-address, --server-consult-address) exchanged? Ask the "
               "operator "
               "for the ports";
    }
    return has_lines && (code == ERROR_CONFLICT || code == ERROR_AGENCY_FINISHED)
               ? "another file was sent for this agency, or this one has changed since"
               : NULL;
}

// The reason with its place: the line of the one bad bet, or those of the chunk.
static void place_reason(const struct dialogue_options *options, const char *lines, uint64_t first,
                         const struct reply *reply, const char *hint, struct error *error) {
    char place[ERROR_TEXT_BYTES] = "";
    const char *path = lines == NULL ? NULL : reader_path(options->reader);
    if (path != NULL && reply->error.bet >= 0) {
        snprintf(place, sizeof place, "%.150s:%" PRIu64 ": ", path, first + (uint64_t)reply->error.bet);
    } else if (path != NULL) {
        snprintf(place, sizeof place, "%.150s: lines %s: ", path, lines);
    }
    error_set(error, reply->error.code, "%s%.180s%s%s", place, reply->error.text, hint == NULL ? "" : "; ",
              hint == NULL ? "" : hint);
}

void report_refused(const struct dialogue_options *options, uint32_t count, uint64_t end,
                    const struct reply *reply, struct error *error) {
    char lines[64];
    bool has_lines = options->reader != NULL && count > 0 && !is_other_port(reply);
    const char *hint = hint_for(reply, has_lines);
    snprintf(lines, sizeof lines, "%" PRIu64 " to %" PRIu64, end - count + 1, end);
    place_reason(options, has_lines ? lines : NULL, end - count + 1, reply, hint, error);
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_REFUSED,
                                  .agency = options->agency,
                                  .code = code_of(reply->error.code),
                                  .name = reply->error_name,
                                  .text = reply->error.text,
                                  .bets = count,
                                  .file = has_lines ? reader_path(options->reader) : NULL,
                                  .first_line = has_lines ? end - count + 1 : 0,
                                  .last_line = has_lines ? end : 0,
                                  .hint = hint});
}

void report_all_stored(uint64_t count) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_ALL_STORED, .stored = count});
}

// Of a central whose draw is signed no more counts as taken than it has signed receipts for. Writes to `text`
// what it claims beyond that.
static uint64_t count_taken(const struct dialogue_options *options, uint64_t stored, char text[128]) {
    uint64_t covered = options->promises == NULL ? stored : promises_covered(options->promises);
    text[0] = '\0';
    if (covered >= stored) {
        return stored;
    }
    snprintf(text, 128, "; the central says that it has %" PRIu64 ", and has signed no receipts for those",
             stored);
    return covered;
}

bool report_draw_closed(const struct dialogue_options *options, uint64_t claimed, const struct reply *reply,
                        struct error *error) {
    char claim[128];
    uint64_t stored = count_taken(options, claimed, claim);
    uint64_t total = total_of(options);
    bool is_known = is_total_known(options);
    if (is_known && stored >= total) {
        return false;
    }
    char not_taken[24], all[32];
    snprintf(not_taken, sizeof not_taken, "%" PRIu64, total - stored);
    snprintf(all, sizeof all, " of %" PRIu64, total);
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_DRAW_CLOSED,
                                  .agency = options->agency,
                                  .code = code_of(reply->error.code),
                                  .name = reply->error_name,
                                  .text = reply->error.text,
                                  .stored = stored,
                                  .total = total,
                                  .is_total_known = is_known,
                                  .file = file_of(options)});
    error_set(
        error, ERROR_DRAW_CLOSED,
        "%.150s%sthe draw was closed before the agency had finished: %s%s bets were not taken, those from "
        "number %" PRIu64 " on%s",
        options->reader == NULL ? "" : reader_path(options->reader), options->reader == NULL ? "" : ": ",
        is_known ? not_taken : "some", is_known ? all : "", stored + 1, claim);
    return true;
}

void report_not_sent(const struct dialogue_options *options, uint64_t stored) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_NOT_SENT,
                                  .agency = options->agency,
                                  .stored = stored,
                                  .total = total_of(options),
                                  .is_total_known = is_total_known(options)});
}

void report_resync(const struct dialogue_options *options, const char *reason, uint64_t next) {
    tell(&(struct quiniela_event){
        .kind = QUINIELA_EVENT_RESYNC, .agency = options->agency, .text = reason, .next = next});
}

void report_asked_again(const struct dialogue_options *options, uint64_t had, uint64_t next) {
    tell(&(struct quiniela_event){
        .kind = QUINIELA_EVENT_ASKED_AGAIN, .agency = options->agency, .stored = had, .next = next});
}

void report_not_sent_again(const struct dialogue_options *options, uint64_t had, uint64_t next) {
    tell(&(struct quiniela_event){
        .kind = QUINIELA_EVENT_NOT_SENT_AGAIN, .agency = options->agency, .stored = had, .next = next});
}

void report_other_draw(uint64_t had, const char *before, const char *now, struct error *error) {
    error_set(error, ERROR_OTHER_DRAW,
              "the central has another draw: %.100s; the %" PRIu64
              " bets were acknowledged in draw %.100s, and are not sent to this one. Ask the operator",
              now, had, before);
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_OTHER_DRAW,
                                  .code = code_of(ERROR_OTHER_DRAW),
                                  .name = error_name(ERROR_OTHER_DRAW),
                                  .text = error->text});
}

void report_believed(const struct dialogue_options *options) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_NOT_COMPARED, .agency = options->agency});
}

void report_progress(const struct dialogue_options *options, uint64_t acknowledged) {
    const struct reader *reader = options->reader;
    if (reader != NULL) {
        tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_PROGRESS,
                                      .agency = options->agency,
                                      .offset = reader_offset(reader),
                                      .size = reader_size(reader),
                                      .stored = acknowledged});
    }
}

void report_not_believed(const struct error *error) {
    listener_tell_error(QUINIELA_EVENT_NOT_BELIEVED, error);
}

void report_believed_winners(uint64_t count) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_WINNERS_CHECKED, .bets = count});
}

void report_winners_unchecked(const struct dialogue_options *options) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_WINNERS_UNCHECKED,
                                  .agency = options->agency,
                                  .file = reader_path(options->reader)});
}

// The winners ---------------------------------------------------------------------------------------------

void report_waiting(const struct address *address) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_WAITING, .address = address->text});
}

void report_not_known(const struct error *closed) {
    if (closed != NULL) {
        listener_tell_error(QUINIELA_EVENT_NOT_KNOWN, closed);
    } else {
        tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_NOT_KNOWN});
    }
}

void report_question(const struct dialogue_options *options) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_ASKED, .agency = options->agency});
}

void report_not_drawn(uint32_t wait_ms) {
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_NOT_DRAWN, .wait_ms = wait_ms});
}

void report_winners(const struct dialogue_options *options, const char *documents, size_t length) {
    uint64_t count = length > 0;
    for (size_t i = 0; i < length; i++) {
        count += documents[i] == ',';
    }
    tell(&(struct quiniela_event){.kind = QUINIELA_EVENT_WINNERS,
                                  .agency = options->agency,
                                  .winners = count,
                                  .documents = documents,
                                  .documents_bytes = length});
}

void report_not_kept(struct error *error) {
    struct error reason = *error;
    error_set(error, reason.code, "%.250s; start this agency again to have the winners written", reason.text);
    listener_tell_error(QUINIELA_EVENT_NOT_KEPT, error);
}

void report_no_winners(const char *error, const char *message) {
    tell(&(struct quiniela_event){
        .kind = QUINIELA_EVENT_NO_WINNERS, .code = code_named(error)->code, .name = error, .text = message});
}

void report_unknown(const struct reply *reply, struct error *error) {
    struct error said = *error;
    if (said.code == ERROR_UNKNOWN) {
        error_set(error, ERROR_UNKNOWN, "the central's error \"%s\" is not known here: %.300s",
                  reply->error_name, said.text);
    }
}

void report_too_many_winners(size_t length, struct error *error) {
    error_set(error, ERROR_TOO_MANY_WINNERS,
              "the central's answer has %zu bytes, more than the %d that a client accepts: ask whoever runs "
              "the central for the winners (quiniela winners)",
              length, REPLY_BYTES_MAX);
    report_no_winners(error_name(error->code), error->text);
}
