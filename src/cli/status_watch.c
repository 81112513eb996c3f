#include "cli/status_watch.h"

#include "base/signals.h"
#include "cli/command.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { AGAIN_MS = 2000, BUFFER_BYTES = 64 * 1024 };

#define TO_THE_TOP "\033[H\033[J" // of the screen, which is empty then (ECMA-48: CUP, ED)

// False when nobody reads any more.
static bool wait_for_next(void) {
    struct pollfd output = {.fd = STDOUT_FILENO};
    return poll(&output, 1, AGAIN_MS) <= 0 || (output.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
}

bool status_watch(bool (*show)(const void *context, struct error *error), const void *context, bool json,
                  struct error *error) {
    bool is_terminal = isatty(STDOUT_FILENO) == 1;
    setvbuf(stdout, NULL, _IOFBF, BUFFER_BYTES); // what is shown changes at once
    signals_end_at_once();
    for (bool is_first = true;; is_first = false) {
        printf("%s", is_terminal ? TO_THE_TOP : is_first || json ? "" : "\n");
        if (!show(context, error)) {
            if (is_first) {
                return false;
            }
            fprintf(is_terminal && !json ? stdout : stderr, "quiniela status: %s\n", error->text);
        }
        if (!command_flush_output(error)) {
            return false;
        }
        if (!wait_for_next()) {
            return true;
        }
    }
}
