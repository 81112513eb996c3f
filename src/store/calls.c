#include "store/calls.h"

#include <stddef.h>

static _Thread_local struct {
    store_note_call note; // NULL: nobody wants to know
    void *context;
} noted;

void store_calls_note(store_note_call note, void *context) {
    noted.note = note;
    noted.context = context;
}

static void tell(bool is_in_call) {
    if (noted.note != NULL) {
        noted.note(noted.context, is_in_call);
    }
}

void store_call_begin(void) {
    tell(true);
}

void store_call_end(void) {
    tell(false);
}
