// No reply from a central breaks the agency.
#include "fuzz.h"

#include "bet/errors.h"
#include "wire/limits.h"
#include "wire/reply.h"

#include <stdlib.h>
#include <string.h>

// Every byte of it can be read.
static void read_all(const struct bet_slice *text) {
    volatile char sum = 0;
    for (size_t i = 0; text->text != NULL && i < text->length; i++) {
        sum = (char)(sum + text->text[i]);
    }
}

static void read_receipt(const struct reply_receipt *receipt) {
    must_hold(receipt->path_length <= RECEIPT_PATH_MAX, "a path is within its limit");
    read_all(&receipt->entry);
    read_all(&receipt->note);
    for (size_t i = 0; i < receipt->path_length; i++) {
        read_all(&receipt->path[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static struct message_decoder *decoder;
    if (decoder == NULL) {
        decoder = message_decoder_new();
    }
    skip_header(&bytes, &length);
    uint8_t *padded = malloc(length + JSON_PADDING_BYTES);
    must_hold(decoder != NULL && padded != NULL, "memory");
    memcpy(padded, bytes, length);
    memset(padded + length, 0, JSON_PADDING_BYTES);
    struct reply reply;
    struct error error;
    if (reply_decode(decoder, padded, length, &reply, &error)) {
        must_hold(reply.next >= -1 && reply.retry_after_ms >= -1, "numbers are within their limits");
        must_hold(memchr(reply.error_name, '\0', sizeof reply.error_name) != NULL, "a name has an end");
        must_hold(reply.piece_count <= PIECES_LISTED_MAX && (reply.piece_count == 0 || reply.pieces != NULL),
                  "a list is within its limit");
        for (size_t i = 0; i < reply.piece_count; i++) {
            must_hold(reply.pieces[i].count >= 1 && reply.pieces[i].count <= CHUNK_BETS_MAX &&
                          reply.pieces[i].first + reply.pieces[i].count <= INT64_MAX,
                      "a piece is within its limits");
        }
        if (reply.type == REPLY_WINNERS) {
            read_all(&reply.winners);
        }
        read_all(&reply.rules);
        read_all(&reply.seal);
        read_all(&reply.result);
        read_all(&reply.key);
        if (reply.has_receipt) {
            read_receipt(&reply.receipt);
        }
    } else {
        must_hold(error.code == ERROR_BAD_JSON || error.code == ERROR_BAD_MESSAGE, "a refusal says why");
    }
    free(padded);
    return 0;
}
