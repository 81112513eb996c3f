#include "stream/tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

const struct tcp_options tcp_to_central = {
    .nodelay = true, .keepalive_seconds = 8, .probe_seconds = 4, .unacknowledged_ms = 20000};

static void set(int descriptor, int level, int option, int value) {
    if (value != 0) {
        (void)setsockopt(descriptor, level, option, &value, sizeof value);
    }
}

void tcp_set_options(int descriptor, const struct tcp_options *options) {
    set(descriptor, IPPROTO_TCP, TCP_NODELAY, options->nodelay);
    set(descriptor, SOL_SOCKET, SO_KEEPALIVE, options->keepalive_seconds > 0);
    set(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, options->keepalive_seconds);
    set(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, options->probe_seconds);
    set(descriptor, IPPROTO_TCP, TCP_KEEPCNT, options->probes);
    set(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, options->unacknowledged_ms);
}
