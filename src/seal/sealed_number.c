#include "seal/sealed_number.h"

#include "seal/limits.h"

void sealed_number_put(struct draft *draft, uint16_t number) {
    draft_print(draft, "number %0*d\n", SEAL_NUMBER_DIGITS, number);
}

bool sealed_number_parse(struct slice text, uint16_t *number) {
    unsigned value = 0;
    bool is_number = text.length == SEAL_NUMBER_DIGITS;
    for (size_t i = 0; is_number && i < text.length; i++) {
        is_number = text.text[i] >= '0' && text.text[i] <= '9';
        value = 10 * value + (unsigned)(text.text[i] - '0');
    }
    *number = is_number ? (uint16_t)value : 0;
    return is_number && value < SEAL_NUMBERS;
}

bool sealed_number_take(struct form *form, uint16_t *number, struct error *error) {
    struct slice text;
    if (!form_value(form, "number", &text, error)) {
        return false;
    }
    return sealed_number_parse(text, number) ||
           form_refuse(form, error, "number: is not %d digits", SEAL_NUMBER_DIGITS);
}
