// Follows what a client sends until its handshake is done, and refuses what would make OpenSSL hold much. In
// TLS 1.3 the only handshake message that a client sends in the clear is its ClientHello, once or, asked to
// repeat it, twice (RFC 8446, sections 2 and 4.1.4). OpenSSL makes room for a message as soon as its header
// has come, and for a ClientHello that may be 128 KiB. Hence each must fill exactly one record, which no
// client's hello is too long for: a record has at most 16 KiB (section 5.1).
#ifndef QUINIELA_TLS_PLAIN_RECORDS_H
#define QUINIELA_TLS_PLAIN_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLAIN_RECORDS_HEADER_BYTES = 5,  // of a record: its type, version and length
    PLAIN_RECORDS_MESSAGE_BYTES = 4, // of a message's header: its type and length
    PLAIN_RECORDS_BYTES_MAX = 16 * 1024,
};

// How far a client's bytes have been followed. Zeroed: at the beginning.
struct plain_records {
    uint8_t header[PLAIN_RECORDS_HEADER_BYTES + PLAIN_RECORDS_MESSAGE_BYTES];
    size_t header_length;
    size_t left; // bytes of the record that may pass unseen
};

// Follows these bytes, which come after those it was given before. False when they begin a record of the
// handshake that is not one whole ClientHello, as soon as that can be seen; then call it no more. Records of
// any other type pass, whatever is in them: they are OpenSSL's to judge.
bool plain_records_follow(struct plain_records *records, const uint8_t *bytes, size_t length);

#endif
