// What a run of the benchmark needs before it starts: bets, file descriptors, certificates and a central.
#ifndef QUINIELA_CLI_BENCH_SETUP_H
#define QUINIELA_CLI_BENCH_SETUP_H

#include "bench/central.h"
#include "bench/driver.h"
#include "bench/hold.h"
#include "bench/payload.h"
#include "cli/bench_options.h"
#include "tls/context.h"

// Fills the payload with the bets of a file, or with made-up ones.
bool bench_setup_payload(const struct bench_options *options, struct payload *payload,
                         struct error *error) MUST_CHECK;

// Raises the limit on file descriptors far enough for all connections: the agencies' and those that wait. A
// central of our own inherits the limit, and has as many connections. ERROR_SYSTEM.
bool bench_setup_descriptors(uint64_t connections, struct error *error) MUST_CHECK;

// Reads each agency's certificate into *contexts, which bench_setup_free_certificates frees; NULL for plain
// text.
bool bench_setup_certificates(const struct bench_options *options, struct tls_context ***contexts,
                              struct error *error) MUST_CHECK;
void bench_setup_free_certificates(const struct bench_options *options, struct tls_context ***contexts);

// Finds the central, or with --self starts it, and puts the addresses of its ports into `load` and `hold`.
// The caller ends *central with central_stop.
bool bench_setup_central(const struct bench_options *options, struct central *central,
                         struct driver_options *load, struct hold_options *hold,
                         struct error *error) MUST_CHECK;

#endif
