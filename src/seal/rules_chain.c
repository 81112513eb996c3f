#include "seal/rules_chain.h"

#include "seal/errors.h"

#include <inttypes.h>

static bool refuse(const struct rules *after, struct error *error, const char *what) {
    return error_set(error, ERROR_FALSE_CLAIM, "the rules' record %" PRIu64 " %s", after->number, what);
}

static bool same_keys(const struct vkey *one, size_t count, const struct vkey *other, size_t other_count) {
    for (size_t i = 0; i < count && count == other_count; i++) {
        if (!vkey_equal(&one[i], &other[i])) {
            return false;
        }
    }
    return count == other_count;
}

static bool same_authorities(const struct rules *one, const struct rules *other) {
    for (size_t i = 0; i < one->authority_count && one->authority_count == other->authority_count; i++) {
        if (!hash_equal(&one->authorities[i], &other->authorities[i])) {
            return false;
        }
    }
    return one->authority_count == other->authority_count;
}

static bool same_pulse(const struct rules_pulse *before, const struct rules_pulse *after) {
    return before->chain == after->chain && before->time <= after->time &&
           memcmp(before->certificate_id, after->certificate_id, CERTIFICATE_ID_BYTES) == 0 &&
           hash_equal(&before->public_key, &after->public_key);
}

bool rules_may_follow(const struct rules *before, const struct rules *after, struct error *error) {
    if (!slice_equal(before->origin, after->origin)) {
        return refuse(after, error, "is another draw's");
    }
    if (before->number == UINT64_MAX || after->number != before->number + 1 ||
        !hash_equal(&after->before, &before->hash)) {
        return refuse(after, error, "does not name the one before");
    }
    if (before->how != after->how || before->approvals != after->approvals ||
        !same_keys(before->approvers, before->approver_count, after->approvers, after->approver_count)) {
        return refuse(after, error, "changes how the number comes, or who approves it");
    }
    if (before->how == RULES_BEACON && !same_pulse(&before->pulse, &after->pulse)) {
        return refuse(after, error, "changes the pulse, and not only to a later time");
    }
    if (!same_keys(before->witnesses, before->witness_count, after->witnesses, after->witness_count) ||
        !same_authorities(before, after)) {
        return refuse(after, error, "changes the witnesses or the time-stamping authorities");
    }
    if (!hash_equal(&before->secret, &after->secret) || !vkey_equal(&before->key, &after->key)) {
        return refuse(after, error, "changes the secret or the key");
    }
    return true;
}

bool rules_may_change(const struct rules *rules, uint64_t now, struct error *error) {
    return rules->how != RULES_BEACON || now < rules->pulse.time ||
           error_set(error, ERROR_FALSE_CLAIM, "the rules cannot change any more: the pulse's time is over");
}

// The only record of that number; NULL when there is none. *is_fork is set when there are two.
static const struct rules *find(const struct rules *const *records, size_t count, uint64_t number,
                                bool *is_fork) {
    const struct rules *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (records[i]->number == number) {
            *is_fork = *is_fork || (found != NULL && !hash_equal(&found->hash, &records[i]->hash));
            found = records[i];
        }
    }
    return found;
}

bool rules_newest(const struct rules *const *records, size_t count, const struct rules **newest,
                  struct error *error) {
    const struct rules *last = NULL;
    size_t taken = 0;
    for (uint64_t number = 0; taken < count; number++) {
        bool is_fork = false;
        const struct rules *next = find(records, count, number, &is_fork);
        if (next == NULL) {
            return error_set(error, ERROR_FALSE_CLAIM, "the rules' record %" PRIu64 " is missing", number);
        }
        if (is_fork) {
            return refuse(next, error, "is there twice, and they differ: a fork of the rules");
        }
        if (last != NULL && !rules_may_follow(last, next, error)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            if (records[i]->number == number && !slice_equal(records[i]->origin, next->origin)) {
                return refuse(records[i], error, "is another draw's");
            }
            taken += records[i]->number == number;
        }
        last = next;
    }
    *newest = last;
    return last != NULL || error_set(error, ERROR_FALSE_CLAIM, "there are no rules");
}
