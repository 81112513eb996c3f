// Whatever an agency finds as its receipts at a start, it goes on from whole ones or leaves it alone.
#include "fuzz.h"

#include "agency/receipts_file.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AGENCY = 1, COUNT = 3 };

#define ORIGIN "lottery.example/central/2026-11-25"

static char path[] = "/dev/shm/kept_receipts.XXXXXX";

static void remove_file(void) {
    unlink(path);
}

static void write_file(const uint8_t *bytes, size_t length) {
    static int descriptor = -1;
    if (descriptor < 0) {
        descriptor = mkstemp(path);
        must_hold(descriptor >= 0, "a file can be made");
        atexit(remove_file);
        log_set_level(LOG_LEVEL_CRITICAL);
    }
    must_hold(ftruncate(descriptor, 0) == 0 && pwrite(descriptor, bytes, length, 0) == (ssize_t)length,
              "the input can be written");
}

// Of the file as it is now. Freed by the caller.
static char *read_file(size_t *length) {
    FILE *file = fopen(path, "r");
    struct stat status;
    must_hold(file != NULL && fstat(fileno(file), &status) == 0, "the file is there");
    *length = (size_t)status.st_size;
    char *bytes = malloc(*length + 1);
    must_hold(bytes != NULL && fread(bytes, 1, *length, file) == *length, "the file can be read");
    fclose(file);
    return bytes;
}

// The file begins with so many bytes of the input, and ends with them where it may not be longer.
static size_t check_file(const uint8_t *input, size_t most, bool may_grow) {
    size_t length;
    char *bytes = read_file(&length);
    size_t same = length < most ? length : most;
    must_hold(may_grow || length <= most, "nothing is added");
    must_hold(same == 0 || memcmp(bytes, input, same) == 0, "no receipt is changed");
    free(bytes);
    return length;
}

static void add_receipt(struct receipts_file *file) {
    static const struct merkle_path path_of_one = {.length = 0};
    struct slice origin = receipts_file_origin(file);
    struct receipt receipt = {.origin = origin.length > 0 ? origin : slice_of(ORIGIN),
                              .agency = AGENCY,
                              .first = receipts_file_covered(file),
                              .count = COUNT};
    char entry[RECEIPT_BYTES_MAX];
    struct given_receipt given = {
        .entry = {entry, receipt_write(&receipt, entry)}, .note = slice_of("note\n"), .path = &path_of_one};
    struct error error;
    uint64_t covered = receipt.first;
    if (covered > UINT32_MAX) {
        return; // no agency has so many
    }
    must_hold(receipts_file_add(file, &given, &receipt, &error), "a receipt can be added");
    must_hold(receipts_file_covered(file) == covered + COUNT, "and counts");
}

// What is read at the next start is what was known at the end of this one.
static void open_again(uint64_t covered, size_t length, const uint8_t *input, size_t cut_to) {
    struct receipts_file *file;
    struct error error;
    must_hold(receipts_file_open(path, AGENCY, false, &file, &error), "what it has written itself is good");
    must_hold(receipts_file_covered(file) == covered, "it covers as much as before");
    must_hold(check_file(input, cut_to, true) == length, "nothing is cut off that was whole");
    receipts_file_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct receipts_file *file;
    struct error error;
    write_file(bytes, length);
    if (!receipts_file_open(path, AGENCY, false, &file, &error)) {
        must_hold(error.code == ERROR_BAD_SETTING && strstr(error.text, "--receipts") != NULL,
                  "a refusal says what to do");
        must_hold(check_file(bytes, length, false) == length, "what is refused is left alone");
        return 0;
    }
    size_t cut_to = check_file(bytes, length, false);
    must_hold(cut_to == 0 || bytes[cut_to - 1] == '\n', "only whole lines are left");
    must_hold(cut_to > 0 || (receipts_file_covered(file) == 0 && receipts_file_origin(file).length == 0),
              "nothing covers nothing");
    add_receipt(file);
    uint64_t covered = receipts_file_covered(file);
    receipts_file_close(&file);
    open_again(covered, check_file(bytes, cut_to, true), bytes, cut_to);
    return 0;
}
