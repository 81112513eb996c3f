// Values of a store as JSON, on standard output.
#ifndef QUINIELA_CLI_STORE_JSON_H
#define QUINIELA_CLI_STORE_JSON_H

// Prints "NAME":"TEXT", of a text of at most DRAW_NAME_BYTES_MAX bytes.
void store_json_text(const char *name, const char *text);

// Prints "NAME":"TIME", or "NAME":null where `time` is "".
void store_json_time(const char *name, const char *time);

#endif
