// A message that is accepted is within the limits, and means the same when encoded again.
#include "fuzz.h"

#include "../unit/encoded.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

static void encode_and_compare(struct message_decoder *decoder, const struct message *message) {
    size_t room = encoded_max(message->chunk) + JSON_PADDING_BYTES;
    uint8_t *frame = malloc(room);
    must_hold(frame != NULL, "memory");
    bool asks = message->type == MESSAGE_SEND_CHUNK && message->first == 0 && message->stored >= 0;
    size_t length = encode_chunk_asking(frame, message->type, message->agency, message->first,
                                        asks ? message->stored : -1, message->chunk);
    must_hold(length + JSON_PADDING_BYTES <= room, "the encoded message has the room it asked for");
    memset(frame + length, 0, JSON_PADDING_BYTES);
    struct message again;
    struct error error;
    must_hold(
        message_decode(decoder, frame + FRAME_HEADER_BYTES, length - FRAME_HEADER_BYTES, &again, &error),
        "what was accepted is accepted again");
    const struct chunk *one = message->chunk, *other = again.chunk;
    must_hold(again.type == message->type && again.agency == message->agency &&
                  again.first == message->first && again.stored == (asks ? message->stored : -1) &&
                  one->count == other->count && one->rows_length == other->rows_length &&
                  memcmp(one->rows, other->rows, one->rows_length) == 0 &&
                  memcmp(one->numbers, other->numbers, 2 * (size_t)one->count) == 0,
              "it means the same");
    chunk_free(again.chunk);
    free(frame);
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
    struct message message;
    struct error error;
    if (!message_decode(decoder, padded, length, &message, &error)) {
        must_hold(message.chunk == NULL && error.code != ERROR_NONE && error.text[0] != '\0',
                  "a refusal says why, and leaves nothing");
    } else {
        must_hold(message.agency >= 1 && message.agency <= AGENCIES_MAX && message.first >= -1 &&
                      message.stored >= -1,
                  "what is accepted is within the limits");
        must_hold((message.type == MESSAGE_CONSULT_WINNERS) == (message.chunk == NULL), "chunks carry bets");
        must_hold(message.seal.text == NULL ||
                      (message.wants_seal && message.seal.length <= SHOWN_SEAL_BYTES_MAX),
                  "a seal that is shown is within its limit");
        if (message.chunk != NULL) {
            encode_and_compare(decoder, &message);
            chunk_free(message.chunk);
        }
    }
    free(padded);
    return 0;
}
