#include "ledger/rules_differ.h"

#include <stdio.h>
#include <string.h>

static bool same_keys(const struct vkey *some, size_t some_count, const struct vkey *others,
                      size_t other_count) {
    if (some_count != other_count) {
        return false;
    }
    for (size_t i = 0; i < some_count; i++) {
        if (!vkey_equal(&some[i], &others[i])) {
            return false;
        }
    }
    return true;
}

static bool same_authorities(const struct rules *rules, const struct rules *wanted) {
    if (rules->authority_count != wanted->authority_count) {
        return false;
    }
    for (size_t i = 0; i < rules->authority_count; i++) {
        if (!hash_equal(&rules->authorities[i], &wanted->authorities[i])) {
            return false;
        }
    }
    return true;
}

static bool same_certificate(const struct rules *rules, const struct rules *wanted) {
    return rules->how != RULES_BEACON || wanted->how != RULES_BEACON ||
           memcmp(rules->pulse.certificate_id, wanted->pulse.certificate_id, CERTIFICATE_ID_BYTES) == 0;
}

static void name(bool same, const char *setting, char text[RULES_DIFFER_BYTES]) {
    size_t length = strlen(text);
    if (!same) {
        snprintf(text + length, RULES_DIFFER_BYTES - length, "%s%s", length == 0 ? "" : ", ", setting);
    }
}

void rules_differ(const struct rules *rules, const struct rules *wanted, char text[RULES_DIFFER_BYTES]) {
    bool has_pulses = rules->how == RULES_BEACON && wanted->how == RULES_BEACON;
    text[0] = '\0';
    name(rules->approvals == wanted->approvals, "APPROVALS", text);
    name(same_keys(rules->approvers, rules->approver_count, wanted->approvers, wanted->approver_count),
         "APPROVERS", text);
    name(same_keys(rules->witnesses, rules->witness_count, wanted->witnesses, wanted->witness_count),
         "WITNESSES", text);
    name(same_authorities(rules, wanted), "TSA_CERTS", text);
    name(!has_pulses || rules->pulse.chain == wanted->pulse.chain, "BEACON_CHAIN", text);
    name(!has_pulses || rules->pulse.time == wanted->pulse.time, "BEACON_PULSE", text);
    name(same_certificate(rules, wanted), "BEACON_CERT", text);
}
