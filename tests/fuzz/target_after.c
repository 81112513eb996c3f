// After a draw one export and one list of winners are right, and any other text is refused.
#include "fuzz.h"

#include "claims/checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const char export[] =
    "1,Ana,Paz,A1,2000-02-29,7\n1,c,d,5,2000-01-01,1\n1,\"Ana \"\"la 7\"\"\",Paz,A2,2000-02-29,0007\n"
    "3,x,y,2,2000-01-01,9999\n12,x,y,3,2000-01-01,07\n";
static const char winners[] = "1,0,A1\n1,2,A2\n12,0,3\n";

enum { DRAWN = 7, WINNERS = 3 };

// The export of before, open.
static const struct source *export_file(void) {
    static struct source source = {.path = NULL};
    struct error error;
    if (source.path == NULL) {
        char path[64];
        int descriptor = memfd_create("export", MFD_CLOEXEC);
        must_hold(write(descriptor, export, sizeof export - 1) == (ssize_t)sizeof export - 1,
                  "it is written");
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
        must_hold(source_open(path, &source, &error), "the file opens");
        close(descriptor);
    }
    return &source;
}

// What the check says of the bytes as a file of that kind.
static enum verdict_state ask(enum given_kind kind, const struct source *source,
                              bool (*check)(struct evidence *, struct error *)) {
    static uint64_t numbers[SEAL_NUMBERS] = {[DRAWN] = WINNERS};
    struct given given = {.keys = NULL};
    struct evidence evidence;
    struct error error;
    must_hold(given_add(&given, GIVEN_EXPORT, export_file(), &error) &&
                  given_add(&given, kind, source, &error),
              "memory");
    evidence_begin(&evidence, &given);
    evidence.numbers = numbers;
    evidence.has_drawn = true;
    evidence.drawn = DRAWN;
    must_hold(check(&evidence, &error), "only a file that cannot be read, or no memory, ends it");
    must_hold(evidence.verdicts.count == 1, "there is one claim");
    must_hold(evidence.verdicts.list[0].why[0] != '\0', "it has its reason");
    enum verdict_state state = evidence.verdicts.list[0].state;
    evidence.numbers = NULL;
    evidence_end(&evidence);
    given_close(&given);
    return state;
}

static enum verdict_state wanted(const char *right, const uint8_t *bytes, size_t length) {
    bool is_right = strlen(right) == length && memcmp(right, bytes, length) == 0;
    return is_right ? VERDICT_OK : VERDICT_FALSE;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct source source;
    struct error error;
    must_hold(source_open(file_of(bytes, length), &source, &error), "the file opens");
    must_hold(ask(GIVEN_WINNERS, &source, check_winners_list) == wanted(winners, bytes, length),
              "one list of winners is right");
    must_hold(ask(GIVEN_EXPORT_AFTER, &source, check_later_export) == wanted(export, bytes, length),
              "one export is right");
    source_close(&source);
    return 0;
}
