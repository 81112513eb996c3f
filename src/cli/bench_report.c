#include "cli/bench_report.h"

#include <inttypes.h>
#include <stdio.h>

// For programs --------------------------------------------------------------------------------------------

enum { FIELDS_MAX = 48, BAR_CELLS = 40 };

// A list of named numbers, printed as JSON or as CSV.
struct fields {
    int count;
    struct {
        const char *name;
        double value;
        int decimals;
    } list[FIELDS_MAX];
};

static void add(struct fields *fields, const char *name, double value, int decimals) {
    if (fields->count < FIELDS_MAX) {
        fields->list[fields->count].name = name;
        fields->list[fields->count].value = value;
        fields->list[fields->count++].decimals = decimals;
    }
}

static void print_json(const struct fields *fields) {
    for (int i = 0; i < fields->count; i++) {
        printf("%c\"%s\":%.*f", i == 0 ? '{' : ',', fields->list[i].name, fields->list[i].decimals,
               fields->list[i].value);
    }
    printf("}\n");
}

static void print_csv(const struct fields *fields) {
    for (int i = 0; i < fields->count; i++) {
        printf("%s%s", i == 0 ? "" : ",", fields->list[i].name);
    }
    for (int i = 0; i < fields->count; i++) {
        printf("%c%.*f", i == 0 ? '\n' : ',', fields->list[i].decimals, fields->list[i].value);
    }
    putchar('\n');
}

static double milliseconds(uint64_t nanoseconds) {
    return (double)nanoseconds / 1e6;
}

static double ack_ms(const struct bench_report *report, double quantile) {
    return milliseconds(histogram_quantile(&report->result.ack_ns, quantile));
}

static double per_second(uint64_t count, uint64_t nanoseconds) {
    return nanoseconds == 0 ? 0 : (double)count * 1e9 / (double)nanoseconds;
}

// The rate at which one million bets were acknowledged: the `mark`-th million, from 1.
static double rate_of_million(const struct driver_result *result, uint64_t mark) {
    uint64_t begun_ns = mark < 2 ? 0 : result->marks_ns[mark - 2];
    return per_second(DRIVER_MARK_BETS, result->marks_ns[mark - 1] - begun_ns);
}

static uint64_t after_seal(const struct bench_report *report, uint64_t moment_ns) {
    return moment_ns > report->result.ended_ns ? moment_ns - report->result.ended_ns : 0;
}

static double bytes_a_holder(const struct bench_report *report) {
    double kib = (double)report->memory_with_hold_kib - (double)report->memory_before_hold_kib;
    return report->held == 0 ? 0 : kib * 1024 / report->held;
}

static void add_draw(struct fields *fields, const struct bench_report *report) {
    add(fields, "held", report->held, 0);
    add(fields, "draw_ms", milliseconds(after_seal(report, report->hold.first_ns)), 3);
    add(fields, "answered_ms", milliseconds(after_seal(report, report->hold.last_ns)), 3);
    add(fields, "winners_bytes", (double)report->hold.winners_bytes, 0);
    if (report->memory_before_hold_kib > 0) {
        add(fields, "memory_kib_before_hold", (double)report->memory_before_hold_kib, 0);
        add(fields, "memory_kib_with_hold", (double)report->memory_with_hold_kib, 0);
        add(fields, "memory_kib_after_hold", (double)report->memory_after_hold_kib, 0);
        add(fields, "memory_bytes_each", bytes_a_holder(report), 0);
    }
}

static double a_bet(uint64_t nanoseconds, const struct driver_result *result) {
    return result->bets == 0 ? 0 : (double)nanoseconds / (double)result->bets;
}

static bool knows_processor_time(const struct bench_report *report) {
    return report->central_user_ns + report->central_system_ns > 0;
}

static bool knows_threads(const struct bench_report *report) {
    uint64_t all_ns = 0;
    for (int i = 0; i < THREAD_KINDS; i++) {
        all_ns += report->threads.ns[i];
    }
    return all_ns > 0;
}

static void add_processor_time(struct fields *fields, const struct bench_report *report) {
    add(fields, "central_user_ns_a_bet", a_bet(report->central_user_ns, &report->result), 2);
    add(fields, "central_system_ns_a_bet", a_bet(report->central_system_ns, &report->result), 2);
    add(fields, "central_ns_a_bet",
        a_bet(report->central_user_ns + report->central_system_ns, &report->result), 2);
    static const char *const names[THREAD_KINDS] = {"central_loops_ns_a_bet", "central_ledger_ns_a_bet",
                                                    "central_checkpoints_ns_a_bet", "central_log_ns_a_bet",
                                                    "central_others_ns_a_bet"};
    for (int i = 0; i < THREAD_KINDS && knows_threads(report); i++) {
        add(fields, names[i], a_bet(report->threads.ns[i], &report->result), 2);
    }
}

static void add_run(struct fields *fields, const struct bench_report *report) {
    const struct driver_result *result = &report->result;
    const struct driver_options *options = report->options;
    add(fields, "bets", (double)result->bets, 0);
    add(fields, "seconds", (double)result->elapsed_ns / 1e9, 6);
    add(fields, "bets_per_second", per_second(result->bets, result->elapsed_ns), 1);
    add(fields, "ack_ms_p50", ack_ms(report, 0.5), 4);
    add(fields, "ack_ms_p99", ack_ms(report, 0.99), 4);
    add(fields, "ack_ms_p999", ack_ms(report, 0.999), 4);
    add(fields, "ack_ms_max", ack_ms(report, 1), 4);
    add(fields, "megabytes_per_second", per_second(result->text_bytes, result->elapsed_ns) / 1e6, 3);
    add(fields, "chunks", (double)result->chunks, 0);
    add(fields, "agencies", options->agencies, 0);
    add(fields, "chunk_size", options->chunk_size, 0);
    add(fields, "window", options->window, 0);
    add(fields, "threads", options->threads, 0);
    add(fields, "rate", (double)options->rate, 0);
    if (result->marks > 0) {
        add(fields, "first_million_bets_per_second", rate_of_million(result, 1), 1);
        add(fields, "last_million_bets_per_second", rate_of_million(result, result->marks), 1);
    }
    if (report->memory_start_kib > 0) {
        add(fields, "memory_kib_start", (double)report->memory_start_kib, 0);
        add(fields, "memory_kib_end", (double)report->memory_end_kib, 0);
    }
    if (report->memory_first_million_kib > 0) {
        add(fields, "memory_kib_first_million", (double)report->memory_first_million_kib, 0);
    }
    if (knows_processor_time(report)) {
        add_processor_time(fields, report);
    }
    if (report->has_draw) {
        add_draw(fields, report);
    }
}

// For people ----------------------------------------------------------------------------------------------

static void print_draw(const struct bench_report *report) {
    printf("draw       winners known %.1f ms after the last acknowledgement\n",
           milliseconds(after_seal(report, report->hold.first_ns)));
    if (report->held < 2) {
        return;
    }
    printf("waiting    %" PRIu32 " held consultations, all answered %.1f ms after the last acknowledgement\n",
           report->held, milliseconds(after_seal(report, report->hold.last_ns)));
    if (report->memory_before_hold_kib > 0) {
        printf("           central's memory: %" PRIu64 " KiB before, %" PRIu64 " KiB with them (%.0f bytes "
               "each), %" PRIu64 " KiB after\n",
               report->memory_before_hold_kib, report->memory_with_hold_kib, bytes_a_holder(report),
               report->memory_after_hold_kib);
    }
}

static void print_for_people(const struct bench_report *report) {
    const struct driver_result *result = &report->result;
    const struct driver_options *options = report->options;
    printf("sent       %" PRIu64 " bets in %" PRIu64 " chunks, %.3f s (%" PRIu32
           " agencies, chunks of %" PRIu32 ", window %" PRIu32 ")\n",
           result->bets, result->chunks, (double)result->elapsed_ns / 1e9, options->agencies,
           options->chunk_size, options->window);
    printf("rate       %.0f bets/s, %.1f MB/s of CSV\n", per_second(result->bets, result->elapsed_ns),
           per_second(result->text_bytes, result->elapsed_ns) / 1e6);
    if (result->marks > 1) {
        printf("           %.0f bets/s in the first million, %.0f in the last\n", rate_of_million(result, 1),
               rate_of_million(result, result->marks));
    }
    printf("answers    p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, max %.3f ms\n", ack_ms(report, 0.5),
           ack_ms(report, 0.99), ack_ms(report, 0.999), ack_ms(report, 1));
    if (report->memory_start_kib > 0) {
        printf("memory     central: %" PRIu64 " KiB at the start, ", report->memory_start_kib);
        if (report->memory_first_million_kib > 0) {
            printf("%" PRIu64 " KiB after a million bets, ", report->memory_first_million_kib);
        }
        printf("%" PRIu64 " KiB at the end\n", report->memory_end_kib);
    }
    if (knows_processor_time(report)) {
        printf("processor  central: %.0f ns a bet, %.0f of them in the program and %.0f in the kernel\n",
               a_bet(report->central_user_ns + report->central_system_ns, result),
               a_bet(report->central_user_ns, result), a_bet(report->central_system_ns, result));
    }
    if (knows_threads(report)) {
        printf("           by thread:");
        for (int i = 0; i < THREAD_KINDS; i++) {
            printf("%s %s %.0f", i == 0 ? "" : ",", threads_name((enum thread_kind)i),
                   a_bet(report->threads.ns[i], result));
        }
        putchar('\n');
    }
    if (report->has_draw) {
        print_draw(report);
    }
}

void bench_report_print(const struct bench_report *report, enum bench_format format) {
    struct fields fields = {0};
    if (format == BENCH_FOR_PEOPLE) {
        print_for_people(report);
        return;
    }
    add_run(&fields, report);
    (format == BENCH_JSON ? print_json : print_csv)(&fields);
}

// Polling -------------------------------------------------------------------------------------------------

static uint64_t questions_between(const struct polling_result *result, uint32_t from_ms, uint32_t to_ms) {
    uint64_t questions = 0;
    for (uint32_t i = from_ms; i < to_ms && i < result->milliseconds; i++) {
        questions += result->questions[i];
    }
    return questions;
}

// The most questions in any one second from `from_ms` on.
static uint64_t busiest_second(const struct polling_result *result, uint32_t from_ms) {
    uint64_t busiest = 0, current = 0;
    for (uint32_t i = from_ms; i < result->milliseconds; i++) {
        current += result->questions[i];
        current -= i >= from_ms + 1000 ? result->questions[i - 1000] : 0;
        busiest = current > busiest ? current : busiest;
    }
    return busiest;
}

static void print_polling_line(const struct polling_result *result, uint32_t from_ms, uint32_t to_ms,
                               uint64_t most) {
    uint64_t questions = questions_between(result, from_ms, to_ms);
    double rate = (double)questions * 1000 / (to_ms - from_ms);
    int cells = most == 0 ? 0 : (int)(rate * BAR_CELLS / (double)most + 0.5);
    printf("%8.1f - %6.1f s  %10" PRIu64 "  %10.0f/s  %.*s\n", from_ms / 1000.0, to_ms / 1000.0, questions,
           rate, cells < BAR_CELLS ? cells : BAR_CELLS, "########################################");
}

// Intervals that double up to the draw, then eight equal ones up to the cap.
static void print_polling_table(const struct polling_options *options, const struct polling_result *result) {
    uint64_t most = busiest_second(result, 0);
    printf("%19s  %10s  %12s\n", "time", "questions", "load");
    for (uint32_t from = 0, width = 1000; from < options->draw_after_ms; from += width) {
        width = from < 2000 ? 1000 : from;
        width = options->draw_after_ms - from < width ? options->draw_after_ms - from : width;
        print_polling_line(result, from, from + width, most);
    }
    printf("%8.1f s  the draw\n", options->draw_after_ms / 1000.0);
    for (uint32_t step = 0; step < 8; step++) {
        uint32_t from = options->draw_after_ms + (uint32_t)((uint64_t)options->cap_ms * step / 8);
        uint32_t to = options->draw_after_ms + (uint32_t)((uint64_t)options->cap_ms * (step + 1) / 8);
        if (to > from) {
            print_polling_line(result, from, step == 7 ? to + 1 : to, most);
        }
    }
}

void bench_report_print_polling(const struct polling_options *options, const struct polling_result *result,
                                enum bench_format format) {
    uint32_t settled_ms = options->draw_after_ms / 2;
    double settled = (double)questions_between(result, settled_ms, options->draw_after_ms) * 1000 /
                     (options->draw_after_ms - settled_ms);
    if (format == BENCH_FOR_PEOPLE) {
        print_polling_table(options, result);
        printf("\n%" PRIu32 " agencies asked %" PRIu64 " times: at most %" PRIu64 " questions in one second, "
               "%.0f a second when the waits had grown\nafter the draw the median agency knew its winners "
               "within %.1f s, the last within %.1f s (the cap is %.1f s)\n",
               options->agencies, result->total, busiest_second(result, 0), settled,
               (double)histogram_quantile(&result->after_ms, 0.5) / 1000,
               (double)result->after_ms.maximum / 1000, options->cap_ms / 1000.0);
        return;
    }
    struct fields fields = {0};
    add(&fields, "agencies", options->agencies, 0);
    add(&fields, "questions", (double)result->total, 0);
    add(&fields, "questions_per_second_max", (double)busiest_second(result, 0), 0);
    add(&fields, "questions_per_second_settled", settled, 1);
    add(&fields, "questions_per_second_max_after_draw",
        (double)busiest_second(result, options->draw_after_ms), 0);
    add(&fields, "told_after_ms_p50", (double)histogram_quantile(&result->after_ms, 0.5), 0);
    add(&fields, "told_after_ms_max", (double)result->after_ms.maximum, 0);
    add(&fields, "cap_ms", options->cap_ms, 0);
    (format == BENCH_JSON ? print_json : print_csv)(&fields);
}
