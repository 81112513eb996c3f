#include "ledger/sender.h"

#include "base/container.h"

static struct ledger_sender *sender_of(const struct queue_node *node) {
    return CONTAINER_OF(node, struct ledger_request, node)->input.sender;
}

void senders_begin(const struct queue_node *requests) {
    for (; requests != NULL; requests = requests->next) {
        struct ledger_sender *sender = sender_of(requests);
        if (sender != NULL) {
            sender->current = sender->settled;
        }
    }
}

void senders_settle(const struct queue_node *requests) {
    for (; requests != NULL; requests = requests->next) {
        struct ledger_sender *sender = sender_of(requests);
        if (sender != NULL) {
            sender->settled = sender->current;
        }
    }
}

// A chunk without bets only asks, unless it is the last one.
static bool begins_anew(const struct ledger_input *input) {
    return input->first == 0 && (input->chunk->count > 0 || input->type == LEDGER_LAST_CHUNK);
}

bool sender_is_behind(const struct ledger_input *input, const struct stored_agency *row) {
    const struct ledger_sender *sender = input->sender;
    if (row->voidings == 0 || begins_anew(input)) {
        return false;
    }
    if (sender != NULL && sender->current.agency == input->agency) {
        return sender->current.resets < row->voidings;
    }
    return input->first > 0 && (uint64_t)input->first > row->bets;
}

bool sender_shows_nothing(const struct ledger_input *input, const struct stored_agency *row) {
    return row->voidings > 0 && input->sender != NULL && input->sender->current.agency == 0 &&
           input->first > 0 && (uint64_t)input->first == row->bets;
}

void sender_note(const struct ledger_input *input, const struct stored_agency *row) {
    if (input->sender != NULL) {
        input->sender->current = (struct sender_state){input->agency, row->voidings};
    }
}
