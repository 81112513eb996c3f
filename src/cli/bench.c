// `quiniela bench`: drives a running central, or one that it starts itself, with the chunks of many agencies,
// and measures. Every answer is checked: a wrong one makes the run fail.
#include "cli/cli.h"

#include "agency/address.h"
#include "base/settings.h"
#include "bench/central.h"
#include "bench/driver.h"
#include "bench/hold.h"
#include "bench/interrupt.h"
#include "bench/payload.h"
#include "bench/polling.h"
#include "bet/limits.h"
#include "cli/bench_report.h"
#include "cli/command.h"
#include "cli/conflicts.h"
#include "cli/sample_bets.h"
#include "cli/settings_table.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    GENERATED_BETS_MAX = 1000 * 1000, // more than these are the same again
    BETS_A_WINNER = 10000,            // as chance has it with numbers from 0 to 9999
    WINNING_NUMBER = 7574,
    DESCRIPTORS_SPARE = 256,
};

struct bench {
    const struct settings *settings;
    struct payload payload;
    struct driver_options options;
    struct central central; // of our own; pid 0 when another is driven
    struct hold *hold;      // who waits for the draw; NULL when nobody does
    struct bench_report report;
    struct tls_context **tls; // one for each agency; NULL: plain text
    bool shows_progress;
};

static enum bench_format format_from(const struct settings *settings) {
    if (settings_switch(settings, "JSON")) {
        return BENCH_JSON;
    }
    return settings_switch(settings, "CSV") ? BENCH_CSV : BENCH_FOR_PEOPLE;
}

// Polling -------------------------------------------------------------------------------------------------

static bool run_polling(const struct settings *settings, struct error *error) {
    struct polling_options options = {
        .agencies = (uint32_t)settings_number(settings, "POLL"),
        .base_ms = (uint32_t)settings_number(settings, "POLL_BASE_MS"),
        .cap_ms = (uint32_t)settings_number(settings, "POLL_CAP_MS"),
        .draw_after_ms = (uint32_t)settings_number(settings, "POLL_DRAW_MS"),
        .seed = 1,
    };
    struct polling_result result;
    bool done = polling_simulate(&options, &result, error);
    if (done) {
        bench_report_print_polling(&options, &result, format_from(settings));
        done = (result.after_ms.count == options.agencies && result.after_ms.maximum <= options.cap_ms) ||
               error_set(error, ERROR_SYSTEM, "an agency was told later than the cap after the draw");
    }
    polling_result_free(&result);
    return done;
}

// Getting ready -------------------------------------------------------------------------------------------

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

static bool make_payload(struct bench *bench, struct error *error) {
    const char *path = settings_text(bench->settings, "PAYLOAD");
    struct payload *payload = &bench->payload;
    uint64_t wanted = bench->options.bets > 0 ? bench->options.bets : 1;
    bool made = path != NULL ? payload_add_file(payload, path, error) : generate_bets(payload, wanted, error);
    return made && payload_repeat(payload, bench->options.chunk_size, error) &&
           (!bench->options.prepared || payload_prepare(payload, error));
}

// Each agency, and each that waits, is a connection here, and another one in a central of our own, which has
// the limit from us.
static bool raise_descriptor_limit(uint64_t connections, struct error *error) {
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

static bool read_certificates(struct bench *bench, struct error *error) {
    const char *folder = settings_text(bench->settings, "CERTIFICATES");
    uint32_t agencies = bench->options.agencies;
    if (folder == NULL) {
        return true;
    }
    if (bench->options.finish) {
        return error_set(error, ERROR_BAD_SETTING, "--tls: goes neither with --draw nor with --hold");
    }
    bench->tls = calloc(agencies, sizeof(struct tls_context *));
    if (bench->tls == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the certificates");
    }
    bench->options.tls = bench->tls;
    for (uint32_t i = 0; i < agencies; i++) {
        if (!read_certificate(folder, i + 1, &bench->tls[i], error)) {
            return false;
        }
    }
    return true;
}

static void free_certificates(struct bench *bench) {
    for (uint32_t i = 0; bench->tls != NULL && i < bench->options.agencies; i++) {
        tls_context_release(bench->tls[i]);
    }
    free(bench->tls);
}

static bool start_central(struct bench *bench, struct error *error) {
    const struct settings *settings = bench->settings;
    struct central_options options = {
        .parent_directory = settings_text(settings, "DIR"),
        .program = settings_text(settings, "PROGRAM"),
        .log_level = settings_text(settings, "LOG_LEVEL"),
        .loops = settings_text(settings, "LOOPS"),
        .store = settings_text(settings, "BENCH_STORE"),
        .certificates = settings_text(settings, "CERTIFICATES"),
        .agencies = bench->options.agencies,
    };
    return central_start(&options, &bench->central, error);
}

// Finds the central, or starts one: the addresses of both its ports.
static bool find_central(struct bench *bench, struct hold_options *hold, struct error *error) {
    const struct settings *settings = bench->settings;
    struct driver_options *options = &bench->options;
    if (settings_switch(settings, "SELF")) {
        if (!start_central(bench, error)) {
            return false;
        }
        set_loopback(bench->central.port, &options->address, &options->address_length);
        set_loopback(bench->central.consult_port, &hold->address, &hold->address_length);
        return true;
    }
    const char *bets = settings_text(settings, "CLI_SERVER_ADDRESS");
    const char *consult = settings_text(settings, "CLI_SERVER_CONSULT_ADDRESS");
    return resolve(bets, &options->address, &options->address_length, error) &&
           resolve(consult != NULL ? consult : bets, &hold->address, &hold->address_length, error);
}

// While it runs -------------------------------------------------------------------------------------------

static uint64_t memory_kib(const struct bench *bench) {
    return bench->central.pid > 0 ? central_memory_kib(&bench->central) : 0;
}

static struct central_time processor_time(const struct bench *bench) {
    return bench->central.pid > 0 ? central_processor_time(&bench->central) : (struct central_time){0};
}

static void on_tick(void *context, uint64_t bets, uint64_t elapsed_ns) {
    const struct bench *bench = context;
    if (bench->shows_progress) {
        fprintf(stderr, "\r\033[K%" PRIu64 " of %" PRIu64 " bets (%.0f %%)  %.2f M bets/s", bets,
                bench->options.bets,
                bench->options.bets == 0 ? 100.0 : (double)bets * 100 / (double)bench->options.bets,
                elapsed_ns == 0 ? 0.0 : (double)bets * 1e3 / (double)elapsed_ns);
    }
}

static void on_marked(void *context, uint64_t mark) {
    struct bench *bench = context;
    if (mark == 1) {
        bench->report.memory_first_million_kib = memory_kib(bench);
    }
}

static bool open_hold(struct bench *bench, struct hold_options *options, struct error *error) {
    int64_t asked = settings_number(bench->settings, "HOLD");
    options->count = asked > 0 ? (uint32_t)asked : 1; // who waits shows when the draw is made
    options->agencies = bench->options.agencies;
    bench->report.has_draw = true;
    bench->report.held = options->count;
    bench->report.memory_before_hold_kib = memory_kib(bench);
    if (!hold_open(options, &bench->hold, error)) {
        return false;
    }
    bench->report.memory_with_hold_kib = memory_kib(bench);
    return true;
}

static bool collect_hold(struct bench *bench, struct error *error) {
    struct bench_report *report = &bench->report;
    if (!hold_collect(bench->hold, report->result.ended_ns, &report->hold, error)) {
        return false;
    }
    report->memory_after_hold_kib = memory_kib(bench);
    return true;
}

static bool measure(struct bench *bench, struct error *error) {
    struct hold_options hold_options = {0};
    struct bench_report *report = &bench->report;
    bool waits = bench->options.finish;
    uint64_t connections = bench->options.agencies + (uint64_t)settings_number(bench->settings, "HOLD");
    if (!raise_descriptor_limit(connections, error) || !make_payload(bench, error) ||
        !read_certificates(bench, error) || !find_central(bench, &hold_options, error)) {
        return false;
    }
    report->memory_start_kib = memory_kib(bench);
    if (waits && !open_hold(bench, &hold_options, error)) {
        return false;
    }
    struct central_time before = processor_time(bench);
    bool done = driver_run(&bench->options, &report->result, error);
    struct central_time after = processor_time(bench);
    report->central_user_ns = after.user_ns - before.user_ns;
    report->central_system_ns = after.system_ns - before.system_ns;
    report->memory_end_kib = memory_kib(bench);
    if (bench->shows_progress) {
        fprintf(stderr, "\r\033[K");
    }
    return done && (!waits || collect_hold(bench, error));
}

// The command ---------------------------------------------------------------------------------------------

static void on_signal(int number) {
    (void)number;
    bench_interrupt();
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void read_options(struct bench *bench) {
    const struct settings *settings = bench->settings;
    uint32_t agencies = (uint32_t)settings_number(settings, "AGENCIES");
    uint32_t threads = (uint32_t)settings_number(settings, "THREADS");
    bench->options = (struct driver_options){
        .payload = &bench->payload,
        .bets = (uint64_t)settings_number(settings, "BETS"),
        .agencies = agencies,
        .chunk_size = (uint32_t)settings_number(settings, "CHUNK_SIZE"),
        .window = (uint32_t)settings_number(settings, "WINDOW"),
        .threads = threads < agencies ? threads : agencies,
        .rate = (uint64_t)settings_number(settings, "RATE"),
        .prepared = settings_switch(settings, "PREPARED"),
        .positions = !settings_switch(settings, "CLASSIC"),
        .finish = settings_switch(settings, "DRAW") || settings_number(settings, "HOLD") > 0,
        .tick = on_tick,
        .marked = on_marked,
        .context = bench,
    };
    bench->report.options = &bench->options;
    bench->shows_progress = isatty(STDERR_FILENO);
}

static bool run_load(const struct settings *settings, struct error *error) {
    struct bench *bench = calloc(1, sizeof *bench);
    if (bench == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory");
    }
    bench->settings = settings;
    payload_init(&bench->payload);
    read_options(bench);
    bool done = measure(bench, error);
    hold_close(&bench->hold);
    bool keep = settings_switch(settings, "KEEP");
    if (keep && bench->central.directory != NULL) {
        fprintf(stderr, "kept: %s\n", bench->central.directory);
    }
    struct error ending;
    if (!central_stop(&bench->central, keep, &ending) && done) {
        *error = ending;
        done = false;
    }
    if (done) {
        bench_report_print(&bench->report, format_from(settings));
    }
    driver_result_free(&bench->report.result);
    payload_free(&bench->payload);
    free_certificates(bench);
    free(bench);
    return done;
}

int cli_bench(int argc, char **argv) {
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&bench_command, argc, argv, &settings, &status)) {
        return status;
    }
    catch_signals();
    bool polls = settings_is_set(settings, "POLL");
    bool done = conflicts_check_bench(settings, &error) &&
                (polls ? run_polling(settings, &error) : run_load(settings, &error));
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&bench_command, &error);
}
