#include "seal_judge.h"

#include "bet/errors.h"
#include "ledger/receipts.h"
#include "office.h"
#include "oracle_seen.h"
#include "seal/agency_tree.h"
#include "seal/draw_tree.h"
#include "seal/note.h"
#include "seal/receipt.h"
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char origin_text[] = "lottery.example/central/simulated";
static const struct slice origin = {origin_text, sizeof origin_text - 1};

static struct {
    bool has_root;
    struct hash root;
    uint64_t receipted[PLAN_AGENCIES_MAX + 1]; // bets, up to the end of the furthest receipt
    bool is_stored[PLAN_AGENCIES_MAX + 1];     // that it has receipts
    void (*complete)(struct ledger_request *request);
} judge;

void seal_judge_begin(void) {
    memset(&judge, 0, sizeof judge);
}

bool seal_judge_is_receipted(uint32_t agency) {
    return office_signs() && judge.is_stored[agency];
}

// Receipts --------------------------------------------------------------------------------------------------

// Some agencies ask; the others may be reset.
static bool asks(uint32_t agency) {
    return agency % 2 == 1;
}

static bool holds(const struct ledger_receipt *receipt, struct receipt *entry, struct error *error) {
    struct note *note = malloc(sizeof *note);
    struct receipts all;
    const struct slice text = {receipt->note, receipt->note_length};
    const struct slice said = {receipt->entry, receipt->entry_length};
    if (note == NULL) {
        abort();
    }
    bool done = note_parse("a commit's note", text, note, error) && note_check(note, office_key(), error) &&
                receipts_parse(note->text, &all, error) &&
                receipts_hold(&all, said, receipt->index, &receipt->path, error) &&
                receipt_parse(said, entry, error);
    free(note);
    return done;
}

static void check_receipt(const struct ledger_request *request) {
    const struct ledger_input *input = &request->input;
    uint32_t agency = input->agency;
    struct receipt entry;
    struct error error;
    if (!holds(request->answer.receipt, &entry, &error)) {
        world_fail("agency %" PRIu32 ": its receipt is false: %s", agency, error.text);
        return;
    }
    uint64_t end = entry.first + entry.count;
    if (entry.agency != agency || entry.count != input->chunk->count ||
        memcmp(entry.digest.bytes, input->digest, sizeof entry.digest.bytes) != 0) {
        world_fail("agency %" PRIu32 ": its receipt is not of what it sent", agency);
    } else if (end > seen.of[agency].stored) {
        world_fail("agency %" PRIu32 ": a receipt of bets up to %" PRIu64 ", and %" PRIu64 " are stored",
                   agency, end, seen.of[agency].stored);
    } else if (!judge.is_stored[agency]) {
        world_fail("agency %" PRIu32 " has a receipt, and its row does not say so", agency);
    }
    judge.receipted[agency] = end > judge.receipted[agency] ? end : judge.receipted[agency];
}

static void on_complete(struct ledger_request *request) {
    const struct ledger_input *input = &request->input;
    bool is_taken = request->answer.error.code == ERROR_NONE &&
                    (input->type == LEDGER_CHUNK || input->type == LEDGER_LAST_CHUNK);
    if (request->answer.receipt != NULL) {
        check_receipt(request);
    } else if (is_taken && input->wants_receipt && input->chunk->count > 0) {
        world_fail("agency %" PRIu32 ": no receipt of what is acknowledged", input->agency);
    }
    judge.complete(request);
}

void seal_judge_watch(struct ledger_request *request) {
    uint32_t agency = request->input.agency;
    if (!office_signs() || agency < 1 || agency > plan.agencies || request->complete == on_complete) {
        return;
    }
    judge.complete = request->complete;
    request->complete = on_complete;
    request->input.wants_receipt = asks(agency);
}

// The root --------------------------------------------------------------------------------------------------

// Of the newest record's text, which is the last one shown.
static struct hash rules_hash(void) {
    static const char first_line[] = "quiniela rules v1\n";
    struct hash hash = {{0}};
    char *all = office_rules();
    const char *record = all;
    for (const char *next = all; next != NULL; next = strstr(next + 1, first_line)) {
        record = next;
    }
    const char *end = record == NULL ? NULL : strstr(record, "\n\n");
    if (end != NULL) {
        hash_of(record, (size_t)(end - record) + 1, &hash);
    }
    free(all);
    return hash;
}

static uint64_t bets_of(uint32_t agency) {
    return agency <= plan.agencies ? seen.of[agency].stored : 0;
}

static void add_agency(struct draw_tree *tree, const struct durable *durable, uint32_t agency) {
    bool finished = agency <= PLAN_AGENCIES_MAX && durable->agencies[agency].ending == AGENCY_FINISHED;
    struct agency_tree bets;
    uint8_t key[AGENCY_KEY_BYTES];
    struct hash root;
    agency_key_make(durable->draw.secret, origin, agency, key);
    agency_tree_begin(&bets, agency, key);
    for (uint64_t i = 0; i < bets_of(agency); i++) {
        agency_tree_add(&bets, slice_of(seen.of[agency].bets->bets[i].text), NULL);
    }
    merkle_root(&bets.merkle, &root);
    draw_tree_add(tree, finished ? ENTRY_FINISHED : ENTRY_CUT, bets_of(agency), &root, NULL);
}

// As it follows from what the oracle has seen: bet by bet, and not as the ledger computes it.
static struct hash expected_root(const struct durable *durable) {
    struct hash rules = rules_hash();
    struct draw_tree tree;
    struct checkpoint seal;
    struct error error;
    uint64_t bets = 0;
    for (uint32_t agency = 1; agency <= durable->draw.agencies; agency++) {
        bets += bets_of(agency);
    }
    draw_tree_begin(&tree, origin, &rules, durable->draw.agencies, bets);
    for (uint32_t agency = 1; agency <= durable->draw.agencies; agency++) {
        add_agency(&tree, durable, agency);
    }
    if (!draw_tree_end(&tree, &seal, &error)) {
        world_fail("the expected root: %s", error.text);
    }
    return seal.root;
}

static void take_root(const struct durable *durable) {
    struct hash expected = expected_root(durable);
    memcpy(judge.root.bytes, durable->draw.root, HASH_BYTES);
    judge.has_root = true;
    if (!hash_equal(&judge.root, &expected)) {
        world_fail("the root is not that of the stored bets");
    }
    for (uint32_t agency = 1; agency <= plan.agencies; agency++) {
        if (judge.receipted[agency] > seen.of[agency].stored) {
            world_fail("agency %" PRIu32 ": receipts of %" PRIu64 " bets, and %" PRIu64 " are sealed", agency,
                       judge.receipted[agency], seen.of[agency].stored);
        }
    }
}

void seal_judge_committed(const struct durable *durable) {
    const struct stored_draw *draw = &durable->draw;
    if (!office_signs() || !durable->has_draw) {
        return;
    }
    for (uint32_t agency = 1; agency <= PLAN_AGENCIES_MAX; agency++) {
        judge.is_stored[agency] = durable->agencies[agency].receipted;
    }
    if (draw->state == DRAW_DRAWN && !judge.has_root) {
        world_fail("the draw is made, and no root was stored before");
    }
    if (draw->state == DRAW_OPEN && draw->has_root) {
        world_fail("the draw is open, and has a root");
    }
    if (judge.has_root && (!draw->has_root || memcmp(draw->root, judge.root.bytes, HASH_BYTES) != 0)) {
        world_fail("the root of the draw has changed");
    } else if (!judge.has_root && draw->has_root) {
        take_root(durable);
    }
    if (draw->forked_at[0] != '\0') {
        world_fail("another seal of this draw is said to be there");
    }
}

void seal_judge_end(void) {
    if (office_signs() && !judge.has_root) {
        world_fail("the draw is over, and has no root");
    }
}
