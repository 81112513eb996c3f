// The same as status_night.h prints, for programs: docs/protocol.md has each field.
#ifndef QUINIELA_CLI_STATUS_NIGHT_JSON_H
#define QUINIELA_CLI_STATUS_NIGHT_JSON_H

#include "cli/status_reading.h"
#include "wire/json_writer.h"

// Puts it into the object that is begun.
void status_night_json_put(const struct status *status, struct json_writer *writer);

#endif
