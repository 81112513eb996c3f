#include "ledger/sealed_result.h"

#include "ledger/order.h"
#include "ledger/sealing_show.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "seal/result.h"

#include <stdlib.h>

enum { RESULT_NOTE_BYTES_MAX = 1024 };

static bool read_result(struct slice bytes, const struct vkey *key, struct result *result) {
    struct note *note = malloc(sizeof *note);
    struct error ignored;
    bool is_one = note != NULL && note_parse("the result", bytes, note, &ignored) &&
                  note_check(note, key, &ignored) && result_parse(note->text, result, &ignored);
    free(note);
    return is_one;
}

bool sealed_result_may_be(const struct ledger *ledger, uint16_t number, struct error *error) {
    struct small_file file;
    struct folder folder;
    struct result result;
    bool found;
    if (!signing_is_on(ledger) || !sealing_folder(ledger, &folder, error)) {
        return !signing_is_on(ledger);
    }
    if (folder.descriptor < 0) {
        return true;
    }
    bool done = folder_read(&folder, "result.note", NOTE_BYTES_MAX, &file, &found, error);
    folder_close(&folder);
    if (!done || !found) {
        return done;
    }
    const struct rules *rules = signed_draw_rules(&ledger->signed_draw);
    bool is_other = read_result(small_file_text(&file), &rules->key, &result) &&
                    slice_equal(result.origin, rules->origin) && result.number != number;
    small_file_free(&file);
    return !is_other || error_set(error, ERROR_NUMBER_STORED,
                                  "%.150s/result.note: draw \"%s\" was made with the number %04u, and that "
                                  "stays: %04u is refused",
                                  folder.path, ledger->draw_name, result.number, number);
}

bool sealed_result_put(struct ledger *ledger, const struct stored_draw *drawn, uint64_t winners,
                       struct error *error) {
    char text[RESULT_BYTES_MAX], note[RESULT_NOTE_BYTES_MAX];
    struct draft draft;
    if (!signing_is_on(ledger)) {
        return true;
    }
    const struct signing_key *keys[] = {ledger->options.notary->key};
    const struct result result = {.origin = signed_draw_origin(&ledger->signed_draw),
                                  .seal = ledger->sealing.hash,
                                  .number = drawn->winning_number,
                                  .winners = winners};
    draft_begin(&draft, note, sizeof note);
    return note_sign(&draft, (struct slice){text, result_write(&result, text)}, keys, 1, error) &&
           paper_store(ledger->store, PAPER_RESULT, 0, draft_text(&draft), error);
}
