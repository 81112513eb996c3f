#include "net/place.h"

#include "base/setting_show.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_BYTES_MAX = 253, LABEL_BYTES_MAX = 63 }; // RFC 1035, section 2.3.4

#define DIGITS "0123456789"

// Addresses -----------------------------------------------------------------------------------------------

static struct sockaddr_in *v4(struct sockaddr_storage *address) {
    return (struct sockaddr_in *)(void *)address;
}

static struct sockaddr_in6 *v6(struct sockaddr_storage *address) {
    return (struct sockaddr_in6 *)(void *)address;
}

static const struct sockaddr_in *const_v4(const struct sockaddr_storage *address) {
    return (const struct sockaddr_in *)(const void *)address;
}

static const struct sockaddr_in6 *const_v6(const struct sockaddr_storage *address) {
    return (const struct sockaddr_in6 *)(const void *)address;
}

socklen_t place_address_bytes(const struct sockaddr_storage *address) {
    return address->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

unsigned place_port(const struct sockaddr_storage *address) {
    return ntohs(address->ss_family == AF_INET ? const_v4(address)->sin_port : const_v6(address)->sin6_port);
}

void place_set_port(struct sockaddr_storage *address, unsigned port) {
    if (address->ss_family == AF_INET) {
        v4(address)->sin_port = htons((uint16_t)port);
    } else {
        v6(address)->sin6_port = htons((uint16_t)port);
    }
}

bool place_is_unspecified(const struct sockaddr_storage *address) {
    return address->ss_family == AF_INET ? const_v4(address)->sin_addr.s_addr == htonl(INADDR_ANY)
                                         : IN6_IS_ADDR_UNSPECIFIED(&const_v6(address)->sin6_addr);
}

void place_show_address(const struct sockaddr_storage *address, char text[PLACE_TEXT_BYTES]) {
    if (getnameinfo((const struct sockaddr *)address, place_address_bytes(address), text, PLACE_TEXT_BYTES,
                    NULL, 0, NI_NUMERICHOST) != 0) {
        snprintf(text, PLACE_TEXT_BYTES, "?");
    }
}

void place_show(const struct place *place, char *text, size_t room) {
    snprintf(text, room, "*");
    size_t used = 0;
    for (size_t i = 0; i < place->count; i++) {
        char one[PLACE_TEXT_BYTES];
        place_show_address(&place->addresses[i], one);
        if (used + strlen(one) + 2 > room) {
            return;
        }
        used += (size_t)snprintf(text + used, room - used, "%s%s", used > 0 ? "," : "", one);
    }
}

// Reading it ----------------------------------------------------------------------------------------------

static bool refuse(const char *text, const char *why, struct error *error) {
    char shown[SETTING_SHOWN_BYTES];
    setting_show(text, shown);
    return error_set(error, ERROR_BAD_SETTING, "\"%s\" %s", shown, why);
}

static bool read_v4(const char *text, struct place *place) {
    struct sockaddr_in *address = v4(&place->addresses[0]);
    address->sin_family = AF_INET;
    return inet_pton(AF_INET, text, &address->sin_addr) == 1;
}

// The index of the zone, an interface by name or number; 0 when there is no such interface.
static unsigned read_zone(const char *zone) {
    unsigned index = if_nametoindex(zone);
    if (index == 0 && *zone != '\0' && strspn(zone, DIGITS) == strlen(zone)) {
        char name[IF_NAMESIZE];
        index = (unsigned)strtoul(zone, NULL, 10);
        index = if_indextoname(index, name) != NULL ? index : 0;
    }
    return index;
}

// Text with a colon can only be IPv6.
static bool read_v6(const char *text, struct place *place, struct error *error) {
    struct sockaddr_in6 *address = v6(&place->addresses[0]);
    char number[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "%");
    snprintf(number, sizeof number, "%.*s", (int)length, text);
    address->sin6_family = AF_INET6;
    if (length >= sizeof number || inet_pton(AF_INET6, number, &address->sin6_addr) != 1) {
        return refuse(text,
                      text[0] == '[' ? "is not a numeric address: leave out the brackets"
                                     : "is not a numeric address; the port has a setting of its own",
                      error);
    }
    bool has_zone = text[length] == '%';
    if (has_zone != IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) {
        return refuse(text,
                      has_zone ? "has a zone, which only a link-local address has (fe80::1%eth0)"
                               : "is link-local: it needs a zone, the interface, as in fe80::1%eth0",
                      error);
    }
    address->sin6_scope_id = has_zone ? read_zone(text + length + 1) : 0;
    return !has_zone || address->sin6_scope_id != 0 ||
           refuse(text, "has a zone that is not an interface of this machine", error);
}

static bool is_label(const char *label, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "-_", label[i]) == NULL) {
            return false;
        }
    }
    return length > 0 && length <= LABEL_BYTES_MAX && label[0] != '-' && label[length - 1] != '-';
}

static bool check_name(const char *text, struct error *error) {
    struct in_addr ignored;
    size_t labels = 0, length = 0;
    bool numeric_first = false, numeric_last = false;
    for (const char *label = text; *label != '\0'; label += length + (label[length] == '.')) {
        length = strcspn(label, ".");
        if (!is_label(label, length) || strlen(text) > HOST_BYTES_MAX) {
            return refuse(text,
                          strchr(text, '/') != NULL
                              ? "is neither a numeric address nor a name: a network or a URL will not do"
                              : "is neither a numeric address nor a name",
                          error);
        }
        numeric_last = strspn(label, DIGITS) == length;
        numeric_first = labels++ == 0 ? numeric_last : numeric_first;
    }
    if ((labels > 1 && (numeric_first || numeric_last)) || inet_aton(text, &ignored) != 0) {
        return refuse(text, "looks like a numeric address, but is not one", error);
    }
    return true;
}

bool place_parse(const char *text, struct place *place, struct error *error) {
    *place = (struct place){.kind = PLACE_EVERYWHERE};
    if (text == NULL || text[0] == '\0') {
        return true;
    }
    bool is_v4 = read_v4(text, place), has_colon = strchr(text, ':') != NULL && strchr(text, '/') == NULL;
    if (is_v4 || (has_colon && read_v6(text, place, error))) {
        place->kind = PLACE_ADDRESSES;
        place->count = 1;
        return true;
    }
    if (strpbrk(text, " \t") != NULL) {
        return refuse(text, "contains a blank, or ends with one: it is neither a numeric address nor a name",
                      error);
    }
    place->kind = PLACE_NAME;
    return !has_colon && check_name(text, error);
}

// This machine's ------------------------------------------------------------------------------------------

static bool is_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
    if (a->ss_family != b->ss_family) {
        return false;
    }
    if (a->ss_family == AF_INET) {
        return const_v4(a)->sin_addr.s_addr == const_v4(b)->sin_addr.s_addr;
    }
    return IN6_ARE_ADDR_EQUAL(&const_v6(a)->sin6_addr, &const_v6(b)->sin6_addr) &&
           const_v6(a)->sin6_scope_id == const_v6(b)->sin6_scope_id;
}

// All of 127.0.0.0/8 belongs to this machine, although no interface lists it.
static bool is_own(const struct sockaddr_storage *address, const struct ifaddrs *all) {
    if (address->ss_family == AF_INET && ntohl(const_v4(address)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET) {
        return true;
    }
    for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
        struct sockaddr_storage own = {0};
        if (one->ifa_addr != NULL &&
            (one->ifa_addr->sa_family == AF_INET || one->ifa_addr->sa_family == AF_INET6)) {
            own.ss_family = one->ifa_addr->sa_family;
            memcpy(&own, one->ifa_addr, place_address_bytes(&own));
            if (is_same(address, &own)) {
                return true;
            }
        }
    }
    return false;
}

static bool has(const struct place *place, const struct sockaddr_storage *address) {
    for (size_t i = 0; i < place->count; i++) {
        if (is_same(&place->addresses[i], address)) {
            return true;
        }
    }
    return false;
}

// Adds the address if it is this machine's. Returns false when there was no room.
static bool add_own(struct place *place, const struct sockaddr_storage *address, const struct ifaddrs *all) {
    if (!is_own(address, all) || has(place, address)) {
        return true;
    }
    if (place->count == PLACE_ADDRESSES_MAX) {
        return false;
    }
    place->addresses[place->count] = *address;
    place_set_port(&place->addresses[place->count++], 0);
    return true;
}

bool place_take_own(struct place *place, const struct sockaddr_storage *found, size_t count,
                    struct error *error) {
    struct ifaddrs *all;
    *place = (struct place){.kind = PLACE_EVERYWHERE};
    if (getifaddrs(&all) != 0) {
        return true;
    }
    bool fits = true;
    for (size_t i = 0; i < count; i++) {
        fits = fits && add_own(place, &found[i], all);
    }
    if (place->count > 0) {
        struct sockaddr_storage loopback[2] = {0};
        *v4(&loopback[0]) = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
        *v6(&loopback[1]) =
            (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
        place->kind = PLACE_ADDRESSES;
        fits = fits && add_own(place, &loopback[0], all) && add_own(place, &loopback[1], all);
    }
    freeifaddrs(all);
    return fits || error_set(error, ERROR_BAD_SETTING, "the name has more than %d addresses of this machine",
                             PLACE_ADDRESSES_MAX - 2);
}
