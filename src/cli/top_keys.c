#include "cli/top_keys.h"

// What ends a control sequence, and its number, where it has one (ECMA-48 5.4; xterm's and the Linux
// console's keys).
static const struct {
    char end;
    unsigned number;
    enum top_key key;
} sequences[] = {
    {'A', 0, TOP_KEY_UP},      {'B', 0, TOP_KEY_DOWN},      {'H', 0, TOP_KEY_HOME}, {'F', 0, TOP_KEY_END},
    {'~', 1, TOP_KEY_HOME},    {'~', 4, TOP_KEY_END},       {'~', 7, TOP_KEY_HOME}, {'~', 8, TOP_KEY_END},
    {'~', 5, TOP_KEY_PAGE_UP}, {'~', 6, TOP_KEY_PAGE_DOWN},
};

static enum top_key find(char end, unsigned number) {
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        if (sequences[i].end == end && (end != '~' || sequences[i].number == number)) {
            return sequences[i].key;
        }
    }
    return TOP_KEY_OTHER;
}

// Behind "ESC [" or "ESC O".
static enum top_key take_sequence(const char *bytes, size_t length, bool is_whole, size_t *taken) {
    unsigned number = 0;
    bool has_number = false;
    for (size_t i = 2; i < length; i++) {
        if (bytes[i] >= '@' && bytes[i] <= '~') {
            *taken = i + 1;
            return find(bytes[i], number);
        }
        has_number = has_number || bytes[i] < '0' || bytes[i] > '9';
        if (!has_number && number < 1000) {
            number = 10 * number + (unsigned)(bytes[i] - '0');
        }
    }
    *taken = is_whole ? length : 0;
    return is_whole ? TOP_KEY_OTHER : TOP_KEY_NONE;
}

enum top_key top_key_take(const char *bytes, size_t length, bool is_whole, size_t *taken) {
    *taken = 0;
    if (length == 0 || (bytes[0] == TOP_KEY_ESCAPE && length == 1 && !is_whole)) {
        return TOP_KEY_NONE;
    }
    if (bytes[0] == TOP_KEY_ESCAPE && length > 1 && (bytes[1] == '[' || bytes[1] == 'O')) {
        return take_sequence(bytes, length, is_whole, taken);
    }
    *taken = 1;
    if (bytes[0] == 0x7f) {
        return TOP_KEY_BACKSPACE;
    }
    if (bytes[0] == '\n') {
        return TOP_KEY_ENTER;
    }
    bool is_known = (bytes[0] >= ' ' && bytes[0] <= '~') || bytes[0] == TOP_KEY_BACKSPACE ||
                    bytes[0] == TOP_KEY_ENTER || bytes[0] == TOP_KEY_ESCAPE;
    return is_known ? (enum top_key)bytes[0] : TOP_KEY_OTHER;
}
