#include "net/exposure.h"

#include "net/binding.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct range {
    uint32_t first;
    int bits;
};

// The IANA IPv4 Special-Purpose Address Registry: what is not globally reachable.
static const struct range private_ranges[] = {
    {0x0a000000, 8},  // 10.0.0.0, RFC 1918
    {0x64400000, 10}, // 100.64.0.0, RFC 6598
    {0xa9fe0000, 16}, // 169.254.0.0, RFC 3927
    {0xac100000, 12}, // 172.16.0.0, RFC 1918
    {0xc0000000, 24}, // 192.0.0.0, RFC 6890
    {0xc0000200, 24}, // 192.0.2.0, RFC 5737
    {0xc0a80000, 16}, // 192.168.0.0, RFC 1918
    {0xc6120000, 15}, // 198.18.0.0, RFC 2544
    {0xc6336400, 24}, // 198.51.100.0, RFC 5737
    {0xcb007100, 24}, // 203.0.113.0, RFC 5737
};

static enum exposure of_v4(uint32_t address) {
    if (address >> 24 == 127) {
        return EXPOSURE_LOOPBACK;
    }
    for (size_t i = 0; i < sizeof private_ranges / sizeof private_ranges[0]; i++) {
        const struct range *range = &private_ranges[i];
        if (address >> (32 - range->bits) == range->first >> (32 - range->bits)) {
            return EXPOSURE_PRIVATE;
        }
    }
    return EXPOSURE_PUBLIC;
}

// The IPv6 registry likewise: ::1, fc00::/7 (RFC 4193), fe80::/10 (RFC 4291), 2001:db8::/32 (RFC 3849).
static enum exposure of_v6(const struct in6_addr *address) {
    const uint8_t *bytes = address->s6_addr;
    if (IN6_IS_ADDR_LOOPBACK(address)) {
        return EXPOSURE_LOOPBACK;
    }
    if (IN6_IS_ADDR_V4MAPPED(address)) {
        uint32_t v4;
        memcpy(&v4, bytes + 12, sizeof v4);
        return of_v4(ntohl(v4));
    }
    static const uint8_t documentation[] = {0x20, 0x01, 0x0d, 0xb8};
    bool is_private = (bytes[0] & 0xfe) == 0xfc || IN6_IS_ADDR_LINKLOCAL(address) ||
                      memcmp(bytes, documentation, sizeof documentation) == 0;
    return is_private ? EXPOSURE_PRIVATE : EXPOSURE_PUBLIC;
}

static enum exposure exposure_of(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        return of_v4(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    }
    return address->sa_family == AF_INET6
               ? of_v6(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr)
               : EXPOSURE_LOOPBACK; // not reachable over a network
}

static enum exposure of_every_address(char *text, size_t room) {
    struct ifaddrs *all;
    enum exposure widest = EXPOSURE_LOOPBACK;
    snprintf(text, room, "every address");
    if (getifaddrs(&all) != 0) {
        snprintf(text, room, "this machine's addresses cannot be read");
        return EXPOSURE_PUBLIC; // as far as we know
    }
    for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
        enum exposure exposure = one->ifa_addr == NULL ? EXPOSURE_LOOPBACK : exposure_of(one->ifa_addr);
        if (exposure > widest) {
            widest = exposure;
            struct sockaddr_storage address = {.ss_family = one->ifa_addr->sa_family};
            char shown[PLACE_TEXT_BYTES];
            memcpy(&address, one->ifa_addr, place_address_bytes(&address));
            place_show_address(&address, shown);
            snprintf(text, room, "%s", shown);
        }
    }
    freeifaddrs(all);
    return widest;
}

static enum exposure of_address(const struct sockaddr_storage *address, char *text, size_t room) {
    if (place_is_unspecified(address)) {
        return of_every_address(text, room);
    }
    char shown[PLACE_TEXT_BYTES];
    place_show_address(address, shown);
    snprintf(text, room, "%s", shown);
    return exposure_of((const struct sockaddr *)address);
}

enum exposure exposure_listening(const struct place *place, char *text, size_t room) {
    if (place->kind != PLACE_ADDRESSES) {
        return of_every_address(text, room);
    }
    enum exposure widest = EXPOSURE_LOOPBACK;
    for (size_t i = 0; i < place->count; i++) {
        char one[PLACE_TEXT_BYTES];
        enum exposure exposure = of_address(&place->addresses[i], one, sizeof one);
        if (i == 0 || exposure > widest) {
            widest = exposure;
            snprintf(text, room, "%s", one);
        }
    }
    return widest;
}

enum exposure exposure_bound(int socket, char *text, size_t room) {
    struct sockaddr_storage address;
    struct error ignored;
    return binding_address(socket, &address, &ignored) ? of_address(&address, text, room)
                                                       : of_every_address(text, room);
}
