#include "ledger/sealed_result.h"

#include "ledger/order.h"
#include "ledger/sealing_show.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "seal/result.h"

#include <stdlib.h>

enum { RESULT_NOTE_BYTES_MAX = 1024 };

// Signs the result; its note is written into the room.
static bool sign(const struct ledger *ledger, const struct result *result, char room[RESULT_NOTE_BYTES_MAX],
                 struct slice *note, struct error *error) {
    const struct signing_key *keys[] = {ledger->options.notary->key};
    char text[RESULT_BYTES_MAX];
    struct draft draft;
    draft_begin(&draft, room, RESULT_NOTE_BYTES_MAX);
    bool done = note_sign(&draft, (struct slice){text, result_write(result, text)}, keys, 1, error);
    *note = draft_text(&draft);
    return done;
}

// The folder's result
// -----------------------------------------------------------------------------------------

// Whether the bytes are a result of this draw with its key's signature.
static bool read_result(const struct ledger *ledger, struct slice bytes, struct result *result, bool *is_one,
                        struct error *error) {
    const struct rules *rules = signed_draw_rules(&ledger->signed_draw);
    struct note *note = malloc(sizeof *note);
    struct error ignored;
    *is_one = false;
    if (note == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the result");
    }
    *is_one = note_parse("the result", bytes, note, &ignored) && note_check(note, &rules->key, &ignored) &&
              result_parse(note->text, result, &ignored) && slice_equal(result->origin, rules->origin);
    free(note);
    return true;
}

static bool refuse(const struct folder *folder, const char *what, struct error *error) {
    return error_set(error, ERROR_KEPT_OTHER, "%.150s/result.note: %s", folder->path, what) ||
           error_because(error, CAUSE_KEPT_OTHER);
}

// Whether the note that is signed with the draw will be the one that is kept, as far as it is known before:
// how many bets have won follows from the seal.
static bool is_same(const struct ledger *ledger, const struct folder *folder, uint16_t number,
                    struct slice bytes, struct error *error) {
    char room[RESULT_NOTE_BYTES_MAX];
    struct slice note;
    struct result result;
    bool is_one;
    if (!read_result(ledger, bytes, &result, &is_one, error)) {
        return false;
    }
    if (!is_one) {
        return refuse(folder, "is there, and is no result of this draw: move it away", error);
    }
    if (result.number != number) {
        return error_set(error, ERROR_NUMBER_STORED,
                         "%.150s/result.note: draw \"%s\" was made with the number %04u, and that "
                         "stays: %04u is refused",
                         folder->path, ledger->draw_name, result.number, number);
    }
    if (!hash_equal(&result.seal, &ledger->sealing.hash)) {
        return refuse(folder, "is of another seal of this draw: find out who signed two", error);
    }
    return sign(ledger, &result, room, &note, error) &&
           (slice_equal(bytes, note) ||
            refuse(folder, "has more than this draw's result: move it away", error));
}

// What is no small file is another one, too.
static bool look(const struct ledger *ledger, const struct folder *folder, uint16_t number,
                 struct error *error) {
    struct small_file file;
    bool found;
    if (!folder_read(folder, "result.note", NOTE_BYTES_MAX, &file, &found, error)) {
        return error->code == ERROR_BAD_SETTING
                   ? refuse(folder, "is there, and is no result of this draw: move it away", error)
                   : false;
    }
    bool may_be = !found || is_same(ledger, folder, number, small_file_text(&file), error);
    small_file_free(&file);
    return may_be;
}

bool sealed_result_may_be(const struct ledger *ledger, uint16_t number, struct error *error) {
    struct folder folder;
    if (!signing_is_on(ledger) || !sealing_folder(ledger, &folder, error)) {
        return !signing_is_on(ledger);
    }
    bool may_be = folder.descriptor < 0 || look(ledger, &folder, number, error);
    folder_close(&folder);
    return may_be;
}

// Storing
// -----------------------------------------------------------------------------------------------------

bool sealed_result_put(struct ledger *ledger, const struct stored_draw *drawn, uint64_t winners,
                       struct error *error) {
    char room[RESULT_NOTE_BYTES_MAX];
    struct slice note;
    if (!signing_is_on(ledger)) {
        return true;
    }
    const struct result result = {.origin = signed_draw_origin(&ledger->signed_draw),
                                  .seal = ledger->sealing.hash,
                                  .number = drawn->winning_number,
                                  .winners = winners};
    return sign(ledger, &result, room, &note, error) &&
           paper_store(ledger->store, PAPER_RESULT, 0, note, error);
}
