// The caps of a group: what one commit stores.
#ifndef QUINIELA_LEDGER_LIMITS_H
#define QUINIELA_LEDGER_LIMITS_H

enum {
    GROUP_CHUNKS_MAX = 2048,
    GROUP_BYTES_MAX = 16 * 1024 * 1024, // anything beyond that goes into the next group
};

#endif
