#include "digest.h"

#include "base/checksum.h"
#include "free_text.h"
#include "store/store.h"

static struct {
    bool wanted;
    uint64_t value;
} digest;

void digest_begin(bool wanted) {
    digest.wanted = wanted;
    digest.value = CHECKSUM_EMPTY;
}

bool digest_is_wanted(void) {
    return digest.wanted;
}

uint64_t digest_value(void) {
    return digest.value;
}

static void add_number(uint64_t number) {
    digest.value = checksum_number(digest.value, number);
}

static void add_text(const char *text) {
    digest.value = checksum_text(digest.value, text);
}

static void add_bytes(const void *bytes, size_t length) {
    add_number(length);
    digest.value = checksum_bytes(digest.value, bytes, length);
}

void digest_event(uint64_t now_ms, uint64_t random) {
    if (digest.wanted) {
        add_number(now_ms);
        add_number(random);
    }
}

void digest_frame(uint32_t wire, const uint8_t *frame, size_t length) {
    if (digest.wanted) {
        add_number(wire);
        add_bytes(frame, length);
    }
}

void digest_call(const char *call) {
    if (digest.wanted) {
        add_text(call);
    }
}

void digest_draw(const struct stored_draw *draw) {
    if (digest.wanted) {
        add_text("draw");
        add_number((uint64_t)draw->state);
        add_number(draw->agencies);
        add_number((uint64_t)draw->number_mode);
        add_number(draw->has_number);
        add_number(draw->winning_number);
        add_text(draw->opened_at);
        add_text(draw->sealed_at);
        add_text(draw->drawn_at);
        add_text(draw->closes_at);
        add_text(draw->closes_text);
        add_text(draw->closed_at);
        add_text(draw->erased_at);
        add_text(draw->changed_at);
        add_number(draw->voided);
        add_number(draw->rules);
        add_number(draw->has_root);
        add_bytes(draw->root, sizeof draw->root);
        add_text(draw->forked_at);
        add_number(draw->winners_checksum);
        add_number(draw->checksum);
    }
}

void digest_agency(const struct stored_agency *agency) {
    if (digest.wanted) {
        add_text("agency");
        add_number(agency->agency);
        add_number(agency->bets);
        add_text(agency->finished_at);
        add_number((uint64_t)agency->ending);
        add_text(agency->told_at);
        add_number(agency->voidings);
        add_number(agency->receipted);
        add_number(agency->checksum);
    }
}

void digest_chunk(const struct stored_chunk *chunk) {
    if (digest.wanted) {
        add_text("chunk");
        add_number(chunk->agency);
        add_number(chunk->first);
        add_number(chunk->count);
        add_bytes(chunk->numbers, 2 * (size_t)chunk->count);
        add_bytes(chunk->rows, chunk->rows_length);
        add_bytes(chunk->digest, sizeof chunk->digest);
        add_number(chunk->checksum);
    }
}

void digest_winner(const struct stored_winner *winner) {
    if (digest.wanted) {
        add_text("winner");
        add_number(winner->agency);
        add_number(winner->bet);
        add_text(winner->document);
    }
}

void digest_line(const char *action, int result, char *fields) {
    if (digest.wanted) {
        free_text_cut(fields);
        add_text(action);
        add_number((uint64_t)result);
        add_text(fields);
    }
}
