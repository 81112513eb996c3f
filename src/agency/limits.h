// The caps and defaults of an agency.
#ifndef QUINIELA_AGENCY_LIMITS_H
#define QUINIELA_AGENCY_LIMITS_H

enum {
    WINDOW_MAX = 64, // chunks sent and not yet acknowledged
    ANSWER_TIMEOUT_MS_MAX = 24 * 60 * 60 * 1000,
    ADDRESS_BYTES_MAX = 300, // "host:port"
    ADDRESSES_MAX = 32,      // of the central's servers
};

#endif
