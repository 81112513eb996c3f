// Any text that we write as JSON is read back as it was.
// The text may hold anything, except that bytes that are not UTF-8 come back as '?'. The same holds for
// replies that carry it.
#include "fuzz.h"

#include "base/utf8.h"
#include "bet/errors.h"
#include "wire/frame.h"
#include "wire/json.h"
#include "wire/json_text.h"
#include "wire/reply.h"

#include <stdlib.h>
#include <string.h>

static struct message_decoder *decoder;

// What must come back. The caller frees it.
static char *expected_of(const char *text, size_t length) {
    char *expected = malloc(length + 1);
    must_hold(expected != NULL, "memory");
    for (size_t at = 0; at < length;) {
        uint32_t character;
        size_t size = utf8_character(text + at, length - at, &character);
        must_hold(size <= 4 && size <= length - at, "a character has up to four bytes");
        if (size == 0) {
            expected[at++] = '?';
            continue;
        }
        memcpy(expected + at, text + at, size);
        at += size;
    }
    return expected;
}

static void check_text(const char *text, size_t length, bool ascii) {
    static const char before[] = "{\"t\":";
    size_t start = sizeof before - 1,
           written = ascii ? json_ascii_bytes(text, length) : json_text_bytes(text, length),
           all = start + written + 1;
    char *json = malloc(all + JSON_PADDING_BYTES);
    must_hold(json != NULL, "memory");
    memcpy(json, before, start);
    char *end =
        ascii ? json_ascii_write(json + start, text, length) : json_text_write(json + start, text, length);
    for (const char *at = json; ascii && at < end; at++) {
        must_hold((unsigned char)*at < 0x80, "it is ASCII alone");
    }
    must_hold(end == json + start + written, "a text takes just the bytes it said");
    *end = '}';
    memset(end + 1, 0, JSON_PADDING_BYTES);
    static const char *const names[] = {"t"};
    struct json_value value;
    struct error error;
    char *expected = expected_of(text, length);
    must_hold(json_parse_object(message_decoder_parser(decoder), (const uint8_t *)json, all, names, 1, &value,
                                &error),
              "what we write parses");
    must_hold(value.kind == JSON_STRING && value.text_length == length &&
                  memcmp(value.text, expected, length) == 0,
              "a text is read back as it was");
    free(expected);
    free(json);
}

static struct reply read_frame(uint8_t *frame, size_t length, size_t room) {
    const uint8_t *message;
    size_t size = 0;
    struct reply reply;
    struct error error;
    must_hold(length <= room &&
                  frame_next(frame, length, REPLY_BYTES_MAX, &message, &size) == FRAME_COMPLETE &&
                  FRAME_HEADER_BYTES + size == length,
              "a reply is one frame within its room");
    must_hold(reply_decode(decoder, message, size, &reply, &error), "what the central says is understood");
    return reply;
}

#define LISTED(code, name, retryable) code,

static void check_error_reply(const uint8_t *bytes, size_t length) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX + JSON_PADDING_BYTES] = {0};
    struct error error;
    static const struct error_code *const codes[] = {LOTTERY_ERRORS(LISTED) ERROR_BAD_SETTING, ERROR_SYSTEM,
                                                     ERROR_NETWORK, ERROR_NO_MEMORY};
    const struct error_code *code = codes[(length > 0 ? bytes[0] : 0) % (sizeof codes / sizeof *codes)];
    error_set(&error, code, "%.*s", (int)length, (const char *)bytes);
    error.bet = (int64_t)length - 1;
    error.field = length % 2 == 0 ? "payload" : NULL;
    int64_t next = length % 3 == 0 ? -1 : (int64_t)length;
    char *expected = expected_of(error.text, strlen(error.text));
    struct reply reply = read_frame(frame, reply_encode_error(frame, &error, next), REPLY_SMALL_BYTES_MAX);
    must_hold(reply.type == REPLY_ERROR && reply.error.code == code &&
                  strcmp(reply.error_name, error_name(code)) == 0 &&
                  reply.retryable == error_retryable(code) && reply.error.bet == error.bet &&
                  reply.next == next && strlen(reply.error.text) == strlen(error.text) &&
                  memcmp(reply.error.text, expected, strlen(error.text)) == 0,
              "an error is read back as it was");
    free(expected);
}

static void check_other_replies(const uint8_t *bytes, size_t length) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX + JSON_PADDING_BYTES] = {0};
    uint64_t number = 0;
    memcpy(&number, bytes, length < sizeof number ? length : sizeof number);
    number &= INT64_MAX;
    struct reply reply = read_frame(frame, reply_encode_processed(frame, number), REPLY_SMALL_BYTES_MAX);
    must_hold(reply.type == REPLY_CHUNK_PROCESSED && (uint64_t)reply.next == number, "an acknowledgement");
    reply = read_frame(frame, reply_encode_not_ready(frame, (uint32_t)number), REPLY_SMALL_BYTES_MAX);
    must_hold(reply.type == REPLY_WINNERS_NOT_READY && reply.retry_after_ms == (uint32_t)number, "a delay");
}

static void check_winners(const uint8_t *bytes, size_t length) {
    static const char legal[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,";
    size_t room = REPLY_WINNERS_AROUND_BYTES + length;
    char *documents = malloc(length + 1);
    uint8_t *frame = calloc(1, room + JSON_PADDING_BYTES);
    must_hold(documents != NULL && frame != NULL, "memory");
    for (size_t i = 0; i < length; i++) {
        documents[i] = legal[bytes[i] % (sizeof legal - 1)];
    }
    struct reply reply = read_frame(frame, reply_encode_winners(frame, documents, length), room);
    must_hold(reply.type == REPLY_WINNERS && reply.winners.length == length &&
                  memcmp(reply.winners.text, documents, length) == 0,
              "the winners are read back as they were");
    free(documents);
    free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    if (decoder == NULL) {
        decoder = message_decoder_new();
        must_hold(decoder != NULL, "memory");
    }
    check_text((const char *)bytes, length, false);
    check_text((const char *)bytes, length, true);
    check_error_reply(bytes, length);
    check_other_replies(bytes, length);
    check_winners(bytes, length);
    return 0;
}
