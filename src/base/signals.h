// The signals that end the program, read from a descriptor instead of interrupting it: they are blocked in
// every thread, and the main loop watches a file descriptor for them. No thread is ever stopped in the middle
// of anything, and a SIGTERM in the first milliseconds ends the program as gracefully as any other.
#ifndef QUINIELA_BASE_SIGNALS_H
#define QUINIELA_BASE_SIGNALS_H

#include "base/error.h"

#include <signal.h>

// Until signals_hold, SIGTERM and SIGINT end the program immediately, with status 0: nothing has begun yet,
// and it may be blocked, for example on a pipe that nobody writes to.
void signals_end_at_once(void);

// After that, lets them end it as they end any other program: one whose status is an answer must not look as
// if it had given it.
void signals_end_as_usual(void);

// Keeps SIGTERM and SIGINT pending, in this thread and in those it creates from now on.
void signals_hold(void);

// Also keeps SIGHUP pending, which asks to read files again, or to end: signals_take. Otherwise it ends the
// program, as usual. One that is ignored (nohup) stays ignored.
void signals_hold_reload(void);

// Signals that are held back, so that something can be tidied up before they end the program.
struct signals_put_off {
    sigset_t signals, before;
};

// Keeps SIGTERM, SIGINT and SIGHUP pending until signals_let_come, if they would otherwise end the program.
void signals_put_off(struct signals_put_off *put_off);

// Whether one of them has come in the meantime.
bool signals_have_come(const struct signals_put_off *put_off);

// Releases them: if one has come, the program ends here.
void signals_let_come(const struct signals_put_off *put_off);

// A file descriptor that becomes readable when one of the held signals has come (Linux's signalfd(2)). The
// caller closes it. -1 with ERROR_SYSTEM set when it cannot be created.
int signals_open(struct error *error);

// Takes the next signal from the descriptor: its number, or 0 when there is none. *is_reload (or NULL): it
// asks to read files again, rather than to end. That is a SIGHUP which somebody sent; the kernel sends one
// when the program's terminal is gone.
int signals_take(int descriptor, bool *is_reload);

// "SIGTERM", "SIGINT" or "SIGHUP". A string constant.
const char *signals_name(int number);

// Whether SIGTERM or SIGINT is pending (while they are held).
bool signals_wait_to_end(void);

#endif
