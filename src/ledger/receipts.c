#include "ledger/receipts.h"

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "ledger/request.h"
#include "ledger/state.h"

#include <stdlib.h>
#include <string.h>

// The newest record that agencies can have seen; NULL when there is none.
static const struct rules *shown_rules(const struct ledger *ledger) {
    const struct signed_draw *signed_draw = &ledger->signed_draw;
    return signed_draw->shown == 0 ? NULL : signed_draw->rules.records[signed_draw->shown - 1].rules;
}

bool receipts_are_due(const struct ledger *ledger, const struct ledger_request *request) {
    const struct ledger_input *input = &request->input;
    return input->wants_receipt && (input->type == LEDGER_CHUNK || input->type == LEDGER_LAST_CHUNK) &&
           input->chunk->count > 0 && shown_rules(ledger) != NULL;
}

// How many bets of the agency are before those of the chunk. One that was appended is where this attempt has
// put it, or an earlier one.
static uint64_t first_of(const struct ledger_request *request) {
    const struct ledger_own *own = &request->own;
    if (request->input.first >= 0) {
        return (uint64_t)request->input.first;
    }
    return own->attempt.bets > 0 ? own->attempt.at : own->unknown.at;
}

// Adds the chunk's entry to those of the commit.
static bool add(struct commit_receipts *all, struct ledger_request *request) {
    const struct ledger_input *input = &request->input;
    struct ledger_receipt *receipt = malloc(sizeof *receipt);
    struct hash digest;
    static_assert(sizeof digest.bytes == sizeof input->digest, "SHA-256");
    if (receipt == NULL) {
        return false;
    }
    memcpy(digest.bytes, input->digest, sizeof digest.bytes);
    receipt->index = merkle_tree_count(&all->tree);
    if (!commit_receipts_add(all, input->agency, first_of(request), input->chunk->count, &digest,
                             receipt->entry, &receipt->entry_length)) {
        free(receipt);
        return false;
    }
    request->answer.receipt = receipt;
    return true;
}

// The next request, from this one on, that is to get a receipt, or has its entry already (`has_entry`).
static struct ledger_request *find(const struct ledger *ledger, struct queue_node *node, bool has_entry) {
    for (; node != NULL; node = node->next) {
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        if (request->answer.error.code == ERROR_NONE && (request->answer.receipt != NULL) == has_entry &&
            receipts_are_due(ledger, request)) {
            return request;
        }
    }
    return NULL;
}

static bool add_all(const struct ledger *ledger, struct commit_receipts *all, struct ledger_request *first) {
    for (struct ledger_request *request = first; request != NULL;
         request = find(ledger, request->node.next, false)) {
        if (!add(all, request)) {
            return false;
        }
    }
    return true;
}

// Each gets its path and the note, or, where `made` is false, none.
static void end_all(const struct ledger *ledger, const struct commit_receipts *all, struct queue_node *from,
                    bool made) {
    for (struct ledger_request *request = find(ledger, from, true); request != NULL;
         request = find(ledger, request->node.next, true)) {
        struct ledger_receipt *receipt = request->answer.receipt;
        if (!made) {
            request->answer.receipt = NULL;
            free(receipt);
            continue;
        }
        commit_receipts_path(all, receipt->index, &receipt->path);
        memcpy(receipt->note, all->note, all->note_size);
        receipt->note_length = all->note_size;
    }
}

void receipts_give(const struct ledger *ledger, struct queue_node *requests) {
    struct ledger_request *first = find(ledger, requests, false);
    struct commit_receipts all;
    struct error error;
    if (first == NULL) {
        return;
    }
    error_set(&error, ERROR_NO_MEMORY, "no memory for receipts");
    commit_receipts_begin(&all, signed_draw_origin(&ledger->signed_draw), &shown_rules(ledger)->hash,
                          ledger->draw.secret);
    bool made = add_all(ledger, &all, first) &&
                commit_receipts_sign(&all, ledger->options.notary, clock_epoch_ms() / 1000, &error);
    end_all(ledger, &all, requests, made);
    commit_receipts_end(&all);
    if (!made) {
        struct log_source source = {.error = error_name(error.code)};
        (void)log_event_limited(&source, LOG_LEVEL_ERROR, "receipts", LOG_FAIL, "error: %s | message: %s",
                                source.error, error.text);
    }
}
