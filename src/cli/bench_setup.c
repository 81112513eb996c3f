#include "cli/bench_setup.h"

#include "agency/address.h"
#include "bet/limits.h"
#include "cli/sample_bets.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    GENERATED_BETS_MAX = 1000 * 1000, // beyond that they repeat
    BETS_A_WINNER = 10000,            // as by chance with numbers from 0 to 9999
    WINNING_NUMBER = 7574,
    DESCRIPTORS_SPARE = 256,
};

static bool generate_bets(struct payload *payload, uint64_t bets, struct error *error) {
    uint32_t count = bets < GENERATED_BETS_MAX ? (uint32_t)bets : GENERATED_BETS_MAX;
    struct sample_bets sample;
    sample_bets_begin(&sample, 1, 1, count, count / BETS_A_WINNER, WINNING_NUMBER);
    char text[BET_TEXT_BYTES_MAX];
    size_t length;
    while ((length = sample_bets_next(&sample, text)) > 0) {
        if (!payload_add(payload, text, length, error)) {
            return false;
        }
    }
    return true;
}

bool bench_setup_payload(const struct bench_options *options, struct payload *payload, struct error *error) {
    uint64_t wanted = options->bets > 0 ? options->bets : 1;
    bool made = options->payload != NULL ? payload_add_file(payload, options->payload, error)
                                         : generate_bets(payload, wanted, error);
    return made && payload_repeat(payload, options->chunk_size, error) &&
           (!options->prepared || payload_prepare(payload, error));
}

bool bench_setup_descriptors(uint64_t connections, struct error *error) {
    rlim_t wanted = connections + DESCRIPTORS_SPARE;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return error_set_system(error, errno, "cannot read the limit of open files");
    }
    if (limit.rlim_cur >= wanted) {
        return true;
    }
    limit.rlim_cur = wanted;
    limit.rlim_max = limit.rlim_max < wanted ? wanted : limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 ||
           error_set_system(error, errno, "cannot raise the limit of open files to %ju", (uintmax_t)wanted);
}

static bool resolve(const char *text, struct sockaddr_storage *address, socklen_t *length,
                    struct error *error) {
    struct address parsed;
    if (!address_parse(text, &parsed, error)) {
        return false;
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int failure = getaddrinfo(parsed.host, parsed.port, &hints, &found);
    if (failure != 0) {
        return error_set(error, ERROR_NETWORK, "%.150s: %s", text, gai_strerror(failure));
    }
    memcpy(address, found->ai_addr, found->ai_addrlen);
    *length = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static void set_loopback(uint16_t port, struct sockaddr_storage *address, socklen_t *length) {
    struct sockaddr_in loopback = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    memcpy(address, &loopback, sizeof loopback);
    *length = sizeof loopback;
}

// Agency N's certificate, as `quiniela keys` names the files.
static bool read_certificate(const char *folder, uint32_t agency, struct tls_context **tls,
                             struct error *error) {
    char certificate[PATH_MAX], key[PATH_MAX], authority[PATH_MAX];
    snprintf(certificate, sizeof certificate, "%s/agency-%" PRIu32 ".crt", folder, agency);
    snprintf(key, sizeof key, "%s/agency-%" PRIu32 ".key", folder, agency);
    snprintf(authority, sizeof authority, "%s/ca.crt", folder);
    struct tls_options options = {.certificate = certificate, .key = key, .authority = authority};
    return tls_context_new(TLS_CLIENT, &options, tls, error);
}

bool bench_setup_certificates(const struct bench_options *options, struct tls_context ***contexts,
                              struct error *error) {
    *contexts = NULL;
    if (options->certificates == NULL) {
        return true;
    }
    *contexts = calloc(options->agencies, sizeof(struct tls_context *));
    if (*contexts == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the certificates");
    }
    for (uint32_t i = 0; i < options->agencies; i++) {
        if (!read_certificate(options->certificates, i + 1, &(*contexts)[i], error)) {
            bench_setup_free_certificates(options, contexts);
            return false;
        }
    }
    return true;
}

void bench_setup_free_certificates(const struct bench_options *options, struct tls_context ***contexts) {
    for (uint32_t i = 0; *contexts != NULL && i < options->agencies; i++) {
        tls_context_release((*contexts)[i]);
    }
    free(*contexts);
    *contexts = NULL;
}

static bool start_central(const struct bench_options *options, struct central *central, struct error *error) {
    struct central_options own = {
        .parent_directory = options->dir,
        .program = options->program,
        .log_level = settings_written(options->settings, &options->log_level),
        .loops = settings_written(options->settings, &options->loops),
        .store = options->store,
        .certificates = options->certificates,
        .agencies = options->agencies,
    };
    return central_start(&own, central, error);
}

bool bench_setup_central(const struct bench_options *options, struct central *central,
                         struct driver_options *load, struct hold_options *hold, struct error *error) {
    if (options->self) {
        if (!start_central(options, central, error)) {
            return false;
        }
        set_loopback(central->port, &load->address, &load->address_length);
        set_loopback(central->consult_port, &hold->address, &hold->address_length);
        return true;
    }
    const char *bets = options->server_address, *consult = options->consult_address;
    return resolve(bets, &load->address, &load->address_length, error) &&
           resolve(consult != NULL ? consult : bets, &hold->address, &hold->address_length, error);
}
