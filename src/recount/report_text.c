#include "recount/recount.h"

#include "seal/encoding.h"

#include <inttypes.h>

static void print_total(const struct recount_total *total, int width, FILE *stream) {
    char text[TOTAL_BYTES];
    recount_total_text(total, text);
    fprintf(stream, "  %*s", width, text);
}

static void print_agency(const struct recount *recount, const struct tally *tally, FILE *stream) {
    char agencies[AGENCIES_TEXT_BYTES], root[BASE64_TEXT_BYTES(HASH_BYTES)];
    recount_agencies(tally, agencies);
    base64_encode(tally->counted_root.bytes, HASH_BYTES, root);
    fprintf(stream, "%17s  %-10s  %12" PRIu64 "  %12" PRIu64, agencies,
            tally->is_sealed ? entry_state_name(tally->state) : "not sealed", tally->sealed, tally->counted);
    print_total(&(struct recount_total){recount->tallies.has_winners, tally->winners}, 10, stream);
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
    fprintf(stream, "%17s  %-10s", "all", "");
    print_total(&totals.sealed, 12, stream);
    print_total(&totals.counted, 12, stream);
    print_total(&totals.winners, 10, stream);
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
