// What a setting's value may be, as pages and completion say it.
#ifndef QUINIELA_MANUAL_VALUE_H
#define QUINIELA_MANUAL_VALUE_H

#include "base/setting.h"

#include <stdio.h>

// What a shell offers for a value.
enum value_kind {
    VALUE_ANY,    // nothing: only a person knows it
    VALUE_WORDS,  // one of value_words
    VALUE_FILE,   // the path of a file
    VALUE_FOLDER, // the path of a folder
    VALUE_NONE,   // it takes none: a switch
};
enum value_kind value_kind(const struct setting *setting);

// The words of VALUE_WORDS, separated by blanks: a string constant.
const char *value_words(const struct setting *setting);

// The same of an operand that --help calls `name`, such as "[FILE ...]".
enum value_kind value_kind_of_operand(const char *name);

// How the value is called: "PORT".
const char *value_name(const struct setting *setting);

// Prints in mdoc, as a sentence on lines of its own, what values there are: "A whole number from 0 to 65535."
// Nothing for a text. `in_file`: as a settings file has it.
void value_print(FILE *stream, const struct setting *setting, int in_file);

#endif
