#include "board/seal_shown.h"

#include "ledger/notice.h"
#include "seal/checkpoint.h"
#include "seal/note.h"

#include <stdio.h>
#include <stdlib.h>

static void take_text(char *text, size_t size, struct slice slice) {
    snprintf(text, size, "%.*s", (int)slice.length, slice.text);
}

// The server's own line is the first one; those of witnesses follow.
static bool read_note(struct slice bytes, struct note *note, struct seal_shown *seal) {
    struct checkpoint checkpoint;
    struct error ignored;
    if (!note_parse("the seal", bytes, note, &ignored) || note->count == 0 ||
        !checkpoint_parse(note->text, &checkpoint, &ignored)) {
        return false;
    }
    take_text(seal->origin, sizeof seal->origin, checkpoint.origin);
    take_text(seal->signed_by, sizeof seal->signed_by, note->signatures[0].name);
    seal->root = checkpoint.root;
    return true;
}

bool seal_shown_read(struct notice *notice, struct seal_shown *seal) {
    bool no_memory;
    size_t length;
    char *bytes = notice == NULL ? NULL : notice_seal(notice, &length, &no_memory);
    struct note *note = bytes == NULL ? NULL : malloc(sizeof *note);
    bool done = note != NULL && read_note((struct slice){bytes, length}, note, seal);
    free(note);
    free(bytes);
    return done;
}
