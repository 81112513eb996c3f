// A log line as a JSON object (RFC 8259): `{"time":"…","level":"INFO","action":"…","result":"…",…}`. Every
// value is a string, so that a key has one type in all lines.
#ifndef QUINIELA_BASE_LOG_JSON_H
#define QUINIELA_BASE_LOG_JSON_H

#include "base/log_text.h"

// Replaces the fields in `line`, `length` bytes of `key: value | key: value` as log_text_add makes them, by
// the object, without a newline. `level` is its name. What is not UTF-8 becomes U+FFFD. The object is always
// whole, and shorter than LOG_LINE_BYTES_MAX: a value that does not fit is cut between characters, and fields
// after it are left out. Returns the object's length.
size_t log_json_write(char line[LOG_LINE_BYTES_MAX], size_t length, const char *level);

#endif
