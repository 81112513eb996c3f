// Whatever is read as a note lies within its bounds, and is the note that is written of its parts.
#include "fuzz.h"

#include "seal/cosignature.h"
#include "seal/encoding.h"
#include "seal/errors.h"

#include <stdlib.h>

static struct note note;
static char again[NOTE_BYTES_MAX];

static const char *const keys[] = {
    "lottery.example/central+ceca6345+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
    "witness.example/w1+858ecd0c+BBdFU7RW3d/GkI7KscEB/mqyHiuqBhd5W31DpjSCmT/V"};

static void must_be_within(struct slice part, struct slice whole) {
    must_hold(part.text >= whole.text && part.text + part.length <= whole.text + whole.length,
              "what was read lies in the note");
}

// The note's bytes, once more.
static void check_again(struct slice whole) {
    struct draft draft;
    draft_begin(&draft, again, sizeof again);
    draft_add(&draft, note.text);
    draft_print(&draft, "\n");
    for (size_t i = 0; i < note.count; i++) {
        const struct note_signature *signature = &note.signatures[i];
        must_be_within(signature->name, whole);
        must_be_within(signature->base64, whole);
        must_be_within(signature->whole, whole);
        draft_add(&draft, slice_of("\xE2\x80\x94 "));
        draft_add(&draft, signature->name);
        draft_add(&draft, slice_of(" "));
        draft_add(&draft, signature->base64);
        draft_add(&draft, slice_of("\n"));
    }
    must_hold(!draft.is_over && slice_equal(draft_text(&draft), whole),
              "a note is its text and its signatures");
}

static void check_keys(void) {
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct vkey key;
        struct error error;
        bool has_signed;
        uint64_t time;
        must_hold(vkey_parse(slice_of(keys[i]), &key, &error), "the key is read");
        bool holds = key.type == VKEY_COSIGNATURE ? cosignature_check(&note, &key, &has_signed, &time, &error)
                                                  : note_check_if_signed(&note, &key, &has_signed, &error);
        must_hold(holds || error.text[0] != '\0', "a refusal has its reason");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct slice whole = {(const char *)bytes, length};
    struct error error;
    if (note_parse("the note", whole, &note, &error)) {
        must_hold(length <= NOTE_BYTES_MAX && note.count >= 1 && note.count <= NOTE_SIGNATURES_MAX,
                  "a note has its bounds");
        must_be_within(note.text, whole);
        check_again(whole);
        check_keys();
    } else {
        must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");
    }
    return 0;
}
