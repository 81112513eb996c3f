#include "ledger/signing_load.h"

#include "base/clock.h"
#include "base/log.h"
#include "bet/errors.h"
#include "ledger/rules_differ.h"
#include "ledger/rules_note.h"
#include "ledger/signing.h"
#include "ledger/signing_folder.h"
#include "ledger/state.h"
#include "notary/notary.h"
#include "seal/instant.h"
#include "seal/salt.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

// Reading back ----------------------------------------------------------------------------------------------

static bool has_all(const struct ledger *ledger, struct error *error) {
    const struct signed_draw *signed_draw = &ledger->signed_draw;
    const struct stored_draw *draw = &ledger->draw;
    const struct rules *rules = signed_draw_rules(signed_draw);
    struct hash secret;
    if (rules == NULL || signed_draw->rules.count != draw->rules) {
        return error_set(error, ERROR_STORE_FAILED,
                         "the store is damaged: draw \"%s\" has %" PRIu32
                         " records of its rules, and %zu are there",
                         ledger->draw_name, draw->rules, signed_draw->rules.count);
    }
    secret_hash(draw->secret, &secret);
    if (!draw->has_secret || !hash_equal(&secret, &rules->secret)) {
        return error_set(error, ERROR_STORE_FAILED,
                         "the store is damaged: draw \"%s\" has another secret than its rules say",
                         ledger->draw_name);
    }
    return slice_is(rules->origin, signed_draw->origin) ||
           error_set(error, ERROR_STORE_FAILED,
                     "the store is damaged: the rules of draw \"%s\" are those of %.*s", ledger->draw_name,
                     (int)rules->origin.length, rules->origin.text);
}

// Whose key the draw is signed with is told before anything is said of its rules.
static bool check_key(const struct ledger *ledger, struct error *error) {
    const struct notary *notary = ledger->options.notary;
    char text[VKEY_TEXT_BYTES];
    struct rules *rules;
    if (!rules_note_first(ledger->store, &rules, error)) {
        return false;
    }
    bool ours = rules == NULL || (notary != NULL && vkey_equal(&rules->key, &notary->terms.key));
    if (rules != NULL) {
        vkey_format(&rules->key, text);
    }
    rules_free(rules);
    return ours || error_set(error, ERROR_NOT_OUR_KEY,
                             "draw \"%s\" is signed by %s, and this server has %s: start it with that key "
                             "(SIGN_KEY, SIGN_NAME), or with another DRAW",
                             ledger->draw_name, text, notary == NULL ? "no key" : "another one");
}

static bool read_stored(struct ledger *ledger, struct error *error) {
    return check_key(ledger, error) &&
           (ledger->options.notary != NULL ||
            error_set(error, ERROR_STORE_FAILED, "the store is damaged: the rules of draw \"%s\" are missing",
                      ledger->draw_name)) &&
           rules_note_all(ledger->store, ledger->draw_name, &ledger->options.notary->terms.key,
                          &ledger->signed_draw.rules, error) &&
           has_all(ledger, error);
}

// The folder ------------------------------------------------------------------------------------------------

// The store was restored from a copy of before a change, which was signed and stays. As an order's would, the
// terms stay whatever the settings say.
static void take_from_folder(struct ledger *ledger) {
    struct signed_draw *signed_draw = &ledger->signed_draw;
    struct stored_draw *draw = &ledger->draw;
    const struct rules *rules = signed_draw_rules(signed_draw);
    draw->rules = (uint32_t)signed_draw->rules.count;
    draw->agencies = rules->agencies;
    memset(draw->closes_at, 0, sizeof draw->closes_at);
    memset(draw->closes_text, 0, sizeof draw->closes_text);
    if (rules->has_close) {
        instant_format(rules->close, draw->closes_at);
        instant_format(rules->close, draw->closes_text);
    }
    clock_utc_text(draw->changed_at);
    ledger->draw_is_stored = false;
    if (ledger->open_group.is_begun || !ledger->is_shared) { // else this runs again, with the draw locked
        log_event(LOG_LEVEL_WARNING, "rules", LOG_SUCCESS,
                  "draw: %s | records: %zu → %zu | agencies: %" PRIu32
                  " | closes_at: %s | message: the store "
                  "was restored from before these rules: they are taken from SEAL_DIR, and stay",
                  ledger->draw_name, signed_draw->stored, signed_draw->rules.count, draw->agencies,
                  draw->closes_at[0] == '\0' ? "none" : draw->closes_at);
    }
}

// A store that was restored may be older than what others have of its draw. Where servers share it, one that
// is new to the draw has an empty folder, too.
static bool tell_of_empty_folder(struct ledger *ledger, struct error *error) {
    struct stored_totals totals = {.bets = 0};
    if (ledger->is_shared && !store_total_agencies(ledger->store, &totals, error)) {
        return false;
    }
    if (ledger->is_shared && ledger->draw.state == DRAW_OPEN && totals.bets == 0) {
        log_event(LOG_LEVEL_INFO, "rules", LOG_IN_PROGRESS,
                  "draw: %s | message: %.200s has nothing of this draw, and gets it now, before any bet",
                  ledger->draw_name, ledger->options.seal_dir);
        return true;
    }
    log_event(LOG_LEVEL_WARNING, "rules", LOG_IN_PROGRESS,
              "draw: %s | message: %.200s has nothing of this draw, and gets it now: if the store was "
              "restored, look for what other servers and agencies have of it",
              ledger->draw_name, ledger->options.seal_dir);
    return true;
}

// A running server looks again only when the store has gone back.
static bool compare_with_folder(struct ledger *ledger, struct error *error) {
    struct signed_draw *signed_draw = &ledger->signed_draw;
    size_t found;
    if (ledger->loaded.has_terms && signed_draw->stored >= signed_draw->kept) {
        return true;
    }
    const struct signing_stored stored = {.seal_dir = ledger->options.seal_dir,
                                          .draw_name = ledger->draw_name,
                                          .key = &ledger->options.notary->terms.key,
                                          .is_open = ledger->draw.state == DRAW_OPEN,
                                          .rules = &signed_draw->rules};
    if (!signing_folder_compare(&stored, &found, error)) {
        return false;
    }
    if (found == 0 && ledger->options.seal_dir != NULL && !ledger->loaded.is_logged &&
        !tell_of_empty_folder(ledger, error)) {
        return false;
    }
    if (signed_draw->rules.count > signed_draw->stored) {
        take_from_folder(ledger);
    }
    return true;
}

// Of a draw that is not signed, or that the store does not have. Where servers share the folder another one
// may have opened the draw since this one began to read: then it is there now.
static bool check_folder_is_empty(struct ledger *ledger, bool found, struct error *error) {
    char name[FOLDER_NAME_BYTES_MAX];
    struct small_file file;
    bool is_there;
    signing_folder_rules_name(0, name);
    if (!signing_folder_read(ledger, name, NOTE_BYTES_MAX, &file, &is_there, error)) {
        return false;
    }
    small_file_free(&file);
    if (is_there && ledger->is_shared && !ledger->signed_draw.is_sought) {
        ledger->signed_draw.is_sought = true;
        return error_set(error, ERROR_STORE_STALE, "another server may have opened the draw");
    }
    return !is_there || signing_folder_refuse_lost(ledger->options.seal_dir, ledger->draw_name, found, error);
}

// A load ----------------------------------------------------------------------------------------------------

static bool begin_new(struct ledger *ledger, struct error *error) {
    struct stored_draw *draw = &ledger->draw;
    if (!check_folder_is_empty(ledger, false, error)) {
        return false;
    }
    draw->has_secret = RAND_priv_bytes(draw->secret, sizeof draw->secret) == 1;
    return draw->has_secret ||
           error_set(error, ERROR_SYSTEM, "no random numbers for the secret of draw \"%s\"",
                     ledger->draw_name);
}

static bool load_unsigned(struct ledger *ledger, struct error *error) {
    if (!check_folder_is_empty(ledger, true, error)) {
        return false;
    }
    if (!ledger->loaded.is_logged) {
        log_event(LOG_LEVEL_WARNING, "rules", LOG_IN_PROGRESS,
                  "draw: %s | signed_by: unsigned | message: it was opened without SIGN_KEY, and stays so",
                  ledger->draw_name);
    }
    return true;
}

static void warn_of_other_settings(const struct ledger *ledger) {
    char settings[RULES_DIFFER_BYTES];
    rules_differ(signed_draw_rules(&ledger->signed_draw), &ledger->options.notary->terms, settings);
    if (settings[0] != '\0' && !ledger->loaded.is_logged) {
        log_event(LOG_LEVEL_WARNING, "rules", LOG_IN_PROGRESS,
                  "draw: %s | message: the settings say something else than the signed rules, which stay: %s",
                  ledger->draw_name, settings);
    }
}

static bool load_signed(struct ledger *ledger, struct error *error) {
    struct signed_draw *signed_draw = &ledger->signed_draw;
    if (!read_stored(ledger, error)) {
        return false;
    }
    signed_draw->stored = signed_draw->rules.count;
    if (!compare_with_folder(ledger, error)) {
        return false;
    }
    warn_of_other_settings(ledger);
    return true;
}

bool signing_load(struct ledger *ledger, bool found, struct error *error) {
    struct signed_draw *signed_draw = &ledger->signed_draw;
    const struct notary *notary = ledger->options.notary;
    kept_rules_cut(&signed_draw->rules, 0);
    signed_draw->stored = 0;
    if (notary != NULL) {
        snprintf(signed_draw->origin, sizeof signed_draw->origin, "%s/%s", notary->terms.key.name,
                 ledger->draw_name);
    }
    if (found && signing_is_on(ledger)) {
        return load_signed(ledger, error);
    }
    return notary == NULL || (found ? load_unsigned(ledger, error) : begin_new(ledger, error));
}
