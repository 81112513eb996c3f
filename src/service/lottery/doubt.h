// Who sent what was refused is doubted. To read and decode a megabyte costs milliseconds of the loop's time
// also where nothing comes of it, and before anybody knows what it is; so messages of doubted connections
// have a part of that time only (base/share.h). When it is used up they are not read, and go on in turns by
// address. Everybody else's messages never wait for that.
//
// The bytes that were refused are owed: a connection is doubted until as many were good. Else a small good
// message between two bad ones would be all that it takes. A new connection whose first message is large is
// doubted until that was good: else whoever is refused would only have to connect again. Those have turns of
// their own, and pay only for what is refused: what was reserved for a good one is given back.
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
    struct loop *loop;  // woken after a while when somebody waits: then doubt_next is to be called
    struct share share; // of its time, for those that are doubted
    struct fair *waiting;
};

// A connection's part. All zeros before its first message.
struct doubt_place {
    bool is_known; // a message of it was good
    uint32_t owed; // bytes that were refused; 0: it is not doubted
    struct fair_item turn;
    uint64_t turn_until_ns, reserved_ns; // once it has that turn
};

// False when there is no memory. doubt_end ends it, also one that was not begun.
bool doubt_begin(struct doubt *doubt, struct loop *loop) MUST_CHECK;
void doubt_end(struct doubt *doubt);

// Whether the connection waits, paused, for its turn.
bool doubt_is_waiting(const struct doubt_place *place);

// The next message of the connection, which comes from that address, has so many bytes, and is whole, or not.
// False when it waits, before more of it is read.
bool doubt_may_read(struct doubt *doubt, struct doubt_place *place, uint64_t source, size_t bytes,
                    bool is_whole);

// Whether another message of it may be taken now. When not, it waits.
bool doubt_may_take(struct doubt *doubt, struct doubt_place *place, uint64_t source);

// Around the taking of a message. doubt_start returns when it began, 0 where nobody asks; doubt_stop is for
// connections that are doubted then. It says whether the next message is not to be read before its turn:
// then doubt_wait has it wait, false when there is no memory for that.
uint64_t doubt_start(const struct doubt_place *place);
bool doubt_stop(struct doubt *doubt, struct doubt_place *place, uint64_t began_ns);
bool doubt_wait(struct doubt *doubt, struct doubt_place *place, uint64_t source);

// A message of that many bytes was refused before it got to the ledger; one was answered as a good one.
void doubt_refused(struct doubt_place *place, size_t bytes);
void doubt_pay(struct doubt_place *place, size_t bytes);

// Who goes on now, as far as there is time; NULL: nobody. To be called until then.
struct doubt_place *doubt_next(struct doubt *doubt);

// The connection is gone.
void doubt_leave(struct doubt *doubt, struct doubt_place *place);

#endif
