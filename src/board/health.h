// Whether the server is alive (/livez: if not, starting it again is the only help) and ready (/readyz: if
// not, there is something to do, and starting it again is no help).
//
// It is alive as long as its HTTP thread answers, and the ledger's thread has not been at one thing for
// longer than HEALTH_BUSY_S_MAX. Not while the store fails: then that is what it is at, and a full disk is
// not emptied by a restart. And in a sealed draw the ledger may be at all of its bets at once (the number,
// the tree of a signed draw): there it has HEALTH_DRAW_S_MAX, as a restart would only begin that anew.
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
