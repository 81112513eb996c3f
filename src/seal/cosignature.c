#include "seal/cosignature.h"

#include "base/memory.h"
#include "seal/big_endian.h"
#include "seal/checkpoint.h"
#include "seal/errors.h"

#include <inttypes.h>

enum { MESSAGE_BYTES_MAX = CHECKPOINT_BYTES_MAX + 64, TIME_BYTES = 8 };

// What is signed. Returns false when the text is longer than any checkpoint.
static bool make_message(struct draft *draft, char room[MESSAGE_BYTES_MAX], uint64_t time,
                         struct slice checkpoint) {
    draft_begin(draft, room, MESSAGE_BYTES_MAX);
    draft_print(draft, "cosignature/v1\ntime %" PRIu64 "\n", time);
    draft_add(draft, checkpoint);
    return !draft->is_over;
}

bool cosignature_check(const struct note *note, const struct vkey *witness, bool *has_signed, uint64_t *time,
                       struct error *error) {
    uint8_t payload[TIME_BYTES + SIGNATURE_BYTES];
    char room[MESSAGE_BYTES_MAX];
    struct draft message;
    struct error fault;
    if (witness->type != VKEY_COSIGNATURE) {
        return error_set(error, ERROR_BAD_FORM, "%s: %s is not a witness' key", note->what, witness->name);
    }
    if (!note_find(note, witness, payload, sizeof payload, has_signed, error)) {
        return false;
    }
    if (!*has_signed) {
        return true;
    }
    *time = take_u64(payload);
    if (!make_message(&message, room, *time, note->text)) {
        return error_set(error, ERROR_BAD_FORM, "%s: is no checkpoint, which a witness signs", note->what);
    }
    return vkey_verify(witness, room, message.length, payload + TIME_BYTES, &fault) ||
           error_set(error, fault.code, "%s: %s", note->what, fault.text);
}

bool cosignature_add(struct draft *draft, struct slice checkpoint, const struct signing_key *witness,
                     uint64_t time, struct error *error) {
    uint8_t payload[TIME_BYTES + SIGNATURE_BYTES];
    char room[MESSAGE_BYTES_MAX];
    struct draft message;
    put_u64(payload, time);
    if (!make_message(&message, room, time, checkpoint)) {
        return error_set(error, ERROR_BAD_FORM, "the text is longer than any checkpoint");
    }
    if (!signing_key_sign(witness, room, message.length, payload + TIME_BYTES, error)) {
        return false;
    }
    note_draft_line(draft, signing_key_public(witness), payload, sizeof payload);
    return !draft->is_over || error_set(error, ERROR_BAD_FORM, "the note has no room");
}

// The witness' line as it stands in the note, which has one.
static struct slice find_line(const struct note *note, const struct vkey *witness) {
    size_t i = 0;
    while (!note_signature_is_of(&note->signatures[i], witness)) {
        i++;
    }
    return note->signatures[i].whole;
}

bool cosignature_join(struct draft *draft, const struct note *seal, const struct note *more,
                      const struct vkey *witnesses, size_t count, size_t *added, struct error *error) {
    *added = 0;
    if (!slice_equal(seal->text, more->text)) {
        return error_set(error, ERROR_FALSE_CLAIM, "%s: is of another text than the seal", more->what);
    }
    for (size_t i = 0; i < count; i++) {
        bool has_one = false, has_signed = false;
        uint64_t before = 0, time = 0;
        if (!cosignature_check(seal, &witnesses[i], &has_one, &before, error) ||
            !cosignature_check(more, &witnesses[i], &has_signed, &time, error)) {
            return false;
        }
        if (has_signed && (!has_one || time < before)) {
            draft_add(draft, find_line(more, &witnesses[i]));
            ++*added;
        }
    }
    return (!draft->is_over && seal->count + *added <= NOTE_SIGNATURES_MAX) ||
           error_set(error, ERROR_BAD_FORM, "the seal has no room for further signatures");
}

// The earliest of each witness ------------------------------------------------------------------------------

struct gathering {
    const struct vkey *witnesses;
    size_t witness_count, count;
    struct note *notes;
    uint64_t *times; // of each note, that of each witness; UINT64_MAX: it has none
};

static bool gathering_begin(struct gathering *gathering, size_t count, const struct vkey *witnesses,
                            size_t witness_count, struct error *error) {
    *gathering = (struct gathering){.witnesses = witnesses,
                                    .witness_count = witness_count,
                                    .count = count,
                                    .notes = memory_zeroed(count + 1, sizeof *gathering->notes),
                                    .times = memory_zeroed(count * witness_count + 1, sizeof(uint64_t))};
    return (gathering->notes != NULL && gathering->times != NULL) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the seal's cosignatures");
}

static void gathering_end(struct gathering *gathering) {
    memory_free(gathering->notes);
    memory_free(gathering->times);
}

static bool read_times(struct gathering *gathering, size_t i, struct slice text, struct error *error) {
    const struct note *note = &gathering->notes[i];
    if (!slice_equal(note->text, text)) {
        return error_set(error, ERROR_FALSE_CLAIM, "%s: is of another text than the seal", note->what);
    }
    for (size_t witness = 0; witness < gathering->witness_count; witness++) {
        uint64_t *time = &gathering->times[i * gathering->witness_count + witness];
        bool has_signed = false;
        if (!cosignature_check(note, &gathering->witnesses[witness], &has_signed, time, error)) {
            return false;
        }
        *time = has_signed ? *time : UINT64_MAX;
    }
    return true;
}

// Whether it is the first of the earliest lines of that witness.
static bool is_earliest(const struct gathering *gathering, size_t i, size_t witness) {
    uint64_t time = gathering->times[i * gathering->witness_count + witness];
    for (size_t other = 0; other < gathering->count; other++) {
        uint64_t its = gathering->times[other * gathering->witness_count + witness];
        if (its < time || (its == time && other < i)) {
            return false;
        }
    }
    return time != UINT64_MAX;
}

static bool put_earliest(const struct gathering *gathering, struct draft *draft, size_t lines,
                         struct error *error) {
    for (size_t i = 0; i < gathering->count; i++) {
        for (size_t witness = 0; witness < gathering->witness_count; witness++) {
            if (is_earliest(gathering, i, witness)) {
                draft_add(draft, find_line(&gathering->notes[i], &gathering->witnesses[witness]));
                lines++;
            }
        }
    }
    return (!draft->is_over && lines <= NOTE_SIGNATURES_MAX) ||
           error_set(error, ERROR_BAD_FORM, "the seal has no room for further signatures");
}

bool cosignatures_gather(struct draft *draft, const struct slice *notes, size_t count,
                         const struct vkey *witnesses, size_t witness_count, struct error *error) {
    struct gathering gathering;
    bool done = gathering_begin(&gathering, count, witnesses, witness_count, error);
    struct note *seal = done ? &gathering.notes[count] : NULL;
    done = done && note_parse("the seal", draft_text(draft), seal, error);
    for (size_t i = 0; done && i < count; i++) {
        done = note_parse("a cosignature", notes[i], &gathering.notes[i], error) &&
               read_times(&gathering, i, seal->text, error);
    }
    done = done && put_earliest(&gathering, draft, seal->count, error);
    gathering_end(&gathering);
    return done;
}
