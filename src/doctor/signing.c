#include "doctor/signing.h"

#include "agency/rules_told.h"
#include "base/clock.h"
#include "base/translate.h"
#include "seal/note.h"
#include "wire/frame.h"
#include "wire/message.h"

// The place
// --------------------------------------------------------------------------------------------------

static const char place_check[] = N_("receipts");

void signing_report_place(const struct promises_options *promises, struct findings *findings) {
    struct promises *opened;
    struct error error;
    if (promises == NULL) {
        findings_add(findings, FINDING_SKIPPED, place_check, NULL,
                     "none are kept, as this agency was given no key of the central (CENTRAL_KEY)");
        return;
    }
    struct promises_options looking = *promises;
    looking.only_looks = true; // a client may have the place, or be just starting: not even a lock is tried
    if (!promises_open(&looking, &opened, &error)) {
        findings_add(findings, FINDING_WRONG, place_check,
                     "Name a place of this draw's own that can be written (--receipts)", "%s", error.text);
    } else {
        findings_add(findings, FINDING_OK, place_check, NULL,
                     "%s: can be kept there, with those of %" PRIu64 " bets", promises->receipts,
                     promises_covered(opened));
        promises_close(&opened);
    }
}

// The key
// ----------------------------------------------------------------------------------------------------

static const char key_check[] = N_("who signs");

static bool ask(const struct look_options *options, struct talk *talk, struct reply *reply) {
    const struct message_asks asks = {.rules = true};
    uint8_t frame[MESSAGE_AROUND_BYTES_MAX];
    size_t begun = message_encode_beginning(frame, MESSAGE_SEND_CHUNK, options->agency, 0, 0);
    size_t length = (size_t)(message_encode_end((char *)frame + begun, &asks) - (char *)frame);
    frame_write_header(frame, length - FRAME_HEADER_BYTES);
    return talk_ask(talk, frame, length, options->decoder, reply);
}

// What the first record says of its key.
static bool read_key(struct slice told, struct vkey *key, struct error *error) {
    struct note note;
    if (!note_parse("the rules", rules_told_next(&told), &note, error)) {
        return false;
    }
    struct rules *rules = rules_parse(note.text, error);
    if (rules != NULL) {
        *key = rules->key;
    }
    rules_free(rules);
    return rules != NULL;
}

// Whether every record follows the one before, and is signed by the key, or by one that it has vouched for.
static bool check_records(struct slice told, const struct vkey *key, struct error *error) {
    struct kept_rules records = {.records = NULL};
    bool are_good = true;
    while (are_good && told.length > 0) {
        are_good = kept_rules_add_vouched(&records, rules_told_next(&told), key, error);
    }
    kept_rules_free(&records);
    return are_good;
}

static void report_signed(const struct vkey *trusted, struct slice told, struct findings *findings) {
    char text[VKEY_TEXT_BYTES];
    struct error error;
    struct vkey key;
    if (!read_key(told, &key, &error) || !check_records(told, &key, &error)) {
        findings_add(findings, FINDING_WRONG, key_check, "Tell the operator, and whoever audits the draw",
                     "the rules of the draw do not hold: %s", error.text);
        return;
    }
    vkey_format(&key, text);
    if (trusted == NULL) {
        findings_add(findings, FINDING_OK, key_check, NULL,
                     "signed by %s, whose key this agency was not given (CENTRAL_KEY): it checks nothing",
                     key.name);
    } else if (vkey_equal(trusted, &key)) {
        findings_add(findings, FINDING_OK, key_check, NULL,
                     "signed by %s, with the key that this agency was given (CENTRAL_KEY)", key.name);
    } else if (check_records(told, trusted, &error)) {
        findings_add(
            findings, FINDING_OK, key_check, NULL,
            "signed by %s, a new key, for which the one that this agency was given (CENTRAL_KEY) has "
            "signed, too; the next draw needs the new one",
            text);
    } else {
        findings_add(
            findings, FINDING_WRONG, key_check,
            "Ask whoever gave this agency its key (CENTRAL_KEY), and not the central, which of the two "
            "is right",
            "signed by %s, which is not the key that this agency was given, of %s", text, trusted->name);
    }
}

static void report_unsigned(const struct vkey *trusted, struct findings *findings) {
    if (trusted == NULL) {
        findings_add(findings, FINDING_OK, key_check, NULL, "nobody: the draw is unsigned");
    } else {
        findings_add(
            findings, FINDING_WRONG, key_check,
            "Ask the operator why. Without CENTRAL_KEY the agency sends all the same, and nothing is "
            "proved to it",
            "nobody: the draw is unsigned, and this agency was given the key of %s", trusted->name);
    }
}

static void report_reply(const struct vkey *trusted, const struct reply *reply, struct findings *findings) {
    if (reply->type != REPLY_CHUNK_PROCESSED) {
        findings_add(findings, FINDING_WRONG, key_check, "Tell the operator what it says", "%s: %s",
                     reply->error_name, reply->error.text);
    } else if (reply->rules.text != NULL) {
        report_signed(trusted, (struct slice){reply->rules.text, reply->rules.length}, findings);
    } else if (reply->is_unsigned || trusted != NULL) {
        report_unsigned(trusted, findings);
    } else {
        findings_add(findings, FINDING_NOT_TOLD, key_check, NULL, "who signs the draw");
    }
}

void signing_report_not_asked(const char *why, struct findings *findings) {
    findings_add(findings, FINDING_SKIPPED, key_check, NULL, "%s", translate(why));
}

void signing_report_key(const struct promises_options *promises, struct target *target,
                        const struct look_options *options, struct findings *findings) {
    const struct vkey *trusted = promises == NULL ? NULL : &promises->key;
    struct talk talk;
    struct reply reply;
    if (!target_connect(target, options->wait_ms)) {
        findings_add(findings, FINDING_WRONG, key_check, "Try again", "it cannot connect again");
        return;
    }
    if (talk_begin(&talk, target->socket, options->tls, target->server->host,
                   clock_steady_ms() + options->wait_ms) &&
        ask(options, &talk, &reply)) {
        report_reply(trusted, &reply, findings);
    } else {
        findings_add(findings, FINDING_WRONG, key_check, "Try again", "the connection was lost");
    }
    talk_end(&talk);
    target_close(target);
}
