// Giving up root's capabilities.
#ifndef QUINIELA_CONFINE_CAPABILITIES_H
#define QUINIELA_CONFINE_CAPABILITIES_H

#include "base/error.h"
#include "confine/options.h"

// Gives up what root may do and others may not, for good. *kept names what is left, such as "none" or
// "dac_override, chown": dac_override or dac_read_search is kept if a path of options->writable, or of
// options->readable, belongs to another user and could not be used without it, and chown if a file of
// options->writable belongs to another user or group. ERROR_SYSTEM.
bool capabilities_drop(const struct confine_options *options, const char **kept,
                       struct error *error) MUST_CHECK;

#endif
