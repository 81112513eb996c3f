#include "seal/rules.h"

#include "base/memory.h"
#include "seal/decimal.h"
#include "seal/draft.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/form.h"
#include "seal/instant.h"
#include "seal/origin.h"

#include <inttypes.h>

static const char *const how_names[] = {
    [RULES_FIXED] = "fixed", [RULES_MANUAL] = "manual", [RULES_BEACON] = "beacon"};

enum { HOWS = sizeof how_names / sizeof how_names[0] };

// Reading -------------------------------------------------------------------------------------------------

static bool take_record(struct form *form, struct rules *rules, struct error *error) {
    struct slice line, parts[2];
    if (!form_line(form, &line, error)) {
        return false;
    }
    if (!form_cut(line, parts, 2) || !decimal_parse(parts[0], UINT64_MAX, &rules->number) ||
        (rules->number == 0 ? !slice_is(parts[1], "-")
                            : !base64_decode_exactly(parts[1], rules->before.bytes, HASH_BYTES))) {
        return form_refuse(form, error,
                           "is neither \"0 -\" nor the record's number and the hash of the one before");
    }
    return true;
}

static bool take_close(struct form *form, struct rules *rules, struct error *error) {
    struct slice value;
    if (!form_value(form, "close", &value, error)) {
        return false;
    }
    rules->has_close = !slice_is(value, "-");
    return !rules->has_close || instant_parse(value, &rules->close) ||
           form_refuse(form, error, "close: is neither \"-\" nor a time such as 2026-11-25T21:00:00Z");
}

static bool take_how(struct form *form, struct rules *rules, struct error *error) {
    struct slice value;
    if (!form_value(form, "number", &value, error)) {
        return false;
    }
    for (int i = 0; i < HOWS; i++) {
        if (slice_is(value, how_names[i])) {
            rules->how = (enum rules_number)i;
            return true;
        }
    }
    return form_refuse(form, error, "number: is none of beacon, manual, fixed");
}

static bool take_pulse(struct form *form, struct rules *rules, struct error *error) {
    struct slice value, parts[4];
    struct rules_pulse *pulse = &rules->pulse;
    if (!form_value(form, "nist", &value, error)) {
        return false;
    }
    if (!form_cut(value, parts, 4) || !decimal_parse(parts[0], UINT64_MAX, &pulse->chain) ||
        !instant_parse(parts[1], &pulse->time) ||
        !hex_decode_exactly(parts[2], pulse->certificate_id, CERTIFICATE_ID_BYTES) ||
        !base64_decode_exactly(parts[3], pulse->public_key.bytes, HASH_BYTES)) {
        return form_refuse(form, error, "nist: is not a chain, a time, a certificate's id and a key's hash");
    }
    if (pulse->time % 60 != 0) {
        return form_refuse(form, error, "nist: the pulse's time is not a whole minute");
    }
    if (!rules->has_close || rules->close + BEACON_CLOSE_LEAD_S > pulse->time) {
        return form_refuse(form, error, "nist: the close is not at least 15 minutes before the pulse");
    }
    return true;
}

// Reads the lines that begin with `word`, each of which holds a key of `type`, sorted by bytes.
static bool take_keys(struct form *form, const char *word, enum vkey_type type, struct vkey **keys,
                      size_t *count, struct error *error) {
    struct slice last = {NULL, 0}, text;
    while (form_next_is(form, word)) {
        struct vkey *more = memory_resize_array(*keys, *count + 1, sizeof **keys);
        if (more == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "%s: no memory", form->what);
        }
        *keys = more;
        struct error fault;
        if (!form_value(form, word, &text, error)) {
            return false;
        }
        if (!vkey_parse(text, &more[*count], &fault)) {
            return form_refuse(form, error, "%s: %s", word, fault.text);
        }
        if (more[*count].type != type) {
            return form_refuse(form, error, "%s: the key's type is not %d", word, (int)type);
        }
        if (*count > 0 && slice_compare(last, text) >= 0) {
            return form_refuse(form, error, "%s: does not come after the one before in the order of bytes",
                               word);
        }
        for (size_t i = 0; i < *count; i++) {
            if (vkey_same_public_key(&more[i], &more[*count])) {
                return form_refuse(form, error, "%s: has the public key of %s", word, more[i].name);
            }
        }
        last = text;
        ++*count;
    }
    return true;
}

static bool take_approvals(struct form *form, struct rules *rules, struct error *error) {
    if (rules->how != RULES_MANUAL || !form_next_is(form, "approvals")) {
        return true;
    }
    uint64_t approvals;
    if (!form_number(form, "approvals", 1, UINT32_MAX, &approvals, error) ||
        !take_keys(form, "approver", VKEY_ED25519, &rules->approvers, &rules->approver_count, error)) {
        return false;
    }
    rules->approvals = (uint32_t)approvals;
    return approvals <= rules->approver_count ||
           form_refuse(form, error, "%" PRIu64 " approvals are wanted, and there are %zu approvers",
                       approvals, rules->approver_count);
}

static bool take_authorities(struct form *form, struct rules *rules, struct error *error) {
    struct slice text;
    while (form_next_is(form, "tsa")) {
        size_t count = rules->authority_count;
        struct hash *more = memory_resize_array(rules->authorities, count + 1, sizeof *more);
        if (more == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "%s: no memory", form->what);
        }
        rules->authorities = more;
        if (!form_value(form, "tsa", &text, error)) {
            return false;
        }
        if (!hex_decode_exactly(text, more[count].bytes, HASH_BYTES)) {
            return form_refuse(form, error, "tsa: is no hex, in lower case, of 32 bytes");
        }
        if (count > 0 && memcmp(more[count - 1].bytes, more[count].bytes, HASH_BYTES) >= 0) {
            return form_refuse(form, error, "tsa: does not come after the one before in the order of bytes");
        }
        rules->authority_count++;
    }
    return true;
}

// That no other key of the rules is the server's.
static bool check_key(const struct form *form, const struct rules *rules, struct error *error) {
    for (size_t i = 0; i < rules->approver_count; i++) {
        if (vkey_same_public_key(&rules->approvers[i], &rules->key)) {
            return form_refuse(form, error, "key: is that of the approver %s, too", rules->approvers[i].name);
        }
    }
    for (size_t i = 0; i < rules->witness_count; i++) {
        if (vkey_same_public_key(&rules->witnesses[i], &rules->key)) {
            return form_refuse(form, error, "key: is that of the witness %s, too", rules->witnesses[i].name);
        }
    }
    return true;
}

static bool take_key(struct form *form, struct rules *rules, struct error *error) {
    struct slice text;
    struct error fault;
    if (!form_value(form, "key", &text, error)) {
        return false;
    }
    if (!vkey_parse(text, &rules->key, &fault)) {
        return form_refuse(form, error, "key: %s", fault.text);
    }
    if (rules->key.type != VKEY_ED25519 || !slice_is(origin_name(rules->origin), rules->key.name)) {
        return form_refuse(form, error, "key: is not of type 1, or has another name than the origin");
    }
    return check_key(form, rules, error);
}

static bool take_lines(struct form *form, struct rules *rules, struct error *error) {
    uint64_t agencies = 0, numbers;
    bool is_begun = form_literal(form, "quiniela rules v1", error) &&
                    form_origin(form, &rules->origin, error) && take_record(form, rules, error) &&
                    form_number(form, "agencies", 1, AGENCIES_MAX, &agencies, error) &&
                    form_number(form, "numbers", SEAL_NUMBERS, SEAL_NUMBERS, &numbers, error) &&
                    take_close(form, rules, error) && take_how(form, rules, error);
    rules->agencies = (uint32_t)agencies;
    if (!is_begun || (rules->how == RULES_BEACON && !take_pulse(form, rules, error)) ||
        !take_approvals(form, rules, error) ||
        !take_keys(form, "witness", VKEY_COSIGNATURE, &rules->witnesses, &rules->witness_count, error) ||
        !take_authorities(form, rules, error)) {
        return false;
    }
    if (rules->how == RULES_BEACON && rules->witness_count + rules->authority_count == 0) {
        return form_refuse(form, error, "no witness and no tsa follows, and a beacon's number needs one");
    }
    return form_hash(form, "secret", &rules->secret, error) && take_key(form, rules, error) &&
           form_end(form, error);
}

struct rules *rules_parse(struct slice text, struct error *error) {
    if (text.length > NOTE_BYTES_MAX) {
        error_set(error, ERROR_BAD_FORM, "the rules: are longer than %d bytes", NOTE_BYTES_MAX);
        return NULL;
    }
    struct rules *rules = memory_zeroed(1, sizeof *rules + text.length);
    if (rules == NULL) {
        error_set(error, ERROR_NO_MEMORY, "the rules: no memory");
        return NULL;
    }
    char *copy = (char *)(rules + 1);
    if (text.length > 0) {
        memcpy(copy, text.text, text.length);
    }
    rules->text = (struct slice){copy, text.length};
    hash_of(copy, text.length, &rules->hash);
    struct form form;
    form_begin(&form, "the rules", rules->text);
    if (!take_lines(&form, rules, error)) {
        rules_free(rules);
        return NULL;
    }
    return rules;
}

void rules_free(struct rules *rules) {
    if (rules != NULL) {
        memory_free(rules->approvers);
        memory_free(rules->witnesses);
        memory_free(rules->authorities);
        memory_free(rules);
    }
}

// Writing -------------------------------------------------------------------------------------------------

static void put_keys(struct draft *draft, const char *word, const struct vkey *keys, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char text[VKEY_TEXT_BYTES];
        vkey_format(&keys[i], text);
        draft_print(draft, "%s %s\n", word, text);
    }
}

static void put_pulse(struct draft *draft, const struct rules_pulse *pulse) {
    char time[INSTANT_TEXT_BYTES], id[HEX_TEXT_BYTES(CERTIFICATE_ID_BYTES)];
    instant_format(pulse->time <= INSTANT_MAX ? pulse->time : INSTANT_MAX, time);
    hex_encode(pulse->certificate_id, CERTIFICATE_ID_BYTES, id);
    draft_print(draft, "nist %" PRIu64 " %s %s", pulse->chain, time, id);
    draft_hash(draft, " ", &pulse->public_key, "\n");
}

static void put_beginning(struct draft *draft, const struct rules *rules) {
    char close[INSTANT_TEXT_BYTES] = "-";
    if (rules->has_close) {
        instant_format(rules->close <= INSTANT_MAX ? rules->close : INSTANT_MAX, close);
    }
    draft_add(draft, slice_of("quiniela rules v1\n"));
    draft_add(draft, rules->origin);
    if (rules->number == 0) {
        draft_print(draft, "\n0 -\n");
    } else {
        draft_print(draft, "\n%" PRIu64, rules->number);
        draft_hash(draft, " ", &rules->before, "\n");
    }
    draft_print(draft, "agencies %" PRIu32 "\nnumbers %d\nclose %s\nnumber %s\n", rules->agencies,
                SEAL_NUMBERS, close, how_names[rules->how]);
}

bool rules_write(const struct rules *rules, char *text, size_t max, size_t *length, struct error *error) {
    struct draft draft;
    draft_begin(&draft, text, max);
    put_beginning(&draft, rules);
    if (rules->how == RULES_BEACON) {
        put_pulse(&draft, &rules->pulse);
    }
    if (rules->approvals > 0) {
        draft_print(&draft, "approvals %" PRIu32 "\n", rules->approvals);
        put_keys(&draft, "approver", rules->approvers, rules->approver_count);
    }
    put_keys(&draft, "witness", rules->witnesses, rules->witness_count);
    for (size_t i = 0; i < rules->authority_count; i++) {
        char hex[HEX_TEXT_BYTES(HASH_BYTES)];
        hex_encode(rules->authorities[i].bytes, HASH_BYTES, hex);
        draft_print(&draft, "tsa %s\n", hex);
    }
    draft_hash(&draft, "secret ", &rules->secret, "\n");
    put_keys(&draft, "key", &rules->key, 1);
    if (draft.is_over) {
        return error_set(error, ERROR_BAD_FORM, "the rules: are longer than %zu bytes", max);
    }
    *length = draft.length;
    struct rules *again = rules_parse(draft_text(&draft), error);
    rules_free(again);
    return again != NULL;
}
