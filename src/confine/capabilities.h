// Giving up root's capabilities.
#ifndef QUINIELA_CONFINE_CAPABILITIES_H
#define QUINIELA_CONFINE_CAPABILITIES_H

#include "base/error.h"
#include "confine/options.h"

// Gives up for good what only root may do. *kept names the capabilities left, such as "none" or
// "dac_override, chown". dac_override or dac_read_search is kept if a path of options->writable, or of
// options->readable, belongs to another user and could not be used without it. chown is kept if a file of
// options->writable belongs to another user or group. ERROR_SYSTEM.
bool capabilities_drop(const struct confine_options *options, const char **kept,
                       struct error *error) MUST_CHECK;

#endif
