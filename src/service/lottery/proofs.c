#include "service/lottery/proofs.h"

#include "bet/errors.h"
#include "ledger/notice.h"
#include "ledger/receipts.h"
#include "seal/encoding.h"
#include "service/lottery/shown_seal.h"
#include "service/lottery/state.h"
#include "wire/receipt_json.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

// What may be asked for
// --------------------------------------------------------------------------------------

static bool refuse(struct error *error, const struct error_code *code, const char *field,
                   const char *reason) {
    error_set(error, code, "%s: %s", field, reason);
    error->field = field;
    return false;
}

static bool check_draw(const struct lottery *lottery, const struct message *message, struct error *error) {
    const struct bet_slice *wanted = &message->only_draw;
    size_t length = strlen(lottery->draw);
    if (wanted->text == NULL ||
        (wanted->length == length && memcmp(wanted->text, lottery->draw, length) == 0)) {
        return true;
    }
    return refuse(error, ERROR_OTHER_DRAW, "only_draw",
                  "the message is meant for another draw than this one");
}

static bool check_rules(const struct lottery *lottery, const struct message *message, struct error *error) {
    bool fit = !message->wants_rules || lottery->notice == NULL ||
               notice_rules_length(lottery->notice) <= RULES_TOLD_BYTES_MAX;
    return fit || refuse(error, ERROR_RULES_TOO_LONG, "rules",
                         "the records of this draw have more than the 256 KiB of an answer: ask whoever runs "
                         "the central for them (rules-*.note in SEAL_DIR)");
}

// Whoever has it can try out which bets are sealed.
static bool check_key(struct connection *connection, const struct message *message, struct error *error) {
    const struct lottery_connection *own = connection_state(connection);
    bool is_its_own = connection_identity(connection) != NULL && own->agency == message->agency;
    return !message->wants_key || is_its_own ||
           refuse(error, ERROR_BAD_MESSAGE, "key", "is told over TLS alone, to the agency's certificate");
}

static bool check_seal(const struct lottery *lottery, const struct message *message,
                       struct proofs_wanted *wants, struct error *error) {
    enum shown_seal is;
    if (message->seal.text == NULL) {
        return true;
    }
    if (!shown_seal_judge(lottery->notice, message->seal, &is, &wants->shown, &wants->shown_length, error)) {
        return false;
    }
    wants->has_shown = true;
    wants->is_other = is == SHOWN_SEAL_OTHER;
    return true;
}

bool proofs_compare_shown(const struct lottery *lottery, struct proofs_wanted *wants, struct error *error) {
    struct bet_slice before = {wants->shown, wants->shown_length};
    enum shown_seal is;
    char *shown = wants->shown;
    bool done = shown_seal_judge(lottery->notice, before, &is, &wants->shown, &wants->shown_length, error);
    free(shown);
    wants->is_other = done && is == SHOWN_SEAL_OTHER;
    return done;
}

bool proofs_check(struct connection *connection, const struct message *message, struct proofs_wanted *wants,
                  struct error *error) {
    const struct lottery *lottery = lottery_loop_of(connection)->lottery;
    *wants = (struct proofs_wanted){.rules = message->wants_rules,
                                    .receipt = message->wants_receipt,
                                    .seal = message->wants_seal,
                                    .key = message->wants_key};
    return check_draw(lottery, message, error) && check_rules(lottery, message, error) &&
           check_key(connection, message, error) && check_seal(lottery, message, wants, error);
}

// What is told
// -----------------------------------------------------------------------------------------------

static void begin_field(struct json_writer *fields) {
    if (fields->length == 0) {
        json_begin(fields, NULL);
    }
}

// Writes what a notice has, and null for what it has not where `says_none`. False when out of memory.
static bool put_text(const struct lottery *lottery, char *(*copy)(struct notice *, size_t *, bool *),
                     const char *name, bool says_none, struct json_writer *fields) {
    size_t length = 0;
    bool no_memory = false;
    char *text = lottery->notice == NULL ? NULL : copy(lottery->notice, &length, &no_memory);
    if (text != NULL || (says_none && !no_memory)) {
        begin_field(fields);
        json_put_bytes(fields, name, text, length);
    }
    free(text);
    return !no_memory && !fields->failed;
}

static void put_receipt(const struct ledger_receipt *receipt, struct json_writer *fields) {
    char entry[BASE64_TEXT_BYTES(RECEIPT_BYTES_MAX)];
    char hashes[MERKLE_LEVELS_MAX][BASE64_TEXT_BYTES(HASH_BYTES)];
    static_assert((int)RECEIPT_PATH_MAX >= (int)MERKLE_LEVELS_MAX, "every path has room");
    struct reply_receipt told = {.index = receipt->index,
                                 .path_length = receipt->path.length,
                                 .note = {receipt->note, receipt->note_length}};
    told.entry = (struct bet_slice){entry, base64_encode(receipt->entry, receipt->entry_length, entry)};
    for (size_t i = 0; i < told.path_length; i++) {
        size_t length = base64_encode(receipt->path.hashes[i].bytes, HASH_BYTES, hashes[i]);
        told.path[i] = (struct bet_slice){hashes[i], length};
    }
    begin_field(fields);
    receipt_json_write(fields, &told);
}

static void put_key(const struct lottery *lottery, uint32_t agency, struct json_writer *fields) {
    uint8_t key[AGENCY_KEY_BYTES];
    char text[BASE64_TEXT_BYTES(AGENCY_KEY_BYTES)];
    if (lottery->notice == NULL || !notice_agency_key(lottery->notice, agency, key)) {
        return;
    }
    size_t length = base64_encode(key, sizeof key, text);
    begin_field(fields);
    json_put_bytes(fields, "key", text, length);
    OPENSSL_cleanse(key, sizeof key);
    OPENSSL_cleanse(text, sizeof text);
}

bool proofs_are_sealed(const struct lottery *lottery) {
    return lottery->notice != NULL && notice_is_sealed(lottery->notice);
}

bool proofs_write_chunk(const struct lottery *lottery, const struct proofs_wanted *wants,
                        const struct ledger_receipt *receipt, struct json_writer *fields) {
    if (wants->rules && !put_text(lottery, notice_rules, "rules", true, fields)) {
        return false;
    }
    if (wants->receipt && receipt != NULL) {
        put_receipt(receipt, fields);
    }
    return !fields->failed;
}

// The key comes last: what is written after it might move it, and leave a copy.
bool proofs_write_consultation(const struct lottery *lottery, const struct proofs_wanted *wants,
                               uint32_t agency, struct json_writer *fields) {
    if ((wants->rules && !put_text(lottery, notice_rules, "rules", true, fields)) ||
        (wants->seal && (!put_text(lottery, notice_seal, "seal", false, fields) ||
                         !put_text(lottery, notice_result, "result", false, fields)))) {
        return false;
    }
    if (wants->key) {
        put_key(lottery, agency, fields);
    }
    return !fields->failed;
}

void proofs_free(struct json_writer *fields) {
    if (fields->text != NULL) {
        OPENSSL_cleanse(fields->text, fields->length);
    }
    free(fields->text);
    *fields = (struct json_writer){0};
}
