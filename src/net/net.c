#include "net/net.h"

#include "net/limits.h"
#include "net/net_parts.h"

#include <stdlib.h>
#include <sys/resource.h>

// Some descriptors stay free for the store, the log and the loops' own use.
static size_t connections_max(const struct net_options *options) {
    struct rlimit limit;
    size_t most = options->connections_max == 0 ? SIZE_MAX : options->connections_max;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        rlim_t kept = DESCRIPTORS_KEPT + options->descriptors_apart +
                      (DESCRIPTORS_KEPT_LOOP + options->place.count * (rlim_t)options->port_count) *
                          (rlim_t)options->loops;
        size_t room = limit.rlim_cur > kept ? (size_t)(limit.rlim_cur - kept) : 1;
        most = room < most ? room : most;
    }
    return most;
}

// NULL when there is no memory.
static struct net *make(const struct net_options *options) {
    struct net *net = calloc(1, sizeof *net);
    struct loop *loops = calloc((size_t)options->loops, sizeof *loops);
    struct neighbour *neighbours = calloc((size_t)options->loops, sizeof *neighbours);
    struct peers *peers = peers_new();
    if (net == NULL || loops == NULL || neighbours == NULL || peers == NULL) {
        peers_free(peers);
        free(neighbours);
        free(loops);
        free(net);
        return NULL;
    }
    *net = (struct net){
        .peers = peers,
        .capacity.max = connections_max(options),
        .neighbours = {options->loops, neighbours},
        .memory_pool = {.max = options->memory_max == 0 ? MEMORY_DEFAULT : options->memory_max,
                        .loops = options->loops},
        .backlog = options->backlog,
        .loops = loops,
        .loop_count = options->loops,
    };
    trust_begin(&net->trust, options->tls);
    ports_begin(&net->ports, &options->place, options->port_count, options->ports, options->sockets);
    return net;
}

static bool begin_loops(struct net *net, const struct net_options *options, const struct handler *handler,
                        void *context, struct error *error) {
    struct loop_options each = {
        .handler = handler,
        .context = context,
        .ports = &net->ports,
        .trust = &net->trust,
        .peers = net->peers,
        .capacity = &net->capacity,
        .neighbours = &net->neighbours,
        .memory_pool = &net->memory_pool,
        .timeouts = {.message_ms = options->message_timeout_ms,
                     .idle_ms = options->idle_timeout_ms,
                     .send_ms = options->send_timeout_ms,
                     .handshake_ms = options->handshake_timeout_ms},
    };
    for (; each.index < net->loop_count; each.index++) {
        if (!loop_begin(&net->loops[each.index], &each, error)) {
            return false;
        }
    }
    return true;
}

bool net_open(const struct net_options *options, const struct handler *handler, void *context,
              struct net **result, struct error *error) {
    *result = NULL;
    struct net *net = make(options);
    if (net == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %d loops", options->loops);
    }
    if (!ports_hold(&net->ports, error) || !begin_loops(net, options, handler, context, error)) {
        net_close(&net);
        return false;
    }
    *result = net;
    return true;
}

uint16_t net_port(const struct net *net, int index) {
    return net->ports.numbers[index];
}

const char *net_address(const struct net *net) {
    return net->ports.address;
}

bool net_start(struct net *net, struct error *error) {
    if (!ports_check_only_ones(&net->ports, error)) {
        return false;
    }
    for (int i = 0; i < net->loop_count; i++) {
        if (!loop_listen(&net->loops[i], net->backlog, error)) {
            return false;
        }
    }
    for (int i = 0; i < net->loop_count; i++) {
        if (!loop_start(&net->loops[i], error)) {
            return false;
        }
    }
    return true;
}

void net_set_tls(struct net *net, struct tls_context *tls) {
    trust_replace(&net->trust, tls);
    for (int i = 0; i < net->loop_count; i++) {
        loop_wake(&net->loops[i]);
    }
}

void net_drain(struct net *net) {
    for (int i = 0; i < net->loop_count; i++) {
        loop_ask_drain(&net->loops[i]);
    }
}

size_t net_connections(const struct net *net) {
    return capacity_count(&net->capacity);
}

void net_quiet(struct net *net) {
    for (int i = 0; i < net->loop_count; i++) {
        loop_ask_quiet(&net->loops[i]);
    }
}

void net_close(struct net **pointer) {
    struct net *net = *pointer;
    *pointer = NULL;
    for (int i = 0; i < net->loop_count; i++) {
        loop_ask_close(&net->loops[i]);
    }
    for (int i = 0; i < net->loop_count; i++) {
        loop_join(&net->loops[i]);
    }
    for (int i = 0; i < net->loop_count; i++) {
        loop_end(&net->loops[i]);
    }
    ports_release(&net->ports);
    trust_end(&net->trust);
    peers_free(net->peers);
    free(net->neighbours.all);
    free(net->loops);
    free(net);
}
