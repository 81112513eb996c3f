#include "service/lottery/draining.h"

#include "bet/errors.h"
#include "service/lottery/state.h"

bool draining_refuse(struct error *error) {
    return error_set(error, ERROR_DRAINING, "the central is about to end: come back, or ask another server");
}

bool draining_may_take(struct connection *connection, const struct message *message, struct error *error) {
    struct lottery_connection *own = connection_state(connection);
    bool has_first = message->type != MESSAGE_CONSULT_WINNERS && message->first >= 0;
    own->sends_first = own->sends_first || has_first;
    return !own->draining || !has_first || draining_refuse(error);
}
