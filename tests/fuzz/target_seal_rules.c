// Whatever is read as rules is what is written of them, and may follow only what it names.
#include "fuzz.h"

#include "seal/errors.h"
#include "seal/rules_chain.h"

static char again[NOTE_BYTES_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct slice text = {(const char *)bytes, length};
    struct error error;
    struct rules *rules = rules_parse(text, &error);
    if (rules == NULL) {
        must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");
        return 0;
    }
    size_t written;
    must_hold(rules_write(rules, again, sizeof again, &written, &error), "what is read can be written");
    must_hold(slice_equal(text, (struct slice){again, written}), "rules have one text");
    must_hold(rules->how != RULES_BEACON || rules->witness_count + rules->authority_count > 0,
              "a beacon's rules have a witness");
    must_hold(rules->approvals <= rules->approver_count, "there are approvers enough");
    must_hold(!rules_may_follow(rules, rules, &error), "no record follows itself");
    const struct rules *const records[] = {rules, rules}, *newest;
    must_hold(rules_newest(records, 2, &newest, &error) == (rules->number == 0),
              "the first record is number 0");
    rules_free(rules);
    return 0;
}
