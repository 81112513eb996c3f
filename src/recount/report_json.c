#include "recount/recount.h"

#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/sealed_number.h"
#include "wire/json_writer.h"

#include <stdlib.h>

enum { PIECE_BYTES = 64 * 1024 };

static void put_hex(struct json_writer *json, const char *key, const struct hash *hash) {
    char text[HEX_TEXT_BYTES(HASH_BYTES)];
    if (hash == NULL) {
        json_put_null(json, key);
        return;
    }
    hex_encode(hash->bytes, HASH_BYTES, text);
    json_put_text(json, key, text);
}

static void put_root(struct json_writer *json, const char *key, const struct hash *hash) {
    char text[BASE64_TEXT_BYTES(HASH_BYTES)];
    base64_encode(hash->bytes, HASH_BYTES, text);
    json_put_text(json, key, text);
}

static void put_total(struct json_writer *json, const char *key, const struct recount_total *total) {
    if (total->is_known) {
        json_put_number(json, key, total->bets);
    } else {
        json_put_null(json, key);
    }
}

static void put_draw(struct json_writer *json, const struct recount *recount) {
    const struct evidence *evidence = &recount->evidence;
    const struct package *package = evidence->given->package;
    struct recount_totals totals;
    char number[SEAL_NUMBER_DIGITS + 1] = "";
    recount_total(recount, &totals);
    snprintf(number, sizeof number, "%0*u", SEAL_NUMBER_DIGITS, evidence->drawn % SEAL_NUMBERS);
    json_put_text_if_any(json, "origin", evidence->origin);
    put_hex(json, "manifest", package->has_manifest ? &package->hash : NULL);
    put_hex(json, "rules", evidence->rules == NULL ? NULL : &evidence->rules->hash);
    put_hex(json, "seal", evidence->has_seal ? &evidence->seal_hash : NULL);
    json_put_text(json, "number", evidence->has_drawn ? number : NULL);
    put_total(json, "sealed", &totals.sealed);
    put_total(json, "counted", &totals.counted);
    put_total(json, "winners", &totals.winners);
}

static void put_agency(struct json_writer *json, const struct recount *recount, const struct tally *tally) {
    json_begin(json, NULL);
    json_put_number(json, "first", tally->first);
    json_put_number(json, "last", tally->last);
    json_put_bool(json, "equal", tally_is_equal(tally));
    json_put_text(json, "state", tally->is_sealed ? entry_state_name(tally->state) : NULL);
    json_put_number(json, "sealed", tally->sealed);
    json_put_number(json, "counted", tally->counted);
    if (recount->tallies.has_winners) {
        json_put_number(json, "winners", tally->winners);
    } else {
        json_put_null(json, "winners");
    }
    put_root(json, "sealed_root", &tally->sealed_root);
    put_root(json, "counted_root", &tally->counted_root);
    json_end(json);
}

static void put_claims(struct json_writer *json, const struct verdicts *verdicts) {
    json_begin_list(json, "claims");
    for (size_t i = 0; i < verdicts->count; i++) {
        verdict_put_json(json, &verdicts->list[i]);
    }
    json_end_list(json);
}

// Writes what there is, so that it takes no more memory than a piece; but for the last byte, by which a comma
// is put or not.
static void flush(struct json_writer *json, FILE *stream) {
    if (!json->failed && json->length > PIECE_BYTES) {
        fwrite(json->text, 1, json->length - 1, stream);
        json->text[0] = json->text[json->length - 1];
        json->length = 1;
    }
}

bool recount_write_json(const struct recount *recount, FILE *stream, struct error *error) {
    struct json_writer json = {.text = NULL};
    json_begin(&json, NULL);
    json_put_text(&json, "format", "quiniela recount v1");
    json_put_number(&json, "exit", recount->status);
    put_draw(&json, recount);
    json_put_bool(&json, "whole", recount->tallies.is_whole);
    json_begin_list(&json, "agencies");
    for (size_t i = 0; i < recount->tallies.count; i++) {
        put_agency(&json, recount, &recount->tallies.list[i]);
        flush(&json, stream);
    }
    json_end_list(&json);
    put_claims(&json, &recount->evidence.verdicts);
    json_end(&json);
    bool done = !json.failed;
    if (done) {
        fwrite(json.text, 1, json.length, stream);
        fputc('\n', stream);
    }
    free(json.text);
    return done || error_set(error, ERROR_NO_MEMORY, "no memory for the report");
}
