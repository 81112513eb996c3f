// The fast way to read a bet never takes what the slow one refuses, nor reads another number.
#include "fuzz.h"

#include "bet/bet.h"
#include "bet/errors.h"
#include "bet/scan.h"

#include <string.h>

static void compare_scans(const char *text, size_t length) {
#ifdef __x86_64__
    if (scan_has_wide() && length <= SCAN_BYTES) {
        struct scan wide = scan_by_64(text, (unsigned)length), plain = scan_by_16(text, (unsigned)length);
        must_hold(memcmp(&wide, &plain, sizeof plain) == 0, "both ways of looking see the same");
    }
#else
    (void)text, (void)length;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const char *text = (const char *)bytes;
    struct bet bet;
    struct error error;
    uint16_t number = 0;
    bool good = bet_parse(text, length, &bet, &error);
    bool fast = bet_check_fast(text, length, &number);
    must_hold(!fast || good, "the fast way takes only what is good");
    must_hold(!fast || number == bet.number, "both read the same number");
    must_hold(good || (error.code == ERROR_BAD_BET && error.field != NULL), "a refusal names the field");
    if (good) {
        must_hold(bet.number <= 9999 && memchr(text, '\n', length) == NULL &&
                      memchr(text, '\0', length) == NULL,
                  "a good bet is one line");
    }
    compare_scans(text, length);
    return 0;
}
