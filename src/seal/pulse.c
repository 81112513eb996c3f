#include "seal/pulse.h"

#include "seal/big_endian.h"
#include "seal/errors.h"
#include "seal/instant.h"

#include <inttypes.h>

enum { PERIOD_MS = 60000 };

static void put_number(uint8_t **at, uint32_t value) {
    put_u32(*at, value);
    *at += 4;
}

static void put_long(uint8_t **at, uint64_t value) {
    put_u64(*at, value);
    *at += 8;
}

// lp(x): its length, and itself.
static void put(uint8_t **at, const void *bytes, size_t length) {
    put_number(at, (uint32_t)length);
    memcpy(*at, bytes, length);
    *at += length;
}

static void put_text(uint8_t **at, const struct pulse_text *text) {
    put(at, text->text, text->length);
}

static void put_bytes(uint8_t **at, const struct pulse_bytes *bytes) {
    put(at, bytes->bytes, bytes->length);
}

size_t pulse_message(const struct pulse *pulse, uint8_t message[PULSE_MESSAGE_BYTES_MAX]) {
    uint8_t *at = message;
    put_text(&at, &pulse->uri);
    put_text(&at, &pulse->version);
    put_number(&at, pulse->cipher_suite);
    put_number(&at, pulse->period);
    put_bytes(&at, &pulse->certificate_id);
    put_long(&at, pulse->chain);
    put_long(&at, pulse->index);
    put_text(&at, &pulse->time_stamp);
    put_bytes(&at, &pulse->local_random);
    put_bytes(&at, &pulse->external_source);
    put_number(&at, pulse->external_status);
    put_bytes(&at, &pulse->external_value);
    for (int i = 0; i < PULSE_LIST; i++) {
        put_bytes(&at, &pulse->list[i]);
    }
    put_bytes(&at, &pulse->precommitment);
    put_number(&at, pulse->status);
    return (size_t)(at - message);
}

static bool refuse(struct error *error, const char *what) {
    return error_set(error, ERROR_FALSE_CLAIM, "the pulse %s", what);
}

static bool has_bytes(const struct pulse_bytes *bytes, const void *wanted, size_t length) {
    return bytes->length == length && memcmp(bytes->bytes, wanted, length) == 0;
}

bool pulse_check(const struct pulse *pulse, const struct pulse_certificate *certificate,
                 struct error *error) {
    uint8_t message[PULSE_MESSAGE_BYTES_MAX], output[BEACON_OUTPUT_BYTES];
    if (!has_bytes(&pulse->certificate_id, certificate->id, sizeof certificate->id)) {
        return refuse(error, "is of another certificate");
    }
    size_t length = pulse_message(pulse, message);
    if (!pulse_certificate_verify(certificate, message, length, pulse->signature, pulse->signature_length,
                                  error)) {
        return false;
    }
    long_hash_of_two(message, length, pulse->signature, pulse->signature_length, output);
    return has_bytes(&pulse->output, output, sizeof output) ||
           refuse(error, "has an output that is not its own");
}

bool pulse_is_named(const struct pulse *pulse, const struct pulse_certificate *certificate,
                    const struct rules_pulse *rules, struct error *error) {
    if (pulse->cipher_suite != 0 || pulse->period != PERIOD_MS) {
        return refuse(error, "is of another cipher suite than 0, or another period than 60000 ms");
    }
    if (pulse->chain != rules->chain) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the pulse is of chain %" PRIu64 ", and the rules name chain %" PRIu64, pulse->chain,
                         rules->chain);
    }
    char time[INSTANT_TEXT_BYTES + 4];
    size_t length = instant_format(rules->time, time) - 1;
    memcpy(time + length, ".000Z", 6);
    if (!slice_is((struct slice){pulse->time_stamp.text, pulse->time_stamp.length}, time)) {
        return error_set(error, ERROR_FALSE_CLAIM,
                         "the pulse is of another time than %s, which the rules name", time);
    }
    if (!has_bytes(&pulse->certificate_id, rules->certificate_id, CERTIFICATE_ID_BYTES)) {
        return refuse(error, "is of another certificate than the rules name");
    }
    return hash_equal(&certificate->public_key, &rules->public_key) ||
           refuse(error, "has a certificate with another key than the rules name");
}
