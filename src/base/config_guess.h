// Guesses the format of a file that was given in place of one of another format, for the error message.
#ifndef QUINIELA_BASE_CONFIG_GUESS_H
#define QUINIELA_BASE_CONFIG_GUESS_H

enum config_kind { CONFIG_UNKNOWN, CONFIG_INI, CONFIG_YAML };

// The format that the file seems to have, from its first line that is neither empty nor a comment.
// CONFIG_UNKNOWN also when the file cannot be read.
enum config_kind config_guess(const char *path);

#endif
