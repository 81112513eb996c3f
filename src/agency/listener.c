#include "agency/listener.h"

#include "agency/codes.h"

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

void listener_tell_error(enum quiniela_event_kind kind, const struct error *error) {
    listener_tell(&(struct quiniela_event){
        .kind = kind, .code = code_of(error->code), .name = error_name(error->code), .text = error->text});
}
