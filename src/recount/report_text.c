#include "recount/recount.h"

#include "seal/encoding.h"

#include <inttypes.h>

static void print_winners(const struct recount *recount, uint64_t winners, FILE *stream) {
    if (recount->tallies.has_winners) {
        fprintf(stream, "  %10" PRIu64, winners);
    } else {
        fprintf(stream, "  %10s", "?");
    }
}

static void print_agency(const struct recount *recount, const struct tally *tally, FILE *stream) {
    char agencies[AGENCIES_TEXT_BYTES], root[BASE64_TEXT_BYTES(HASH_BYTES)];
    recount_agencies(tally, agencies);
    base64_encode(tally->counted_root.bytes, HASH_BYTES, root);
    fprintf(stream, "%17s  %-10s  %12" PRIu64 "  %12" PRIu64, agencies,
            tally->is_sealed ? entry_state_name(tally->state) : "not sealed", tally->sealed, tally->counted);
    print_winners(recount, tally->winners, stream);
    fprintf(stream, "  %s%s\n", root, tally_is_equal(tally) ? "" : "  DIFFERS");
}

// The table of agencies.
static void print_agencies(const struct recount *recount, FILE *stream) {
    struct recount_totals totals;
    recount_total(recount, &totals);
    fprintf(stream, "\n%17s  %-10s  %12s  %12s  %10s  %s\n", "agency", "state", "sealed", "counted",
            "winners", "root of the bets that were counted");
    for (size_t i = 0; i < recount->tallies.count; i++) {
        print_agency(recount, &recount->tallies.list[i], stream);
    }
    fprintf(stream, "%17s  %-10s  %12" PRIu64 "  %12" PRIu64, "all", "", totals.sealed, totals.counted);
    print_winners(recount, totals.winners, stream);
    fprintf(stream, "\n");
    if (!recount->tallies.is_whole) {
        fprintf(stream, "The table ends where the export could not be read.\n");
    }
}

void recount_print(const struct recount *recount, FILE *stream) {
    verdicts_print(&recount->evidence.verdicts, stream);
    if (recount->tallies.count > 0) {
        print_agencies(recount, stream);
    } else {
        fprintf(stream, "No agency's bets could be counted.\n");
    }
}
