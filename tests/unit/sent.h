// Requests for a ledger, described by named fields: {.first = 10, .count = 5} are bets 10 to 14 of agency 1.
#ifndef QUINIELA_TESTS_SENT_H
#define QUINIELA_TESTS_SENT_H

#include "cmocka_all.h"

#include "bet/chunk.h"
#include "bet/errors.h"
#include "ledger/receipts.h"
#include "ledger/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINNING_NUMBER = 7574, NO_FIRST = -1 };

struct sent {
    enum ledger_request_type type; // LEDGER_CHUNK by default
    bool last;                     // the agency's last chunk
    uint32_t agency;               // 0: agency 1
    int64_t first;                 // the first bet's place, or NO_FIRST: wherever the agency's bets end
    int from;                      // the first bet's number, when that is not `first`
    int count;                     // of bets
    int64_t next;                  // what the answer is expected to say
    struct ledger_sender *sender;  // its connection, or NULL
    bool receipt;                  // it asks for one
};

// A chunk of the bets `from` … `from + count - 1`: bet n has document n, and every tenth wins.
static inline struct chunk *chunk_numbered(int from, int count) {
    struct chunk *chunk = chunk_new((uint32_t)count, 4096);
    for (int i = from; i < from + count; i++) {
        char text[64];
        struct error error;
        snprintf(text, sizeof text, "Ana,Paz,%d,2000-01-01,%d", i, i % 10 == 7 ? WINNING_NUMBER : 1);
        assert_true(chunk_add(chunk, text, strlen(text), &error));
    }
    return chunk;
}

// The caller gives it to discard_request().
static inline struct ledger_request *request_as(struct sent sent,
                                                void (*complete)(struct ledger_request *request)) {
    enum ledger_request_type type = sent.last ? LEDGER_LAST_CHUNK : sent.type;
    bool has_bets = type == LEDGER_CHUNK || type == LEDGER_LAST_CHUNK;
    struct ledger_request *request = calloc(1, sizeof *request);
    assert_non_null(request);
    *request = (struct ledger_request){.input.type = type,
                                       .input.agency = sent.agency == 0 ? 1 : sent.agency,
                                       .input.first = sent.first,
                                       .input.sender = sent.sender,
                                       .input.wants_receipt = sent.receipt,
                                       .answer.next = -1,
                                       .complete = complete};
    error_clear(&request->answer.error);
    if (has_bets) {
        int from = sent.from == 0 && sent.first > 0 ? (int)sent.first : sent.from;
        struct chunk *chunk = chunk_numbered(from, sent.count);
        assert_true(chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length,
                                 request->input.digest));
        request->input.chunk = chunk;
    }
    return request;
}

static inline void discard_request(struct ledger_request *request) {
    chunk_free((struct chunk *)(uintptr_t)request->input.chunk);
    free(request->answer.pieces);
    free(request->answer.receipt);
    free(request);
}

#endif
