#include "service/lottery/audit_log.h"

#include "audit/events.h"
#include "bet/errors.h"
#include "service/lottery/state.h"

static void write_limited(struct connection *connection, const struct audit_sort *sort,
                          const struct audit_field *fields, size_t count) {
    audit_write_limited(lottery_loop_of(connection)->lottery->audit, sort, fields, count);
}

void audit_log_connected(struct connection *connection) {
    char peer[CONNECTION_ADDRESS_BYTES];
    struct connection_certificate certificate;
    const char *identity = connection_identity(connection);
    connection_peer(connection, peer);
    connection_certificate(connection, &certificate);
    const struct audit_field fields[] = {{.name = "agency", .text = identity},
                                         {.name = "ip", .text = peer},
                                         {.name = "serial", .text = certificate.serial}};
    write_limited(connection, &(struct audit_sort){.event = AUDIT_CONNECTED, .agency = identity}, fields, 3);
}

void audit_log_refused(struct connection *connection, const char *reason) {
    char peer[CONNECTION_ADDRESS_BYTES];
    connection_peer(connection, peer);
    const char *identity = connection_identity(connection);
    bool is_known = identity != NULL && identity[0] != '\0'; // the certificate was good until now
    const struct audit_field fields[] = {{.name = "reason", .text = reason},
                                         {.name = "ip", .text = peer},
                                         {.name = "agency", .text = identity}};
    write_limited(connection, &(struct audit_sort){AUDIT_REFUSED, reason, is_known ? identity : NULL}, fields,
                  is_known ? 3 : 2);
}

void audit_log_not_authorized(struct connection *connection, uint32_t wanted) {
    char peer[CONNECTION_ADDRESS_BYTES];
    struct connection_certificate certificate;
    const char *reason = error_name(ERROR_NOT_AUTHORIZED), *identity = connection_identity(connection);
    connection_peer(connection, peer);
    connection_certificate(connection, &certificate);
    const struct audit_field fields[] = {{.name = "reason", .text = reason},
                                         {.name = "ip", .text = peer},
                                         {.name = "agency", .text = identity},
                                         {.name = "serial", .text = certificate.serial},
                                         {.name = "wanted", .number = wanted}};
    write_limited(connection, &(struct audit_sort){AUDIT_REFUSED, reason, identity}, fields, 5);
}
