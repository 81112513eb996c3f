// Whether the server is alive (/livez: if not, starting it again is the only help) and ready (/readyz: if
// not, there is something to do, and starting it again is no help).
//
// It is alive as long as its HTTP thread answers, and the ledger's thread has not been at work for longer
// than HEALTH_BUSY_S_MAX without beginning or ending a call of the store. How long a call takes is the
// store's: a database that hangs, or a disk, is not mended by a restart, and keeps the next start from
// beginning. In a sealed draw the ledger may be at all of its bets at once (the number, the tree of a signed
// draw): there it has HEALTH_DRAW_S_MAX, as a restart would only begin that anew.
//
// Nothing that it says names a place, a user or a file: the log does.
#ifndef QUINIELA_BOARD_HEALTH_H
#define QUINIELA_BOARD_HEALTH_H

#include "base/attributes.h"
#include "board/view.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    HEALTH_BUSY_S_MAX = 60,
    HEALTH_DRAW_S_MAX = 600,
};

bool health_is_live(const struct board_view *view);

// Nothing is wrong: it takes bets, as far as it knows.
bool health_is_ready(const struct board_view *view);

typedef bool (*health_question)(const struct board_view *view, char **text, size_t *length);

// What /livez and /readyz answer: "ok", or a line for each reason why it is not so. *text is made with
// malloc, the caller's, and *length its bytes, without the NUL that follows them; NULL when there is no
// memory. Returns whether it is so.
bool health_live(const struct board_view *view, char **text, size_t *length);
bool health_ready(const struct board_view *view, char **text, size_t *length);

#endif
