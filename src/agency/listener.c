#include "agency/listener.h"

static _Thread_local const struct listener *in_use;

const struct listener *listener_use(const struct listener *listener) {
    const struct listener *before = in_use;
    in_use = listener;
    return before;
}

void listener_tell(const struct quiniela_event *event) {
    if (in_use != NULL && in_use->event != NULL) {
        in_use->event(in_use->context, event);
    }
}
