// Whether a damaged row of the inbox can be spared.
#ifndef QUINIELA_STORE_SQLITE_INBOX_SPARE_H
#define QUINIELA_STORE_SQLITE_INBOX_SPARE_H

#include "store/backend.h"

// Sets *filed to whether all bets of a damaged row are known to be filed, so that nothing of it is needed. It
// is made again, with the filed bets in place of its own, and that its digest is then right proves it. A
// damaged beginning of a line, or digest, leaves it unknown: false. ERROR_STORE_FAILED, ERROR_NO_MEMORY.
bool sqlite_inbox_spare(struct store *store, int64_t id, const char *lines, size_t length,
                        const uint8_t digest[STORE_DIGEST_BYTES], bool *filed,
                        struct error *error) MUST_CHECK;

#endif
