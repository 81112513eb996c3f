#include "report/texts.h"

#define REPORT_TEXT_WORDS(name, english, spanish) {english, spanish},
static const char *const words[TEXTS][LANGUAGES] = {REPORT_TEXTS(REPORT_TEXT_WORDS)};

const char *words_of(enum language language, enum text text) {
    return words[text][language];
}
