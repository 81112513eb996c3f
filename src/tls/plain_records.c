#include "tls/plain_records.h"

#include <string.h>

enum { HANDSHAKE = 22, CLIENT_HELLO = 1 }; // RFC 8446, sections 5.1 and 4

static size_t number(const uint8_t *bytes, int count) {
    size_t value = 0;
    for (int i = 0; i < count; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static size_t record_length(const struct plain_records *records) {
    return number(records->header + 3, 2);
}

static bool is_handshake(const struct plain_records *records) {
    return records->header[0] == HANDSHAKE;
}

// How many bytes of the record must be seen: of a handshake's, the message's header, too.
static size_t wanted(const struct plain_records *records) {
    bool has_message = records->header_length >= PLAIN_RECORDS_HEADER_BYTES && is_handshake(records);
    return PLAIN_RECORDS_HEADER_BYTES + (has_message ? PLAIN_RECORDS_MESSAGE_BYTES : 0);
}

// Whether the record may be a ClientHello, by its own header.
static bool may_be_hello(const struct plain_records *records) {
    size_t length = record_length(records);
    return length >= PLAIN_RECORDS_MESSAGE_BYTES && length <= PLAIN_RECORDS_BYTES_MAX;
}

// Whether it is a whole one, by the message's header.
static bool is_whole_hello(const struct plain_records *records) {
    const uint8_t *message = records->header + PLAIN_RECORDS_HEADER_BYTES;
    return message[0] == CLIENT_HELLO &&
           number(message + 1, 3) + PLAIN_RECORDS_MESSAGE_BYTES == record_length(records);
}

// A part of the record's beginning has come. False when it is refused.
static bool judge(struct plain_records *records) {
    if (records->header_length < wanted(records)) {
        return records->header_length < PLAIN_RECORDS_HEADER_BYTES || may_be_hello(records);
    }
    bool is_good = !is_handshake(records) || is_whole_hello(records);
    records->left = record_length(records) - (records->header_length - PLAIN_RECORDS_HEADER_BYTES);
    records->header_length = 0;
    return is_good;
}

static size_t least(size_t one, size_t other) {
    return one < other ? one : other;
}

bool plain_records_follow(struct plain_records *records, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        size_t now = least(records->left, length);
        records->left -= now;
        bytes += now;
        length -= now;
        if (length > 0) {
            now = least(wanted(records) - records->header_length, length);
            memcpy(records->header + records->header_length, bytes, now);
            records->header_length += now;
            bytes += now;
            length -= now;
            if (!judge(records)) {
                return false;
            }
        }
    }
    return true;
}
