// Who is told what happens to an agency: the events of quiniela.h. Whoever calls into agency/ says for the
// length of its call who that is, on this thread, as base/memory.h has it of memory; nobody otherwise.
#ifndef QUINIELA_AGENCY_LISTENER_H
#define QUINIELA_AGENCY_LISTENER_H

#include "base/error.h"
#include "quiniela.h"

struct listener {
    quiniela_event_function *event;
    void *context;
};

// From now on this thread's events go to `listener`, which stays the caller's and must stay as it is
// meanwhile; NULL: to nobody, as at first. Returns whose they were until now, for the caller to put back.
const struct listener *listener_use(const struct listener *listener);

// Tells the event.
void listener_tell(const struct quiniela_event *event);

// Tells an event of that kind, which has the error's code, name and text.
void listener_tell_error(enum quiniela_event_kind kind, const struct error *error);

#endif
