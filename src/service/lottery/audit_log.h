// Records in the audit log which peers connect, and which are refused.
#ifndef QUINIELA_SERVICE_LOTTERY_AUDIT_LOG_H
#define QUINIELA_SERVICE_LOTTERY_AUDIT_LOG_H

#include <stdint.h>

struct connection;

// The connection's certificate is good.
void audit_log_connected(struct connection *connection);

// TLS refused the connection, for that reason.
void audit_log_refused(struct connection *connection, const char *reason);

// The connection spoke for an agency other than the one in its certificate.
void audit_log_not_authorized(struct connection *connection, uint32_t wanted);

#endif
