// Says of each text on standard input whether seal/ takes it, for test_agree.py.
//
// A text is a byte that says what it is, its length (u32, big-endian), and its bytes; the answer is a line, 1
// or 0 and why not. The only argument is the key that must have signed proofs and codes. The signatures of
// other notes are not checked, so that what is within is read also when it was changed.
#include "seal/approval.h"
#include "seal/bet_text.h"
#include "seal/big_endian.h"
#include "seal/checkpoint.h"
#include "seal/decimal.h"
#include "seal/encoding.h"
#include "seal/instant.h"
#include "seal/limits.h"
#include "seal/note.h"
#include "seal/origin.h"
#include "seal/proof.h"
#include "seal/proof_code.h"
#include "seal/pulse_json.h"
#include "seal/receipt.h"
#include "seal/result.h"
#include "seal/rules.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 128 * 1024 };

static struct vkey server;

static bool takes_rules(struct slice text, struct error *error) {
    struct rules *rules = rules_parse(text, error);
    rules_free(rules);
    return rules != NULL;
}

// A note's text.
static bool takes_note(char kind, struct slice bytes, struct error *error) {
    union {
        struct checkpoint seal;
        struct approval approval;
        struct result result;
        struct receipts receipts;
    } read;
    struct note note;
    if (!note_parse("the note", bytes, &note, error)) {
        return false;
    }
    switch (kind) {
    case 'R':
        return takes_rules(note.text, error);
    case 'S':
        return checkpoint_parse(note.text, &read.seal, error);
    case 'A':
        return approval_parse(note.text, &read.approval, error);
    case 'E':
        return result_parse(note.text, &read.result, error);
    default:
        return receipts_parse(note.text, &read.receipts, error);
    }
}

static bool takes_proof(struct slice text, struct error *error) {
    struct proof proof;
    struct checkpoint seal;
    return proof_parse(text, &proof, error) && proof_check(&proof, &server, (struct slice){0}, &seal, error);
}

static bool takes_code(struct slice code, struct error *error) {
    struct proof_code parsed;
    struct checkpoint seal;
    return proof_code_parse((const uint8_t *)code.text, code.length, &parsed, error) &&
           proof_code_check(&parsed, &server, (struct slice){0}, &seal, error);
}

static bool takes_pulse(struct slice json, struct error *error) {
    static uint8_t message[PULSE_MESSAGE_BYTES_MAX];
    uint8_t output[BEACON_OUTPUT_BYTES];
    struct pulse pulse;
    if (!pulse_json_read(json, &pulse, error)) {
        return false;
    }
    size_t length = pulse_message(&pulse, message);
    long_hash_of_two(message, length, pulse.signature, pulse.signature_length, output);
    return pulse.output.length == sizeof output && memcmp(pulse.output.bytes, output, sizeof output) == 0;
}

static bool takes_value(char kind, struct slice text, struct error *error) {
    static uint8_t bytes[TEXT_MAX];
    size_t length;
    uint64_t number;
    struct vkey key;
    struct receipt receipt;
    struct bet_text bet;
    switch (kind) {
    case 'r':
        return receipt_parse(text, &receipt, error);
    case 'V':
        return vkey_parse(text, &key, error);
    case 'B':
        return bet_text_parse(text, &bet, error);
    case '6':
        return base64_decode(text, bytes, sizeof bytes, &length);
    case '3':
        return base32_decode(text, bytes, sizeof bytes, &length);
    case 'd':
        return decimal_parse(text, UINT64_MAX, &number);
    case 'i':
        return instant_parse(text, &number);
    default:
        return origin_is_valid(text);
    }
}

static bool takes(char kind, struct slice text, struct error *error) {
    switch (kind) {
    case 'R':
    case 'S':
    case 'A':
    case 'E':
    case 'N':
        return takes_note(kind, text, error);
    case 'P':
        return takes_proof(text, error);
    case 'C':
        return takes_code(text, error);
    case 'J':
        return takes_pulse(text, error);
    default:
        return takes_value(kind, text, error);
    }
}

int main(int count, char **arguments) {
    static char text[TEXT_MAX];
    struct error error;
    uint8_t head[5];
    if (count != 2 || !vkey_parse(slice_of(arguments[1]), &server, &error)) {
        return 2;
    }
    while (fread(head, 1, sizeof head, stdin) == sizeof head) {
        size_t length = take_u32(head + 1);
        if (length > sizeof text || fread(text, 1, length, stdin) != length) {
            return 2;
        }
        char *copy = malloc(
            length > 0 ? length : 1); // of just its length, so that a sanitizer sees what is read beyond it
        if (copy == NULL) {
            return 2;
        }
        memcpy(copy, text, length);
        error_clear(&error);
        bool taken = takes((char)head[0], (struct slice){copy, length}, &error);
        printf("%d %s\n", taken, taken ? "" : error.text);
        fflush(stdout);
        free(copy);
    }
    return 0;
}
