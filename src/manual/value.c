#include "manual/value.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

const char *value_name(const struct setting *setting) {
    return setting->value_name != NULL ? setting->value_name : "VALUE";
}

const char *value_words(const struct setting *setting) {
    return setting->type == SETTING_LEVEL ? "DEBUG INFO WARNING ERROR CRITICAL" : setting->choices;
}

static bool begins(const char *name, const char *word) {
    return strncmp(name, word, strlen(word)) == 0;
}

static bool ends(const char *name, const char *word) {
    size_t length = strlen(name), of_word = strlen(word);
    return length >= of_word && strcmp(name + length - of_word, word) == 0;
}

enum value_kind value_kind(const struct setting *setting) {
    const char *name = value_name(setting);
    if (setting->type == SETTING_SWITCH) {
        return VALUE_NONE;
    }
    if (setting->type == SETTING_LEVEL || setting->type == SETTING_CHOICE) {
        return VALUE_WORDS;
    }
    char flag[FLAG_BYTES_MAX];
    setting_flag_name(setting, flag);
    if (ends(flag, "dir") || begins(name, "DIR") || begins(name, "FOLDER")) {
        return VALUE_FOLDER;
    }
    if (begins(name, "PATH") || begins(name, "FILE") || strcmp(setting->key, "STORE") == 0) {
        return VALUE_FILE; // a store may also be a database, whose address only a person knows
    }
    return VALUE_ANY;
}

enum value_kind value_kind_of_operand(const char *name) {
    static const char *const files[] = {"BACKUP", "[FILE", "[STORE", "FILE"};
    for (size_t i = 0; name != NULL && i < sizeof files / sizeof files[0]; i++) {
        if (begins(name, files[i])) {
            return VALUE_FILE;
        }
    }
    return VALUE_ANY;
}

static void print_number(FILE *stream, const struct setting *setting) {
    if (setting->maximum == INT64_MAX) {
        fprintf(stream, "A whole number, %" PRId64 " or more.\n", setting->minimum);
    } else {
        fprintf(stream, "A whole number from %" PRId64 " to %" PRId64 ".\n", setting->minimum,
                setting->maximum);
    }
}

static void print_words(FILE *stream, const char *words) {
    fputs("One of\n", stream);
    while (*words != '\0') {
        int length = (int)strcspn(words, " ");
        bool is_last = words[length] == '\0';
        fprintf(stream, ".Ql %.*s%s\n", length, words, is_last ? " ." : " ,");
        words += length + !is_last;
    }
}

void value_print(FILE *stream, const struct setting *setting, int in_file) {
    switch (setting->type) {
    case SETTING_NUMBER:
        print_number(stream, setting);
        return;
    case SETTING_DURATION:
        fputs("A duration, such as 500ms, 30s or 1h30m.\n", stream);
        return;
    case SETTING_SIZE:
        fprintf(stream, "A size in bytes, or with K, M or G; %" PRId64 " at least.\n", setting->minimum);
        return;
    case SETTING_LEVEL:
    case SETTING_CHOICE:
        print_words(stream, value_words(setting));
        return;
    case SETTING_SWITCH:
        fputs(in_file ? "Either\n.Ql true\nor\n.Ql false .\n" : "", stream);
        return;
    case SETTING_TEXT:
    case SETTING_TEXTS:
    case SETTING_CONFIG:
        return;
    }
}
