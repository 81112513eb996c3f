#include "cli/recording.h"

#include "audit/events.h"
#include "base/log.h"
#include "seal/encoding.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Marks a record that could not be written at the time of its event.
static const struct audit_field later = {.name = "later", .text = "yes"};

// Of a number that is not known: where it comes from.
static struct audit_field number_field(bool has_number, uint16_t number, enum number_mode mode) {
    return has_number ? (struct audit_field){.name = "winning_number", .number = number}
                      : (struct audit_field){.name = "winning_number", .text = number_mode_name(mode)};
}

static void record_start(struct recording *recording, const struct server_options *options, bool has_tls) {
    recording->agencies = server_options_agencies(options);
    recording->number_mode = options->number_mode;
    recording->has_number = options->number_mode == NUMBER_FIXED;
    recording->winning_number = recording->has_number ? options->winning_number : 0;
    const struct audit_field fields[] = {
        {.name = AUDIT_DRAW, .text = recording->draw},
        number_field(recording->has_number, (uint16_t)recording->winning_number, recording->number_mode),
        {.name = "agencies", .number = recording->agencies},
        {.name = "tls", .text = has_tls ? "on" : "off"}};
    audit_write(recording->audit, AUDIT_STARTED, fields, 4);
}

bool recording_open(struct recording *recording, const struct server_options *options, bool has_tls,
                    struct error *error) {
    const char *path = options->audit_log;
    struct error reason;
    recording->draw = options->store.draw;
    recorded_begin(&recording->recorded, recording->draw);
    if (path == NULL) {
        return true;
    }
    if (!audit_open(path, recorded_take, &recording->recorded, &recording->audit, &reason)) {
        return error_set(error, reason.code, "%s: %s", settings_place(options->settings, &options->audit_log),
                         reason.text);
    }
    if (recording->recorded.failed) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the contents of the audit log");
    }
    if (!recording->recorded.is_new && !recording->recorded.has_ended) {
        audit_write(recording->audit, AUDIT_STOPPED, &later, 1); // it was killed, or could not write
    }
    record_start(recording, options, has_tls);
    return true;
}

static void record(struct recording *recording, const char *event, const struct ledger_note *note,
                   struct audit_field *fields, size_t count) {
    if (note->at != NULL) {
        fields[count++] = later;
    }
    if (note->at != NULL && note->at[0] != '\0') {
        fields[count++] = (struct audit_field){.name = "stored_at", .text = note->at};
    }
    audit_write(recording->audit, event, fields, count);
}

static bool has_root(const struct recorded *recorded, const struct ledger_note *note) {
    char root[BASE64_TEXT_BYTES(STORE_ROOT_BYTES)];
    base64_encode(note->root, STORE_ROOT_BYTES, root);
    return strcmp(root, recorded->root) == 0;
}

// Each start shows the seal again, which is no news.
static void record_root(struct recording *recording, const struct ledger_note *note,
                        struct audit_field *fields) {
    static_assert(sizeof recording->recorded.root >= BASE64_TEXT_BYTES(STORE_ROOT_BYTES), "room for it");
    if (has_root(&recording->recorded, note)) {
        return;
    }
    base64_encode(note->root, STORE_ROOT_BYTES, recording->recorded.root);
    fields[1] = (struct audit_field){.name = AUDIT_ROOT, .text = recording->recorded.root};
    record(recording, AUDIT_ROOT, note, fields, 2);
    audit_sync(recording->audit);
}

void recording_note(void *context, const struct ledger_note *note) {
    struct recording *recording = context;
    struct audit_field fields[6] = {{.name = AUDIT_DRAW, .text = recording->draw},
                                    {.name = AUDIT_AGENCY, .number = note->agency},
                                    {.name = "bets", .number = (int64_t)note->bets}};
    if (recording->audit == NULL) {
        return;
    }
    bool by_itself = note->ending != AGENCY_ENDED && note->ending != AGENCY_CUT;
    switch (note->kind) {
    case LEDGER_NOTE_RESET_ELSEWHERE:
        break; // that server records it
    case LEDGER_NOTE_RESET:
        recorded_add_reset(&recording->recorded, note->agency, note->voiding);
        fields[3] = fields[2];
        fields[2] = (struct audit_field){.name = AUDIT_VOIDING, .number = note->voiding};
        record(recording, AUDIT_RESET, note, fields, note->at == NULL ? 4 : 3);
        break;
    case LEDGER_NOTE_FINISHED:
        fields[3] = (struct audit_field){.name = "ending", .text = agency_ending_name(note->ending)};
        record(recording, AUDIT_FINISHED, note, fields, by_itself ? 3 : 4);
        break;
    case LEDGER_NOTE_SEALED:
        recording->recorded.sealed = true;
        record(recording, AUDIT_SEALED, note, fields, 1);
        audit_sync(recording->audit);
        break;
    case LEDGER_NOTE_ROOT:
        record_root(recording, note, fields);
        break;
    case LEDGER_NOTE_FORKED:
        recording->recorded.forked = true;
        record(recording, AUDIT_FORKED, note, fields, 1);
        audit_sync(recording->audit);
        break;
    case LEDGER_NOTE_DRAWN:
        recording->recorded.drawn = true;
        fields[1] = (struct audit_field){.name = "winners", .number = (int64_t)note->winners};
        record(recording, AUDIT_DRAWN, note, fields, 3);
        audit_sync(recording->audit);
        break;
    }
}

struct catching_up {
    struct recording *recording;
    uint64_t missing;
};

static bool is_there(const struct recorded *recorded, const struct ledger_note *note) {
    switch (note->kind) {
    case LEDGER_NOTE_RESET_ELSEWHERE:
        return true;
    case LEDGER_NOTE_RESET:
        return recorded_resets(recorded, note->agency) >= note->voiding;
    case LEDGER_NOTE_FINISHED:
        return recorded_has_finished(recorded, note->agency);
    case LEDGER_NOTE_SEALED:
        return recorded->sealed;
    case LEDGER_NOTE_ROOT:
        return has_root(recorded, note);
    case LEDGER_NOTE_FORKED:
        return recorded->forked;
    case LEDGER_NOTE_DRAWN:
        return recorded->drawn;
    }
    abort();
}

// When an agency was reset is not stored. A log that goes on from another file is taken to have it there.
static bool is_in_another_file(const struct recorded *recorded, const struct ledger_note *note) {
    return note->kind == LEDGER_NOTE_RESET ? recorded->continued_at[0] != '\0'
                                           : recorded_is_older(recorded, note->at);
}

static void note_missing(void *context, const struct ledger_note *note) {
    struct catching_up *catching_up = context;
    const struct recorded *recorded = &catching_up->recording->recorded;
    if (!is_there(recorded, note) && !is_in_another_file(recorded, note)) {
        catching_up->missing++;
        recording_note(catching_up->recording, note);
    }
}

static void record_terms(const struct recording *recording, const struct ledger *ledger) {
    uint16_t number;
    bool has_number = ledger_winning_number(ledger, &number);
    enum number_mode mode = ledger_number_mode(ledger);
    const struct audit_field fields[] = {{.name = AUDIT_DRAW, .text = recording->draw},
                                         number_field(has_number, number, mode),
                                         {.name = "agencies", .number = ledger_agencies(ledger)}};
    bool is_other_mode = !has_number && mode != recording->number_mode;
    if (has_number != recording->has_number || is_other_mode || number != recording->winning_number ||
        fields[2].number != recording->agencies) {
        audit_write(recording->audit, AUDIT_TERMS, fields, 3);
    }
}

bool recording_catch_up(struct recording *recording, const struct ledger *ledger, struct error *error) {
    struct catching_up catching_up = {.recording = recording};
    if (recording->audit == NULL) {
        return true;
    }
    record_terms(recording, ledger);
    if (!ledger_recall(ledger, note_missing, &catching_up, error)) {
        return false;
    }
    if (catching_up.missing > 0) {
        log_event(
            LOG_LEVEL_WARNING, "audit", LOG_SUCCESS, "recorded_later: %" PRIu64 " | reason: %s",
            catching_up.missing,
            recording->recorded.is_new
                ? "the audit log is new, and the draw is not: what was recorded of it is in another file"
                : "they were stored, and not recorded: the server was killed, the disk was full, or "
                  "another server stored them");
    }
    return true;
}

void recording_close(struct recording *recording) {
    audit_write_last(recording->audit, AUDIT_STOPPED);
    audit_close(&recording->audit);
    recorded_free(&recording->recorded);
}
