// Whatever comes as an order is refused with a reason, or read.
// And what was read is written and read again as the same.
#include "fuzz.h"

#include "wire/control_line.h"

#include <string.h>

static struct control_line line, again;

static void check_within(const struct control_line *parsed, const char *text) {
    const char *end = parsed->text + sizeof parsed->text;
    must_hold(text >= parsed->text && text < end && memchr(text, '\0', (size_t)(end - text)) != NULL,
              "what was read lies in the line's memory, and has an end");
}

static void check_pairs(void) {
    check_within(&line, line.word);
    must_hold(line.pair_count <= CONTROL_PAIRS_MAX, "there are not too many pairs");
    for (size_t i = 0; i < line.pair_count; i++) {
        const struct control_pair *pair = &line.pairs[i];
        check_within(&line, pair->key);
        check_within(&line, pair->value);
        must_hold(strlen(pair->key) > 0 && strlen(pair->key) <= CONTROL_NAME_BYTES_MAX, "a key has a length");
        must_hold(control_line_value(&line, pair->key) == pair->value, "no key comes twice");
    }
}

static void check_again(void) {
    char written[CONTROL_PAPER_BYTES_MAX];
    struct error error;
    size_t length = control_line_write_any(written, line.word, line.pairs, line.pair_count);
    must_hold(length > 0 && written[length - 1] == '\n' && memchr(written, '\n', length - 1) == NULL,
              "what was read is written as one line");
    must_hold(control_line_parse(written, length - 1, &again, &error), "what we write is read");
    must_hold(strcmp(again.word, line.word) == 0 && again.pair_count == line.pair_count, "the same word");
    for (size_t i = 0; i < line.pair_count; i++) {
        must_hold(strcmp(again.pairs[i].key, line.pairs[i].key) == 0 &&
                      strcmp(again.pairs[i].value, line.pairs[i].value) == 0,
                  "the same pairs");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct error error;
    if (control_line_parse((const char *)bytes, length, &line, &error)) {
        must_hold(length < control_line_max((const char *)bytes, length), "a line has its length");
        check_pairs();
        check_again();
    } else {
        must_hold(error.code == ERROR_BAD_ORDER && error.text[0] != '\0', "a refusal has its reason");
    }
    return 0;
}
