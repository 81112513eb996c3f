// `quiniela bench`: drives a running central, or one that it starts itself, with the chunks of many agencies,
// and measures. Every answer is checked; a wrong one fails the run.
#include "cli/cli.h"

#include "bench/interrupt.h"
#include "bench/polling.h"
#include "cli/bench_options.h"
#include "cli/bench_report.h"
#include "cli/bench_setup.h"
#include "cli/command.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bench {
    const struct bench_options *options;
    struct payload payload;
    struct driver_options load;
    struct central central; // of our own; pid 0 when another is driven
    struct hold *hold;      // the consultations that wait for the draw; NULL: none
    struct bench_report report;
    struct central_time time_before;    // when the agencies began to send
    struct threads_time threads_before; // the same by thread
    struct tls_context **tls;           // one for each agency; NULL: plain text
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

// While it runs -------------------------------------------------------------------------------------------

static uint64_t memory_kib(const struct bench *bench) {
    return bench->central.pid > 0 ? central_memory_kib(&bench->central) : 0;
}

static struct central_time processor_time(const struct bench *bench) {
    return bench->central.pid > 0 ? central_processor_time(&bench->central) : (struct central_time){0};
}

static struct threads_time thread_times(const struct bench *bench) {
    return bench->central.pid > 0 ? threads_time(bench->central.pid) : (struct threads_time){0};
}

static void on_started(void *context) {
    struct bench *bench = context;
    bench->time_before = processor_time(bench);
    bench->threads_before = thread_times(bench);
}

static void count_processor_time(struct bench *bench) {
    struct bench_report *report = &bench->report;
    struct central_time spent = central_time_between(bench->time_before, processor_time(bench));
    struct threads_time now = thread_times(bench);
    report->central_user_ns = spent.user_ns;
    report->central_system_ns = spent.system_ns;
    report->threads = threads_time_between(&bench->threads_before, &now);
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
    options->count = asked > 0 ? asked : 1; // even one consultation shows when the draw is made
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
    if (!hold_collect(bench->hold, &report->hold, error)) {
        return false;
    }
    report->memory_after_hold_kib = memory_kib(bench);
    return true;
}

static bool measure(struct bench *bench, struct error *error) {
    struct hold_options hold_options = {0};
    struct bench_report *report = &bench->report;
    bool waits = bench->load.finish;
    uint64_t connections = (uint64_t)bench->options->agencies + bench->options->hold;
    if (!bench_setup_descriptors(connections, error) ||
        !bench_setup_certificates(bench->options, &bench->tls, error) ||
        !bench_setup_central(bench->options, &bench->central, &bench->load, &hold_options, error) ||
        !bench_setup_payload(bench->options, &bench->payload, error)) { // last: it can take long
        return false;
    }
    bench->load.tls = bench->tls;
    report->memory_start_kib = memory_kib(bench);
    if (waits && !open_hold(bench, &hold_options, error)) {
        return false;
    }
    bool done = driver_run(&bench->load, &report->result, error);
    count_processor_time(bench);
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
        .receipts = options->receipts,
        .started = on_started,
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
    bench_setup_free_certificates(options, &bench->tls);
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
