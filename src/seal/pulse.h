// A pulse of NIST's beacon (Beacon 2.0, NISTIR 8213 draft): what is signed of it, and whether it is the one
// that the rules name.
#ifndef QUINIELA_SEAL_PULSE_H
#define QUINIELA_SEAL_PULSE_H

#include "seal/beacon_number.h"
#include "seal/pulse_certificate.h"
#include "seal/rules.h"

enum {
    PULSE_TEXT_BYTES_MAX = 256,
    PULSE_HASH_BYTES_MAX = 64,
    PULSE_SIGNATURE_BYTES_MAX = 1024,
    PULSE_MESSAGE_BYTES_MAX =
        3 * (4 + PULSE_TEXT_BYTES_MAX) + 10 * (4 + PULSE_HASH_BYTES_MAX) + 4 * 4 + 2 * 8,
};

enum pulse_list { PULSE_PREVIOUS, PULSE_HOUR, PULSE_DAY, PULSE_MONTH, PULSE_YEAR, PULSE_LIST };

struct pulse_text {
    size_t length;
    char text[PULSE_TEXT_BYTES_MAX];
};

struct pulse_bytes {
    size_t length;
    uint8_t bytes[PULSE_HASH_BYTES_MAX];
};

struct pulse {
    struct pulse_text uri, version, time_stamp;
    uint32_t cipher_suite, period, status;
    uint64_t chain, index;
    struct pulse_bytes certificate_id, local_random, precommitment;
    struct pulse_bytes external_source, external_value;
    uint32_t external_status;
    struct pulse_bytes list[PULSE_LIST];
    size_t signature_length;
    uint8_t signature[PULSE_SIGNATURE_BYTES_MAX];
    struct pulse_bytes output;
};

// Writes M, what is signed. Returns its length.
size_t pulse_message(const struct pulse *pulse, uint8_t message[PULSE_MESSAGE_BYTES_MAX]);

// Checks that the pulse is one of that certificate's key: the certificate's id, the signature, and its
// output, SHA-512(M ‖ signature). ERROR_FALSE_CLAIM, ERROR_NO_MEMORY.
bool pulse_check(const struct pulse *pulse, const struct pulse_certificate *certificate,
                 struct error *error) MUST_CHECK;

// Checks that it is the one that the rules name: chain, time, certificate and key; and of a kind that format
// 1 takes. ERROR_FALSE_CLAIM.
bool pulse_is_named(const struct pulse *pulse, const struct pulse_certificate *certificate,
                    const struct rules_pulse *rules, struct error *error) MUST_CHECK;

#endif
