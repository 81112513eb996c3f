// Connections whose messages were refused are doubted. Reading and decoding a megabyte costs milliseconds of
// the loop's time, even if the result is a refusal. So messages of doubted connections share a part of that
// time (base/share.h). When it is used up, they are not read, and later continue in turns by address. No
// other connection's messages ever wait for them.
//
// Refused bytes are owed: a connection is doubted until as many good ones have come. Otherwise a small good
// message between two bad ones would be enough. A new connection whose first message is large is doubted
// until that message has proved good: otherwise reconnecting would be enough. Such new connections take turns
// of their own. They pay only for what is refused: the time set aside for a good message is given back.
#ifndef QUINIELA_SERVICE_LOTTERY_DOUBT_H
#define QUINIELA_SERVICE_LOTTERY_DOUBT_H

#include "base/attributes.h"
#include "base/fair.h"
#include "base/share.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;

// A loop's part.
struct doubt {
    struct loop *loop;  // woken after a while when a connection waits; doubt_next is called then
    struct share share; // of the loop's time, for doubted connections
    struct fair *waiting;
};

// A connection's part. All zeros before the first message.
struct doubt_place {
    bool is_known; // one of its messages was good
    uint32_t owed; // refused bytes not yet made up for; 0: it is not doubted
    struct fair_item turn;
    uint64_t turn_until_ns, reserved_ns; // set when it has its turn
};

// False when out of memory. doubt_end ends it, even if it has not begun.
bool doubt_begin(struct doubt *doubt, struct loop *loop) MUST_CHECK;
void doubt_end(struct doubt *doubt);

// Whether the connection is paused and waits for its turn.
bool doubt_is_waiting(const struct doubt_place *place);

// The connection's next message has that many bytes, and `is_whole` says whether all of them are there. The
// connection comes from `source`. False when it must wait before more is read.
bool doubt_may_read(struct doubt *doubt, struct doubt_place *place, uint64_t source, size_t bytes,
                    bool is_whole);

// Whether another message may be taken from the connection now. If not, it waits.
bool doubt_may_take(struct doubt *doubt, struct doubt_place *place, uint64_t source);

// Called around the decoding of a message. doubt_start returns when decoding began, or 0 where that does not
// matter. doubt_stop returns true when the connection is doubted and its next message must wait for a turn.
// Then call doubt_wait, which returns false when out of memory.
uint64_t doubt_start(const struct doubt_place *place);
bool doubt_stop(struct doubt *doubt, struct doubt_place *place, uint64_t began_ns);
bool doubt_wait(struct doubt *doubt, struct doubt_place *place, uint64_t source);

// A message of that many bytes was refused before it reached the ledger; or one was answered as good.
void doubt_refused(struct doubt_place *place, size_t bytes);
void doubt_pay(struct doubt_place *place, size_t bytes);

// The next connection that may go on, if there is time left. Call it until it returns NULL.
struct doubt_place *doubt_next(struct doubt *doubt);

// The connection is gone. What was set aside for its message is not given back: a part of the message may
// have been read, and whoever connects again and again would read for nothing.
void doubt_leave(struct doubt *doubt, struct doubt_place *place);

#endif
