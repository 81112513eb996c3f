// A bench prints what it has measured, for people, as JSON and as CSV.
#include "cmocka_all.h"

#include "cli/bench_report.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MILLISECOND = 1000000 };

static char printed[16384];

static int caught, terminal;

// What is printed from now on is in `printed` when end_catching has returned.
static void begin_catching(void) {
    fflush(stdout);
    terminal = dup(STDOUT_FILENO);
    caught = memfd_create("printed", MFD_CLOEXEC);
    assert_true(terminal >= 0 && caught >= 0);
    dup2(caught, STDOUT_FILENO);
}

static void end_catching(void) {
    fflush(stdout);
    dup2(terminal, STDOUT_FILENO);
    close(terminal);
    ssize_t length = pread(caught, printed, sizeof printed - 1, 0);
    close(caught);
    assert_true(length >= 0);
    printed[length] = '\0';
}

// A run ----------------------------------------------------------------------------------------------------

static struct driver_options options;
static struct bench_report report;
static uint64_t marks_ns[4];

// 4 million bets in 8 s: the first in 1 s, the second in 3 s, the last in 2 s, and answers of 1 ms to 1 s.
static int a_run(void **state) {
    (void)state;
    options =
        (struct driver_options){.agencies = 5, .chunk_size = 400, .window = 8, .threads = 2, .rate = 77};
    report = (struct bench_report){.options = &options};
    report.result.bets = 4000000;
    report.result.chunks = 10000;
    report.result.elapsed_ns = 8000 * (uint64_t)MILLISECOND;
    report.result.ended_ns = 50000 * (uint64_t)MILLISECOND;
    report.result.text_bytes = 120000000;
    report.result.marks = 4;
    report.result.marks_ns = marks_ns;
    static const uint64_t marks_s[] = {1, 4, 6, 8};
    for (int i = 0; i < 4; i++) {
        marks_ns[i] = marks_s[i] * 1000 * MILLISECOND;
    }
    for (uint64_t i = 1; i <= 1000; i++) {
        histogram_add(&report.result.ack_ns, i * MILLISECOND);
    }
    return 0;
}

static void with_everything(void) {
    report.memory_start_kib = 1000;
    report.memory_first_million_kib = 2000;
    report.memory_end_kib = 3000;
    report.central_user_ns = 1000 * (uint64_t)MILLISECOND;
    report.central_system_ns = 3000 * (uint64_t)MILLISECOND;
    report.threads = (struct threads_time){{1600 * (uint64_t)MILLISECOND, 1200 * (uint64_t)MILLISECOND,
                                            800 * (uint64_t)MILLISECOND, 400 * (uint64_t)MILLISECOND}};
    report.has_draw = true;
    report.held = 2;
    report.hold.first_ns = report.result.ended_ns + 2 * MILLISECOND;
    report.hold.last_ns = report.result.ended_ns + 7 * MILLISECOND + 500000;
    report.hold.winners_bytes = 16;
    report.memory_before_hold_kib = 4000;
    report.memory_with_hold_kib = 4003;
    report.memory_after_hold_kib = 4001;
}

static void print(enum bench_format format) {
    begin_catching();
    bench_report_print(&report, format);
    end_catching();
}

#define RUN_JSON                                                                                             \
    "{\"bets\":4000000,\"seconds\":8.000000,\"bets_per_second\":500000.0,\"ack_ms_p50\":503.3165,"           \
    "\"ack_ms_p99\":998.2444,\"ack_ms_p999\":1000.0000,\"ack_ms_max\":1000.0000,"                            \
    "\"megabytes_per_second\":15.000,\"chunks\":10000,\"agencies\":5,\"chunk_size\":400,\"window\":8,"       \
    "\"threads\":2,\"rate\":77"
#define MARKS_JSON ",\"first_million_bets_per_second\":1000000.0,\"last_million_bets_per_second\":500000.0"
#define DRAW_JSON ",\"held\":2,\"draw_ms\":2.000,\"answered_ms\":7.500,\"winners_bytes\":16"

static void programs_get_every_figure(void **state) {
    (void)state;
    with_everything();
    print(BENCH_JSON);
    assert_string_equal(
        printed, RUN_JSON MARKS_JSON
        ",\"memory_kib_start\":1000,\"memory_kib_end\":3000,\"memory_kib_first_million\":2000,"
        "\"central_user_ns_a_bet\":250.00,\"central_system_ns_a_bet\":750.00,"
        "\"central_ns_a_bet\":1000.00,\"central_loops_ns_a_bet\":400.00,\"central_ledger_ns_a_bet\":300.00,"
        "\"central_checkpoints_ns_a_bet\":200.00,\"central_log_ns_a_bet\":100.00,"
        "\"central_others_ns_a_bet\":0.00" DRAW_JSON
        ",\"memory_kib_before_hold\":4000,\"memory_kib_with_hold\":4003,"
        "\"memory_kib_after_hold\":4001,\"memory_bytes_each\":1536}\n");
}

static void what_is_not_known_has_no_field(void **state) {
    (void)state;
    report.result.marks = 0;
    print(BENCH_JSON);
    assert_string_equal(printed, RUN_JSON "}\n");
    report.has_draw = true;
    report.held = 2;
    report.hold = (struct hold_result){.first_ns = report.result.ended_ns + 2 * MILLISECOND,
                                       .last_ns = report.result.ended_ns + 7500000,
                                       .winners_bytes = 16};
    print(BENCH_JSON);
    assert_string_equal(printed, RUN_JSON DRAW_JSON "}\n");
}

// One KiB, or one nanosecond, is known.
static void the_least_that_is_known_has_a_field(void **state) {
    (void)state;
    with_everything();
    report.memory_start_kib = report.memory_first_million_kib = report.memory_before_hold_kib = 1;
    report.central_user_ns = 1;
    report.central_system_ns = 0;
    report.result.marks = 1;
    marks_ns[0] = 10;
    print(BENCH_JSON);
    static const char *const expected[] = {"\"memory_kib_start\":1,", "\"memory_kib_first_million\":1,",
                                           "\"memory_kib_before_hold\":1,", "\"central_ns_a_bet\":0.00,",
                                           "\"last_million_bets_per_second\":100000000000000.0,"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_non_null(strstr(printed, expected[i]));
    }
    print(BENCH_FOR_PEOPLE);
    assert_non_null(strstr(printed, "1 KiB at the start, 1 KiB after a million bets, 3000 KiB"));
    assert_non_null(strstr(printed, "central's memory: 1 KiB before"));
    assert_non_null(strstr(printed, "processor  central: 0 ns a bet"));
    assert_null(strstr(printed, "million, ")); // the first is the last, and the whole
}

static void the_last_million_begins_with_the_one_before(void **state) {
    (void)state;
    static const char *const rates[] = {"1000000.0", "333333.3", "500000.0", "500000.0"};
    for (uint64_t i = 0; i < 4; i++) {
        char expected[100];
        snprintf(expected, sizeof expected, "\"last_million_bets_per_second\":%s}", rates[i]);
        report.result.marks = i + 1;
        print(BENCH_JSON);
        assert_non_null(strstr(printed, expected));
    }
}

static void nothing_is_no_division_by_nothing(void **state) {
    (void)state;
    with_everything();
    report.result.bets = report.result.elapsed_ns = 0;
    report.result.marks = 0;
    report.held = 0;
    report.result.ack_ns = (struct histogram){0};
    report.hold.first_ns = report.result.ended_ns - 1; // the draw was made before
    print(BENCH_JSON);
    static const char *const expected[] = {"\"bets_per_second\":0.0,",        "\"ack_ms_max\":0.0000,",
                                           "\"megabytes_per_second\":0.000,", "\"draw_ms\":0.000,",
                                           "\"central_ns_a_bet\":0.00,",      "\"memory_bytes_each\":0}"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_non_null(strstr(printed, expected[i]));
    }
}

static void csv_is_a_line_of_names_and_one_of_values(void **state) {
    (void)state;
    report.result.marks = 0;
    print(BENCH_CSV);
    assert_string_equal(
        printed, "bets,seconds,bets_per_second,ack_ms_p50,ack_ms_p99,ack_ms_p999,ack_ms_max,"
                 "megabytes_per_second,chunks,agencies,chunk_size,window,threads,rate\n"
                 "4000000,8.000000,500000.0,503.3165,998.2444,1000.0000,1000.0000,15.000,10000,5,400,8,"
                 "2,77\n");
}

#define RUN_TEXT                                                                                             \
    "sent       4000000 bets in 10000 chunks, 8.000 s (5 agencies, chunks of 400, window 8)\n"               \
    "rate       500000 bets/s, 15.0 MB/s of CSV\n"
#define ANSWERS_TEXT "answers    p50 503.316 ms, p99 998.244 ms, p99.9 1000.000 ms, max 1000.000 ms\n"

static void people_get_every_figure(void **state) {
    (void)state;
    with_everything();
    print(BENCH_FOR_PEOPLE);
    assert_string_equal(
        printed, RUN_TEXT
        "           1000000 bets/s in the first million, 500000 in the last\n" ANSWERS_TEXT
        "memory     central: 1000 KiB at the start, 2000 KiB after a million bets, 3000 KiB at the end\n"
        "processor  central: 1000 ns a bet, 250 of them in the program and 750 in the kernel\n"
        "           by thread: loops 400, ledger 300, checkpoints 200, log 100, others 0\n"
        "draw       winners known 2.0 ms after the last acknowledgement\n"
        "waiting    2 held consultations, all answered 7.5 ms after the last acknowledgement\n"
        "           central's memory: 4000 KiB before, 4003 KiB with them (1536 bytes each), 4001 KiB "
        "after\n");
}

static void people_are_told_only_what_is_known(void **state) {
    (void)state;
    report.result.marks = 0;
    print(BENCH_FOR_PEOPLE);
    assert_string_equal(printed, RUN_TEXT ANSWERS_TEXT);
    with_everything();
    report.memory_first_million_kib = report.central_user_ns = report.central_system_ns = 0;
    report.threads = (struct threads_time){0};
    report.held = 1; // who waits alone is told of in the draw's line
    print(BENCH_FOR_PEOPLE);
    assert_string_equal(printed, RUN_TEXT ANSWERS_TEXT
                        "memory     central: 1000 KiB at the start, 3000 KiB at the end\n"
                        "draw       winners known 2.0 ms after the last acknowledgement\n");
    report.memory_start_kib = report.memory_before_hold_kib = 0;
    report.held = 2;
    print(BENCH_FOR_PEOPLE);
    assert_null(strstr(printed, "KiB"));
}

// Polling --------------------------------------------------------------------------------------------------

// Three agencies ask at 0; one each at 999, 1000, 1999, 4999; the draw is after 5 s, and all ask again, the
// last one at the cap.
enum { DRAW_MS = 5000, CAP_MS = 801 };

static uint32_t questions[DRAW_MS + CAP_MS + 1];
static const struct polling_options polling = {.agencies = 3, .cap_ms = CAP_MS, .draw_after_ms = DRAW_MS};
static struct polling_result polled;

static int polled_agencies(void **state) {
    (void)state;
    memset(questions, 0, sizeof questions);
    questions[0] = 3;
    questions[999] = questions[1000] = questions[1999] = questions[4999] = 1;
    questions[DRAW_MS] = questions[DRAW_MS + 99] = 2;
    questions[DRAW_MS + 100] = questions[DRAW_MS + CAP_MS] = 1;
    polled =
        (struct polling_result){.milliseconds = DRAW_MS + CAP_MS + 1, .questions = questions, .total = 13};
    for (uint64_t i = 1; i <= 4; i++) {
        histogram_add(&polled.after_ms, i * 100);
    }
    histogram_add(&polled.after_ms, CAP_MS);
    return 0;
}

static void print_polling(const struct polling_options *of, enum bench_format format) {
    begin_catching();
    bench_report_print_polling(of, &polled, format);
    end_catching();
}

static void polling_is_a_table_for_people(void **state) {
    (void)state;
    print_polling(&polling, BENCH_FOR_PEOPLE);
    assert_string_equal(
        printed,
        "               time   questions          load\n"
        "     0.0 -    1.0 s           4           4/s  #######################\n"
        "     1.0 -    2.0 s           2           2/s  ###########\n"
        "     2.0 -    4.0 s           0           0/s  \n"
        "     4.0 -    5.0 s           1           1/s  ######\n"
        "     5.0 s  the draw\n"
        "     5.0 -    5.1 s           4          40/s  ########################################\n"
        "     5.1 -    5.2 s           1          10/s  ########################################\n"
        "     5.2 -    5.3 s           0           0/s  \n"
        "     5.3 -    5.4 s           0           0/s  \n"
        "     5.4 -    5.5 s           0           0/s  \n"
        "     5.5 -    5.6 s           0           0/s  \n"
        "     5.6 -    5.7 s           0           0/s  \n"
        "     5.7 -    5.8 s           1          10/s  ########################################\n"
        "\n"
        "3 agencies asked 13 times: at most 7 questions in one second, 0 a second when the waits had grown\n"
        "after the draw the median agency knew its winners within 0.3 s, the last within 0.8 s (the cap is "
        "0.8 s)\n");
}

static void polling_is_figures_for_programs(void **state) {
    (void)state;
    print_polling(&polling, BENCH_JSON);
    assert_string_equal(printed,
                        "{\"agencies\":3,\"questions\":13,\"questions_per_second_max\":7,"
                        "\"questions_per_second_settled\":0.4,\"questions_per_second_max_after_draw\":6,"
                        "\"told_after_ms_p50\":303,\"told_after_ms_max\":801,\"cap_ms\":801}\n");
    print_polling(&polling, BENCH_CSV);
    assert_string_equal(printed,
                        "agencies,questions,questions_per_second_max,questions_per_second_settled,"
                        "questions_per_second_max_after_draw,told_after_ms_p50,told_after_ms_max,cap_ms\n"
                        "3,13,7,0.4,6,303,801,801\n");
}

static void long_waits_are_told_to_a_tenth_of_a_second(void **state) {
    (void)state;
    static const struct polling_options patient = {.agencies = 3, .cap_ms = 400000, .draw_after_ms = DRAW_MS};
    polled.after_ms = (struct histogram){0};
    histogram_add(&polled.after_ms, 200000);
    histogram_add(&polled.after_ms, 300000);
    histogram_add(&polled.after_ms, 400000);
    print_polling(&patient, BENCH_FOR_PEOPLE);
    assert_non_null(strstr(printed, "within 303.1 s, the last within 400.0 s (the cap is 400.0 s)"));
}

static void a_second_is_a_thousand_milliseconds(void **state) {
    (void)state;
    memset(questions, 0, sizeof questions);
    questions[1] = questions[1001] = 5;
    questions[1000] = 1;
    questions[2500] = 8; // the first that counts as settled, as the last is the one before the draw
    questions[DRAW_MS - 1] = 7;
    questions[DRAW_MS] = 2;
    print_polling(&polling, BENCH_CSV);
    assert_non_null(strstr(printed, "\n3,13,9,6.0,2,"));
    questions[2500] = questions[DRAW_MS - 1] = 0;
    print_polling(&polling, BENCH_CSV);
    assert_non_null(strstr(printed, "\n3,13,6,0.0,2,"));
    questions[0] = 3; // the first second begins with the first millisecond
    print_polling(&polling, BENCH_CSV);
    assert_non_null(strstr(printed, "\n3,13,8,0.0,2,"));
}

static void a_draw_that_comes_soon_has_a_short_table(void **state) {
    (void)state;
    static const struct polling_options soon = {.agencies = 3, .cap_ms = 4, .draw_after_ms = 500};
    memset(questions, 0, sizeof questions);
    print_polling(&soon, BENCH_FOR_PEOPLE);
    static const char expected[] = "               time   questions          load\n"
                                   "     0.0 -    0.5 s           0           0/s  \n"
                                   "     0.5 s  the draw\n"
                                   "     0.5 -    0.5 s           0           0/s  \n"
                                   "     0.5 -    0.5 s           0           0/s  \n"
                                   "     0.5 -    0.5 s           0           0/s  \n"
                                   "     0.5 -    0.5 s           0           0/s  \n\n";
    assert_memory_equal(printed, expected, sizeof expected - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(programs_get_every_figure, a_run),
        cmocka_unit_test_setup(what_is_not_known_has_no_field, a_run),
        cmocka_unit_test_setup(the_least_that_is_known_has_a_field, a_run),
        cmocka_unit_test_setup(the_last_million_begins_with_the_one_before, a_run),
        cmocka_unit_test_setup(nothing_is_no_division_by_nothing, a_run),
        cmocka_unit_test_setup(csv_is_a_line_of_names_and_one_of_values, a_run),
        cmocka_unit_test_setup(people_get_every_figure, a_run),
        cmocka_unit_test_setup(people_are_told_only_what_is_known, a_run),
        cmocka_unit_test_setup(polling_is_a_table_for_people, polled_agencies),
        cmocka_unit_test_setup(polling_is_figures_for_programs, polled_agencies),
        cmocka_unit_test_setup(long_waits_are_told_to_a_tenth_of_a_second, polled_agencies),
        cmocka_unit_test_setup(a_second_is_a_thousand_milliseconds, polled_agencies),
        cmocka_unit_test_setup(a_draw_that_comes_soon_has_a_short_table, polled_agencies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
