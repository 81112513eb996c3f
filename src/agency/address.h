// "host:port" as people write it, and several of them.
#ifndef QUINIELA_AGENCY_ADDRESS_H
#define QUINIELA_AGENCY_ADDRESS_H

#include "agency/limits.h"
#include "base/error.h"

struct address {
    char text[ADDRESS_BYTES_MAX]; // as it was written
    char host[ADDRESS_BYTES_MAX]; // a name or a numeric address, without brackets
    char port[8];
};

// Splits "host:port" or "[v6]:port". ERROR_BAD_SETTING when it is neither.
bool address_parse(const char *text, struct address *address, struct error *error) MUST_CHECK;

// The servers of one central, any of which may be used.
struct addresses {
    struct address list[ADDRESSES_MAX];
    uint32_t count; // at least 1
};

// Splits addresses that are separated by commas, and by spaces around those. ERROR_BAD_SETTING when one of
// them is not an address, which is named, or there are more than ADDRESSES_MAX.
bool addresses_parse(const char *text, struct addresses *addresses, struct error *error) MUST_CHECK;

#endif
