// The time zone that TZ names.
#ifndef QUINIELA_BASE_ZONE_H
#define QUINIELA_BASE_ZONE_H

#include <stdbool.h>

// Whether the value of TZ (NULL: not set) names a zone that this machine has, or is a rule such as ART3 or
// "<-03>3". Any other value silently means UTC.
bool zone_is_known(const char *tz);

// What to say of a TZ that names none, after its value in quotes.
#define ZONE_UNKNOWN                                                                                         \
    "is no time zone of this machine, so it means UTC: is it written right, and is tzdata installed?"

#endif
