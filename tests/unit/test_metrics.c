// What /metrics answers has every counter once, and nothing that is not known.
// promtool finds it well formed, where that is installed.
#include "view_story.h"

#include "base/counters.h"
#include "board/metrics.h"

#include <sys/statvfs.h>
#include <unistd.h>

#define POST_COUNTERS(LINE)                                                                                  \
    LINE(COUNTER, letters_sent, "letters", "Letters that left\nthe \\house\\ \"at once\"")                   \
    LINE(GAUGE, letters_waiting, "letters", "Letters that wait for the van")                                 \
    LINE(HISTOGRAM, way_seconds, "seconds", "How long a letter took")

COUNTERS_DECLARE(post, POST_COUNTERS);
COUNTERS_DEFINE(post, POST_COUNTERS);

static const struct counter_table *const tables[] = {&post_counter_table};

static void write_metrics(void) {
    free(text);
    board_measure(&options, &snapshot.measures);
    assert_true(metrics_write(&view, &text, &text_length));
    assert_int_equal(strlen(text), text_length);
}

// A whole line of the answer.
static void assert_line(const char *line) {
    char with_ends[512];
    snprintf(with_ends, sizeof with_ends, "\n%s\n", line);
    if (strstr(text, with_ends) == NULL) {
        fail_msg("expected the line %s in\n%s", line, text);
    }
}

static void assert_absent(const char *name) {
    if (strstr(text, name) != NULL) {
        fail_msg("expected no %s in\n%s", name, text);
    }
}

static void each_counter_of_a_table_is_there(void **state) {
    (void)state;
    options.tables = tables;
    options.table_count = 1;
    counter_add(&post_counters.letters_sent, INT64_C(9007199254740993)); // a double cannot say that
    counter_add(&post_counters.letters_waiting, -2);
    counter_add_duration(&post_counters.way_seconds, 70 * 1000);
    counter_add_duration(&post_counters.way_seconds, UINT64_C(31000000001));
    write_metrics();
    assert_line("# HELP quiniela_post_letters_sent_total Letters that left\\nthe \\\\house\\\\ \"at once\"");
    assert_line("# TYPE quiniela_post_letters_sent_total counter");
    assert_line("quiniela_post_letters_sent_total 9007199254740993");
    assert_line("# TYPE quiniela_post_letters_waiting gauge");
    assert_line("quiniela_post_letters_waiting -2");
    assert_line("# TYPE quiniela_post_way_seconds histogram");
    assert_line("quiniela_post_way_seconds_bucket{le=\"0.00005\"} 0");
    assert_line("quiniela_post_way_seconds_bucket{le=\"0.0001\"} 1");
    assert_line("quiniela_post_way_seconds_bucket{le=\"1\"} 1");
    assert_line("quiniela_post_way_seconds_bucket{le=\"2.5\"} 1");
    assert_line("quiniela_post_way_seconds_bucket{le=\"30\"} 1");
    assert_line("quiniela_post_way_seconds_bucket{le=\"+Inf\"} 2");
    assert_line("quiniela_post_way_seconds_sum 31.000070001");
    assert_line("quiniela_post_way_seconds_count 2");
}

static void a_draw_is_told_with_the_states_of_its_agencies(void **state) {
    (void)state;
    strcpy(snapshot.draw.closes_at, "2026-11-26T21:00:00Z");
    write_metrics();
    assert_line("quiniela_build_info{version=\"0.1.0\"} 1");
    assert_line("quiniela_draw_info{draw=\"1\",state=\"open\",number_mode=\"manual\",signed=\"false\"} 1");
    assert_line("quiniela_draw_bets 52454");
    assert_line("quiniela_draw_agencies{state=\"waiting\"} 1");
    assert_line("quiniela_draw_agencies{state=\"sending\"} 2");
    assert_line("quiniela_draw_agencies{state=\"silent\"} 0");
    assert_line("quiniela_draw_agencies{state=\"finished\"} 3");
    assert_line("quiniela_draw_agencies{state=\"told\"} 1");
    assert_line("quiniela_draw_agencies{state=\"cut_off\"} 0");
    assert_line("quiniela_draw_agencies_expected 7");
    assert_line("quiniela_draw_agencies_missing 3");
    assert_line("quiniela_draw_closes_timestamp_seconds 1795726800");
    assert_absent("quiniela_draw_winners");
    snapshot.draw.state = DRAW_DRAWN;
    snapshot.draw.rules = 1;
    snapshot.winners = 5;
    strcpy(snapshot.draw.forked_at, "2026-11-26T21:00:00Z");
    write_metrics();
    assert_line("quiniela_draw_info{draw=\"1\",state=\"drawn\",number_mode=\"manual\",signed=\"true\"} 1");
    assert_line("quiniela_draw_winners 5");
    assert_line("quiniela_draw_forked 1");
}

static void a_name_cannot_break_the_text(void **state) {
    (void)state;
    options.draw = "a\"b\\c\nd\xff"
                   "ñ";
    write_metrics();
    assert_line("quiniela_draw_info{draw=\"a\\\"b\\\\c\\nd?ñ\",state=\"open\",number_mode=\"manual\","
                "signed=\"false\"} 1");
}

// A fixed number is known before the bets to whoever set it, and to nobody else.
static void the_number_is_never_told(void **state) {
    (void)state;
    snapshot.draw.number_mode = NUMBER_FIXED;
    snapshot.draw.has_number = true;
    snapshot.draw.winning_number = 7319;
    snapshot.draw.state = DRAW_DRAWN;
    write_metrics();
    assert_absent("7319");
}

static void without_a_draw_there_are_no_numbers_of_one(void **state) {
    (void)state;
    snapshot = (struct board_snapshot){.trouble = "no such file"};
    write_metrics();
    assert_absent("quiniela_draw_");
    assert_absent("quiniela_store_read_timestamp_seconds");
    assert_line("quiniela_store_unreadable 1");
    assert_line("quiniela_ready 0");
}

static uint64_t seventeen(void *context) {
    (void)context;
    return 17;
}

static time_t expiry(void *context) {
    return *(time_t *)context;
}

static bool was_backed_up;

static bool last_backup(void *context, time_t *at, uint64_t *bytes) {
    (void)context;
    *at = 1795726800;
    *bytes = 4096;
    return was_backed_up;
}

static void the_server_tells_what_it_knows(void **state) {
    (void)state;
    time_t expires = 0;
    write_metrics();
    assert_absent("quiniela_connections");
    assert_absent("quiniela_certificate_expiry");
    assert_absent("quiniela_last_backup");
    options.connections = seventeen;
    options.certificate_expiry = expiry;
    options.context = &expires;
    options.last_backup = last_backup;
    write_metrics();
    assert_line("quiniela_connections 17");
    assert_line("quiniela_last_backup_timestamp_seconds 0"); // never
    assert_absent("quiniela_certificate_expiry");            // plain text
    was_backed_up = true;
    expires = 1800000000;
    write_metrics();
    assert_line("quiniela_last_backup_timestamp_seconds 1795726800");
    assert_line("quiniela_last_backup_bytes 4096");
    assert_line("quiniela_certificate_expiry_timestamp_seconds 1800000000");
    assert_line("# HELP quiniela_certificate_expiry_timestamp_seconds When the first of the server's "
                "certificates and lists expires");
}

static void what_fails_shows(void **state) {
    (void)state;
    write_metrics();
    assert_line("quiniela_store_failing 0");
    assert_line("quiniela_seal_failing 0");
    assert_line("quiniela_ready 1");
    pulse_set_store_failure(pulse, "the disk is full");
    struct error failure;
    error_set(&failure, ERROR_SYSTEM, "no room for the seal");
    notice_put_failure(options.notice, &failure);
    write_metrics();
    assert_line("quiniela_store_failing 1");
    assert_line("quiniela_seal_failing 1");
    assert_line("quiniela_ready 0");
    assert_absent("the disk is full"); // words are for /readyz
}

static double value_of(const char *name) {
    char with_ends[128];
    snprintf(with_ends, sizeof with_ends, "\n%s ", name);
    const char *at = strstr(text, with_ends);
    if (at == NULL) {
        fail_msg("no %s in\n%s", name, text);
        return 0;
    }
    return strtod(at + strlen(with_ends), NULL);
}

static void the_disk_and_the_process_are_what_the_kernel_says(void **state) {
    (void)state;
    struct statvfs disk;
    options.places.store = "/";
    options.places.log = "/there is no such file";
    int before = dup(0);
    write_metrics();
    double open_before = value_of("process_open_fds");
    int further = dup(0);
    write_metrics();
    assert_true(value_of("process_open_fds") == open_before + 1);
    close(further);
    close(before);
    assert_int_equal(statvfs("/", &disk), 0);
    assert_true(value_of("quiniela_disk_size_bytes{of=\"store\"}") ==
                (double)disk.f_blocks * (double)disk.f_frsize);
    assert_true(value_of("quiniela_disk_free_bytes{of=\"store\"}") > 0);
    assert_absent("of=\"log\"");
    assert_absent("of=\"seals\"");
    assert_true(value_of("process_resident_memory_bytes") > 100000);
    assert_true(value_of("process_max_fds") >= open_before);
    assert_true(value_of("process_cpu_seconds_total") >= 0);
    double started = value_of("process_start_time_seconds"), now = (double)time(NULL);
    assert_true(started > now - 3600 && started <= now + 1);
    options.process = NULL;
    write_metrics();
    assert_absent("process_resident_memory_bytes");
    assert_absent("process_open_fds");
    assert_absent("process_start_time_seconds");
}

// A disk that hangs would keep whoever asks it: the text has what the reader's thread has measured, no more.
static void what_was_not_measured_is_absent(void **state) {
    (void)state;
    options.places.store = "/";
    options.last_backup = last_backup;
    assert_true(metrics_write(&view, &text, &text_length));
    assert_absent("of=\"store\"");
    assert_absent("quiniela_last_backup");
    assert_absent("process_open_fds");
    snapshot.measures =
        (struct board_measures){.is_taken = true, .disks = {[BOARD_DISK_LOG] = {true, 5, 7}}, .backup_at = 3};
    free(text);
    assert_true(metrics_write(&view, &text, &text_length));
    assert_line("quiniela_disk_free_bytes{of=\"log\"} 5");
    assert_line("quiniela_disk_size_bytes{of=\"log\"} 7");
    assert_line("quiniela_last_backup_timestamp_seconds 3");
}

// promtool (Debian's prometheus) reads the text, and finds fault with names, too.
static void promtool_finds_nothing_wrong(void **state) {
    (void)state;
    if (access("/usr/bin/promtool", X_OK) != 0) {
        skip();
    }
    options.tables = tables;
    options.table_count = 1;
    options.places.store = "/";
    options.last_backup = last_backup;
    options.connections = seventeen;
    write_metrics();
    FILE *promtool = popen("/usr/bin/promtool check metrics", "w");
    assert_non_null(promtool);
    assert_int_equal(fwrite(text, 1, text_length, promtool), text_length);
    assert_int_equal(pclose(promtool), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        VIEW_TEST(each_counter_of_a_table_is_there),
        VIEW_TEST(a_draw_is_told_with_the_states_of_its_agencies),
        VIEW_TEST(a_name_cannot_break_the_text),
        VIEW_TEST(the_number_is_never_told),
        VIEW_TEST(without_a_draw_there_are_no_numbers_of_one),
        VIEW_TEST(the_server_tells_what_it_knows),
        VIEW_TEST(what_fails_shows),
        VIEW_TEST(the_disk_and_the_process_are_what_the_kernel_says),
        VIEW_TEST(what_was_not_measured_is_absent),
        VIEW_TEST(promtool_finds_nothing_wrong),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
