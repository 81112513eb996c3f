// "host:port" as people write it, and lists of such addresses.
#ifndef QUINIELA_AGENCY_ADDRESS_H
#define QUINIELA_AGENCY_ADDRESS_H

#include "agency/limits.h"
#include "base/error.h"

struct address {
    char text[ADDRESS_BYTES_MAX]; // as written
    char host[ADDRESS_BYTES_MAX]; // a name or a numeric address, without brackets
    char port[8];
};

// Splits "host:port" or "[v6]:port". ERROR_BAD_SETTING when it is neither.
bool address_parse(const char *text, struct address *address, struct error *error) MUST_CHECK;

// The servers of one central. Any of them may be used.
struct addresses {
    struct address list[ADDRESSES_MAX];
    uint32_t count; // at least 1
};

// Splits addresses separated by commas, and by spaces around the commas. ERROR_BAD_SETTING, naming the
// address, when one is not valid; or when there are more than ADDRESSES_MAX.
bool addresses_parse(const char *text, struct addresses *addresses, struct error *error) MUST_CHECK;

#endif
