// What a message asks to be told of a signed draw, beside its answer.
#ifndef QUINIELA_SERVICE_LOTTERY_WANTED_H
#define QUINIELA_SERVICE_LOTTERY_WANTED_H

#include <stdbool.h>
#include <stddef.h>

struct proofs_wanted {
    bool rules, receipt, seal, key;
    bool has_shown; // it shows a seal, so it does not ask for that of this server
    bool is_other;  // … which is another one than this server's
    char *shown;    // what is needed of it, where it is not ours: made with malloc. NULL: nothing
    size_t shown_length;
};

#endif
