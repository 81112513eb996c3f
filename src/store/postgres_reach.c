#include "store/postgres_reach.h"

#include "store/postgres_address.h"

#include <libpq-fe.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Files ---------------------------------------------------------------------------------------------------

static void each_path_of(const PQconninfoOption *options, store_each_path each, void *context) {
    static const char *const keywords[] = {"passfile",    "sslcert", "sslkey",
                                           "sslrootcert", "sslcrl",  "sslcrldir"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        const char *path = postgres_option(options, keywords[i]);
        if (path[0] != '\0') {
            each(context, path, false);
        }
    }
}

// Where libpq looks by default (its manual: the password file, the connection service file, SSL support),
// and where Kerberos is configured.
static void each_usual_path(store_each_path each, void *context) {
    static const char *const of_home[] = {".postgresql", ".pgpass", ".pg_service.conf"};
    static const char *const of_system[] = {"/etc/postgresql-common/pg_service.conf", "/etc/krb5.conf",
                                            "/etc/krb5.conf.d"};
    const char *home = getenv("HOME"), *services = getenv("PGSERVICEFILE");
    for (size_t i = 0; home != NULL && i < sizeof of_home / sizeof *of_home; i++) {
        char path[PATH_MAX];
        if (snprintf(path, sizeof path, "%s/%s", home, of_home[i]) < (int)sizeof path) {
            each(context, path, false);
        }
    }
    for (size_t i = 0; i < sizeof of_system / sizeof *of_system; i++) {
        each(context, of_system[i], false);
    }
    if (services != NULL) {
        each(context, services, false);
    }
}

void postgres_paths(const char *address, store_each_path each, void *context) {
    PQconninfoOption *said = PQconninfoParse(address, NULL), *defaults = PQconndefaults();
    each_path_of(said, each, context);
    each_path_of(defaults, each, context); // including the environment's settings
    each_usual_path(each, context);
    PQconninfoFree(said);
    PQconninfoFree(defaults);
}

// Ports ---------------------------------------------------------------------------------------------------

// "5432,5433": each port of the list. False when one is not a port, or there is no room for it.
static bool read_ports(const char *list, uint16_t *ports, size_t room, size_t *count) {
    for (const char *at = list;; at++) {
        char *end;
        unsigned long port = strtoul(at, &end, 10);
        if (end == at || (*end != ',' && *end != '\0') || port == 0 || port > UINT16_MAX || *count == room) {
            return false;
        }
        ports[(*count)++] = (uint16_t)port;
        at = end;
        if (*end == '\0') {
            return true;
        }
    }
}

bool postgres_ports(const char *address, uint16_t *ports, size_t room, size_t *count) {
    PQconninfoOption *said = PQconninfoParse(address, NULL), *defaults = PQconndefaults();
    const char *list = postgres_option(said, "port")[0] != '\0' ? postgres_option(said, "port")
                                                                : postgres_option(defaults, "port");
    bool by_service =
        postgres_option(said, "service")[0] != '\0' || postgres_option(defaults, "service")[0] != '\0';
    *count = 0;
    bool known = said != NULL && !by_service && read_ports(list, ports, room, count);
    *count = known ? *count : 0;
    PQconninfoFree(said);
    PQconninfoFree(defaults);
    return known;
}
