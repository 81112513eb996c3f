#include "seal/decimal.h"

bool decimal_parse(struct slice text, uint64_t max, uint64_t *value) {
    if (text.length == 0 || (text.length > 1 && text.text[0] == '0')) {
        return false;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.text[i] < '0' || text.text[i] > '9') {
            return false;
        }
        uint64_t digit = (uint64_t)(text.text[i] - '0');
        if (number > max / 10 || digit > max - number * 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

size_t decimal_format(uint64_t value, char text[DECIMAL_TEXT_BYTES]) {
    char reversed[DECIMAL_TEXT_BYTES];
    size_t length = 0;
    do {
        reversed[length++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    for (size_t i = 0; i < length; i++) {
        text[i] = reversed[length - 1 - i];
    }
    text[length] = '\0';
    return length;
}
