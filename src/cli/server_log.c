#include "cli/server_log.h"

#include "base/log.h"
#include "base/zone.h"
#include "cli/loops.h"
#include "service/service.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void log_config(const struct server_options *options) {
    const struct settings *settings = options->settings;
    char store[STORE_ADDRESS_BYTES];
    store_show_address(options->store.address, store);
    log_event(
        LOG_LEVEL_INFO, "config", LOG_SUCCESS,
        "port: %s | listen_backlog: %s | logging_level: %s | consult_port: %s | ip: %s | agencies: %" PRIu32
        " | store: %s | draw: %s | winning_number: %s | loops: %d | message_timeout: %s | send_timeout: %s"
        " | idle_timeout: %s | connections_max: %s | memory_max: %s | tls: %s",
        settings_written(settings, &options->port), settings_written(settings, &options->listen_backlog),
        settings_written(settings, &options->log.level), settings_written(settings, &options->consult_port),
        options->ip == NULL ? "" : options->ip, server_options_agencies(options), store, options->store.draw,
        options->number_mode == NUMBER_FIXED ? settings_written(settings, &options->winning_number)
                                             : number_mode_name(options->number_mode),
        loops_from(options), settings_written(settings, &options->message_timeout_ms),
        settings_written(settings, &options->send_timeout_ms),
        settings_written(settings, &options->idle_timeout_ms),
        settings_written(settings, &options->connections_max),
        settings_written(settings, &options->memory_max), options->tls.certificate == NULL ? "off" : "on");
}

static void warn_of_zone(void) {
    const char *zone = getenv("TZ");
    if (!zone_is_known(zone)) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_IN_PROGRESS, "TZ: %.40s | message: " ZONE_UNKNOWN, zone);
    }
}

bool server_log_begin(const struct server_options *options, struct error *error) {
    if (!log_options_apply(&options->log, options->settings, options->run_as, error)) {
        return false;
    }
    log_config(options);
    settings_warn(options->settings);
    warn_of_zone();
    return true;
}

void server_log_listening(const struct server_options *options, const struct net *net) {
    bool is_echo = options->service == SERVICE_ECHO;
    char port[8], consult[8];
    snprintf(port, sizeof port, "%u", net_port(net, LOTTERY_PORT_BETS));
    if (!is_echo) {
        snprintf(consult, sizeof consult, "%u", net_port(net, LOTTERY_PORT_CONSULT));
    }
    const struct log_field fields[] = {{"service", settings_written(options->settings, &options->service)},
                                       {"ip", net_address(net)},
                                       {"port", port},
                                       {"consult_port", is_echo ? NULL : consult}};
    log_fields(LOG_LEVEL_INFO, "listen", LOG_SUCCESS, fields, sizeof fields / sizeof *fields);
}

void server_log_no_start(const struct server_options *options, const struct error *error) {
    log_event(LOG_LEVEL_CRITICAL, "start_server", LOG_FAIL, "error: %s | message: %s",
              error_name(error->code), error->text);
    if (options->log.file != NULL) {
        fprintf(stderr, "quiniela server: %s\n", error->text);
    }
}

void server_log_no_agencies(uint32_t agencies) {
    if (agencies == 0) {
        log_event(LOG_LEVEL_WARNING, "config", LOG_IN_PROGRESS,
                  "agencies: 0 | message: the draw waits for no agency, so it is never made");
    }
}

void server_log_known_number(const struct server_options *options) {
    if (server_options_gives_number(options)) {
        log_event(LOG_LEVEL_WARNING, "number_known", LOG_SUCCESS,
                  "draw: %s | message: WINNING_NUMBER is set, so the number is known before the bets; with "
                  "NUMBER=manual it comes after the seal",
                  options->store.draw);
    }
}
