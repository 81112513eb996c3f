// One setting: its name, its values, and the field of its command's options that it fills.
//
// The macros at the end write one entry of a table. They bind the setting to the field itself, by type and
// offset. A misspelled field, a field of another type, and bounds that do not fit its type do not compile.
#ifndef QUINIELA_BASE_SETTING_H
#define QUINIELA_BASE_SETTING_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum setting_type {
    SETTING_TEXT,
    SETTING_TEXTS,    // a flag that may be given several times, each with a text
    SETTING_NUMBER,   // a whole number from `minimum` to `maximum`
    SETTING_LEVEL,    // a log level
    SETTING_DURATION, // "5s", "100ms", "0m20s", "1h30m" (units h, m, s, ms, us, ns, as Go writes them),
                      // fractions too; the field gets milliseconds, rounded up
    SETTING_SIZE,     // of memory, at least `minimum` bytes: "256M", "256MiB", "1G", "65536" (K, M and G are
                      // powers of 1024); the field gets bytes
    SETTING_SWITCH,   // a flag without a value; in other sources true/false, yes/no, 1/0
    SETTING_CHOICE,   // one of the words of `choices`; the field gets the word's position, from 0
    SETTING_CONFIG,   // the path of the settings file; at most one in a command
};

// The type of the field.
enum setting_storage {
    SETTING_STORED_TEXT,  // const char *
    SETTING_STORED_TEXTS, // struct setting_texts
    SETTING_STORED_BOOL,
    SETTING_STORED_UINT16,
    SETTING_STORED_INT,
    SETTING_STORED_UINT32, // or an enum
    SETTING_STORED_INT64,
    SETTING_STORED_UINT64, // or size_t
};

// The texts of a SETTING_TEXTS, as they were given one after the other.
struct setting_texts {
    const char *const *list;
    size_t count;
};

struct setting {
    const char *key; // the name in the environment; in lower case, with dashes and no "CLI_", the flag's
    enum setting_type type;
    enum setting_storage storage;
    size_t offset;            // of the field, in the struct to which the table is bound
    int64_t minimum, maximum; // for SETTING_NUMBER; the minimum also for SETTING_SIZE
    const char *fallback;     // the default, as a user would write it, or NULL for none
    const char *choices;      // SETTING_CHOICE only: the words, separated by a space: "lottery echo"
    const char *value_name;   // how --help names the value: "PORT"
    const char *help;
    const char *other_flag; // another name of the flag, which --help does not show, or NULL
    const char *flag;       // the flag's name if it does not follow from the key, else NULL
    const char *file_key;   // the key in the file if it is not `key` (YAML: a dotted path), else NULL
    const char *alias;      // another name in the environment, or NULL
    char letter;            // the flag's short form ('o' for -o), or 0
    bool flag_only;         // not read from the environment or a file
    bool once;              // a flag that is refused when it is given twice
    bool free_text;         // SETTING_TEXT that is not a name: it may contain quotes and `#`
};

enum { FLAG_BYTES_MAX = 64 }; // of a flag's name

// Writes the flag's name without its dashes: CLI_DATA_DIR gives "data-dir".
void setting_flag_name(const struct setting *setting, char name[FLAG_BYTES_MAX]);

// The setting's key in a file.
const char *setting_file_key(const struct setting *setting);

// Whether `key` is one of the setting's names, in the environment or in a file, ignoring case.
bool setting_is_called(const struct setting *setting, const char *key);

// Entries of a table ----------------------------------------------------------------------------------------
//
// Each takes the struct, the field, the key and the default (NULL for none). For a number the bounds follow,
// for a choice the words. The remaining arguments are further fields of struct setting:
//
//   SETTING_NUMBER_IN(struct server_options, port, "SERVER_PORT", "12345", 0, UINT16_MAX, .help = "TCP port")

#define SETTING_TEXT_IN(options, field, key_, fallback_, ...)                                                \
    SETTING_ENTRY(SETTING_TEXT, SETTING_TEXT_STORAGE(options, field), options, field, key_, fallback_,       \
                  __VA_ARGS__)
#define SETTING_TEXTS_IN(options, field, key_, ...)                                                          \
    SETTING_ENTRY(SETTING_TEXTS,                                                                             \
                  _Generic(SETTING_FIELD(options, field), struct setting_texts                               \
                           : SETTING_STORED_TEXTS),                                                          \
                  options, field, key_, NULL, .flag_only = true, __VA_ARGS__)
#define SETTING_CONFIG_IN(options, field, key_, ...)                                                         \
    SETTING_ENTRY(SETTING_CONFIG, SETTING_TEXT_STORAGE(options, field), options, field, key_, NULL,          \
                  .flag_only = true, __VA_ARGS__)
#define SETTING_SWITCH_IN(options, field, key_, ...)                                                         \
    SETTING_ENTRY(SETTING_SWITCH,                                                                            \
                  _Generic(SETTING_FIELD(options, field), bool                                               \
                           : SETTING_STORED_BOOL),                                                           \
                  options, field, key_, NULL, __VA_ARGS__)
#define SETTING_LEVEL_IN(options, field, key_, fallback_, ...)                                               \
    SETTING_ENTRY(SETTING_LEVEL, SETTING_ENUM_STORAGE(options, field), options, field, key_, fallback_,      \
                  __VA_ARGS__)
#define SETTING_CHOICE_IN(options, field, key_, fallback_, choices_, ...)                                    \
    SETTING_ENTRY(SETTING_CHOICE, SETTING_ENUM_STORAGE(options, field), options, field, key_, fallback_,     \
                  .choices = (choices_), __VA_ARGS__)
#define SETTING_DURATION_IN(options, field, key_, fallback_, ...)                                            \
    SETTING_ENTRY(SETTING_DURATION, SETTING_LONG_STORAGE(options, field), options, field, key_, fallback_,   \
                  __VA_ARGS__)
#define SETTING_SIZE_IN(options, field, key_, fallback_, minimum_, ...)                                      \
    SETTING_ENTRY(SETTING_SIZE, SETTING_LONG_STORAGE(options, field), options, field, key_, fallback_,       \
                  .minimum = (minimum_), __VA_ARGS__)
#define SETTING_NUMBER_IN(options, field, key_, fallback_, minimum_, maximum_, ...)                          \
    SETTING_ENTRY(SETTING_NUMBER, SETTING_NUMBER_STORAGE(options, field), options, field, key_, fallback_,   \
                  .minimum = (minimum_),                                                                     \
                  .maximum = SETTING_CHECKED(maximum_, (minimum_) >= SETTING_LOWEST(options, field) &&       \
                                                           (maximum_) <= SETTING_HIGHEST(options, field)),   \
                  __VA_ARGS__)

// The common part of all entries.
#define SETTING_ENTRY(type_, storage_, options, field, key_, fallback_, ...)                                 \
    {                                                                                                        \
        .key = (key_), .type = (type_), .storage = (storage_), .offset = offsetof(options, field),           \
        .fallback = (fallback_), __VA_ARGS__                                                                 \
    }
#define SETTING_FIELD(options, field) (((options *)NULL)->field)
#define SETTING_TEXT_STORAGE(options, field)                                                                 \
    _Generic(SETTING_FIELD(options, field), const char * : SETTING_STORED_TEXT)
#define SETTING_ENUM_STORAGE(options, field)                                                                 \
    _Generic(SETTING_FIELD(options, field), unsigned : SETTING_STORED_UINT32)
#define SETTING_LONG_STORAGE(options, field)                                                                 \
    _Generic(SETTING_FIELD(options, field), int64_t : SETTING_STORED_INT64, uint64_t : SETTING_STORED_UINT64)
#define SETTING_NUMBER_STORAGE(options, field)                                                               \
    _Generic(SETTING_FIELD(options, field), uint16_t                                                         \
             : SETTING_STORED_UINT16, int                                                                    \
             : SETTING_STORED_INT, uint32_t                                                                  \
             : SETTING_STORED_UINT32, int64_t                                                                \
             : SETTING_STORED_INT64, uint64_t                                                                \
             : SETTING_STORED_UINT64)
#define SETTING_LOWEST(options, field)                                                                       \
    _Generic(SETTING_FIELD(options, field), int : INT_MIN, int64_t : INT64_MIN, default : 0)
#define SETTING_HIGHEST(options, field)                                                                      \
    _Generic(SETTING_FIELD(options, field), uint16_t                                                         \
             : UINT16_MAX, int                                                                               \
             : INT_MAX, uint32_t                                                                             \
             : UINT32_MAX, default                                                                           \
             : INT64_MAX)
#define SETTING_CHECKED(value, condition)                                                                    \
    ((int64_t)(value) + 0 * (int64_t)sizeof(struct {                                                         \
                            _Static_assert(condition, "the bounds do not fit the field");                    \
                            char member;                                                                     \
                        }))

#endif
