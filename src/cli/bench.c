// `quiniela bench`: drives a running central, or one that it starts itself, with the chunks of many agencies,
// and measures. Every answer is checked; a wrong one fails the run.
#include "cli/cli.h"

#include "agency/address.h"
#include "bench/central.h"
#include "bench/driver.h"
#include "bench/hold.h"
#include "bench/interrupt.h"
#include "bench/payload.h"
#include "bench/polling.h"
#include "bet/limits.h"
#include "cli/bench_options.h"
#include "cli/bench_report.h"
#include "cli/command.h"
#include "cli/sample_bets.h"

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
    const struct bench_options *options;
    struct payload payload;
    struct driver_options load;
    struct central central; // of our own; pid 0 when another is driven
    struct hold *hold;      // who waits for the draw; NULL when nobody does
    struct bench_report report;
    struct tls_context **tls; // one for each agency; NULL: plain text
    bool shows_progress;
};

static enum bench_format format_from(const struct bench_options *options) {
    if (options->json) {
        return BENCH_JSON;
    }
    return options->csv ? BENCH_CSV : BENCH_FOR_PEOPLE;
}

// Polling -------------------------------------------------------------------------------------------------

static bool run_polling(const struct bench_options *options, struct error *error) {
    struct polling_options polling = {
        .agencies = options->poll,
        .base_ms = options->poll_base_ms,
        .cap_ms = options->poll_cap_ms,
        .draw_after_ms = options->poll_draw_ms,
        .seed = 1,
    };
    struct polling_result result;
    bool done = polling_simulate(&polling, &result, error);
    if (done) {
        bench_report_print_polling(&polling, &result, format_from(options));
        done = (result.after_ms.count == polling.agencies && result.after_ms.maximum <= polling.cap_ms) ||
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
    const char *path = bench->options->payload;
    struct payload *payload = &bench->payload;
    uint64_t wanted = bench->load.bets > 0 ? bench->load.bets : 1;
    bool made = path != NULL ? payload_add_file(payload, path, error) : generate_bets(payload, wanted, error);
    return made && payload_repeat(payload, bench->load.chunk_size, error) &&
           (!bench->load.prepared || payload_prepare(payload, error));
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
    const char *folder = bench->options->certificates;
    uint32_t agencies = bench->load.agencies;
    if (folder == NULL) {
        return true;
    }
    if (bench->load.finish) {
        return error_set(error, ERROR_BAD_SETTING, "--tls: goes neither with --draw nor with --hold");
    }
    bench->tls = calloc(agencies, sizeof(struct tls_context *));
    if (bench->tls == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the certificates");
    }
    bench->load.tls = bench->tls;
    for (uint32_t i = 0; i < agencies; i++) {
        if (!read_certificate(folder, i + 1, &bench->tls[i], error)) {
            return false;
        }
    }
    return true;
}

static void free_certificates(struct bench *bench) {
    for (uint32_t i = 0; bench->tls != NULL && i < bench->load.agencies; i++) {
        tls_context_release(bench->tls[i]);
    }
    free(bench->tls);
}

static bool start_central(struct bench *bench, struct error *error) {
    const struct bench_options *options = bench->options;
    struct central_options central = {
        .parent_directory = options->dir,
        .program = options->program,
        .log_level = settings_written(options->settings, &options->log_level),
        .loops = settings_written(options->settings, &options->loops),
        .store = options->store,
        .certificates = options->certificates,
        .agencies = bench->load.agencies,
    };
    return central_start(&central, &bench->central, error);
}

// Finds the central, or starts one: the addresses of both its ports.
static bool find_central(struct bench *bench, struct hold_options *hold, struct error *error) {
    struct driver_options *load = &bench->load;
    if (bench->options->self) {
        if (!start_central(bench, error)) {
            return false;
        }
        set_loopback(bench->central.port, &load->address, &load->address_length);
        set_loopback(bench->central.consult_port, &hold->address, &hold->address_length);
        return true;
    }
    const char *bets = bench->options->server_address, *consult = bench->options->consult_address;
    return resolve(bets, &load->address, &load->address_length, error) &&
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
                bench->load.bets,
                bench->load.bets == 0 ? 100.0 : (double)bets * 100 / (double)bench->load.bets,
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
    uint32_t asked = bench->options->hold;
    options->count = asked > 0 ? asked : 1; // the one that waits shows when the draw is made
    options->agencies = bench->load.agencies;
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
    bool waits = bench->load.finish;
    uint64_t connections = bench->load.agencies + bench->options->hold;
    if (!raise_descriptor_limit(connections, error) || !make_payload(bench, error) ||
        !read_certificates(bench, error) || !find_central(bench, &hold_options, error)) {
        return false;
    }
    report->memory_start_kib = memory_kib(bench);
    if (waits && !open_hold(bench, &hold_options, error)) {
        return false;
    }
    struct central_time before = processor_time(bench);
    bool done = driver_run(&bench->load, &report->result, error);
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

static void read_load(struct bench *bench) {
    const struct bench_options *options = bench->options;
    bench->load = (struct driver_options){
        .payload = &bench->payload,
        .bets = options->bets,
        .agencies = options->agencies,
        .chunk_size = options->chunk_size,
        .window = options->window,
        .threads = options->threads < options->agencies ? options->threads : options->agencies,
        .rate = options->rate,
        .prepared = options->prepared,
        .positions = !options->classic,
        .finish = options->draw || options->hold > 0,
        .tick = on_tick,
        .marked = on_marked,
        .context = bench,
    };
    bench->report.options = &bench->load;
    bench->shows_progress = isatty(STDERR_FILENO);
}

static bool run_load(const struct bench_options *options, struct error *error) {
    struct bench *bench = calloc(1, sizeof *bench);
    if (bench == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory");
    }
    bench->options = options;
    payload_init(&bench->payload);
    read_load(bench);
    bool done = measure(bench, error);
    hold_close(&bench->hold);
    if (options->keep && bench->central.directory != NULL) {
        fprintf(stderr, "kept: %s\n", bench->central.directory);
    }
    struct error ending;
    if (!central_stop(&bench->central, options->keep, &ending) && done) {
        *error = ending;
        done = false;
    }
    if (done) {
        bench_report_print(&bench->report, format_from(options));
    }
    driver_result_free(&bench->report.result);
    payload_free(&bench->payload);
    free_certificates(bench);
    free(bench);
    return done;
}

int cli_bench(const struct command_line *line) {
    struct bench_options options;
    struct error error;
    int status;
    if (!command_begin(&bench_command, line, &options, &options.settings, &status)) {
        return status;
    }
    catch_signals();
    bool polls = settings_is_set(options.settings, &options.poll);
    bool done = bench_options_check(&options, &error) &&
                (polls ? run_polling(&options, &error) : run_load(&options, &error));
    settings_free(options.settings);
    return done ? EXIT_DONE : command_fail(&bench_command, &error);
}
