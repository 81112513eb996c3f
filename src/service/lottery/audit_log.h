// What the audit log is told of those who connect.
#ifndef QUINIELA_SERVICE_LOTTERY_AUDIT_LOG_H
#define QUINIELA_SERVICE_LOTTERY_AUDIT_LOG_H

#include <stdint.h>

struct connection;

// Its certificate is good.
void audit_log_connected(struct connection *connection);

// TLS refused it, for that reason.
void audit_log_refused(struct connection *connection, const char *reason);

// It spoke for another agency than that of its certificate.
void audit_log_not_authorized(struct connection *connection, uint32_t wanted);

#endif
