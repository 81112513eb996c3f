// Settings that fill in a struct given_options: what a draw is checked with.
#ifndef QUINIELA_CLI_GIVEN_SETTINGS_H
#define QUINIELA_CLI_GIVEN_SETTINGS_H

#include "base/setting.h"
#include "claims/given.h"

// Files of a kind that may be repeated; the file of one that may not; a value.
#define GIVEN_FILES_IN(kind, key_, ...) SETTING_TEXTS_IN(struct given_options, files[kind], key_, __VA_ARGS__)
#define GIVEN_FILE_IN(kind, key_, ...) GIVEN_FILES_IN(kind, key_, .once = true, __VA_ARGS__)
#define GIVEN_TEXT_IN(field, key_, ...)                                                                      \
    SETTING_TEXT_IN(struct given_options, field, key_, NULL, .flag_only = true, .once = true, __VA_ARGS__)

#endif
