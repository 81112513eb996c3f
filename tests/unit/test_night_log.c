// Of a log exactly the lines about this draw count, in either format, whatever stands between them.
#include "cmocka_all.h"

#include "report/night_log.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OPENED = 1795726800, SILENCE_S = 300 }; // 2026-11-26T21:00:00Z

static struct agency_facts agencies[] = {
    {.agency = 1, .ending = AGENCY_FINISHED, .bets = 50, .finished_at = OPENED + 1000},
    {.agency = 3, .ending = AGENCY_CUT, .bets = 20, .finished_at = OPENED + 3600},
    {.agency = 7},
};
static struct facts facts;
static struct night_log night;

static int set_up(void **state) {
    (void)state;
    struct error error;
    setenv("TZ", "UTC", 1);
    tzset();
    facts = (struct facts){.opened_at = OPENED,
                           .closed_at = OPENED + 3600,
                           .sealed_at = OPENED + 3600,
                           .drawn_at = OPENED + 4000,
                           .agencies = agencies,
                           .count = 3};
    return night_log_begin(&night, &facts, "1", OPENED + 7200, SILENCE_S, &error) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    night_log_end(&night);
    return 0;
}

static void read_bytes(const char *bytes, size_t length) {
    struct error error;
    FILE *stream = fmemopen((char *)bytes, length, "r");
    assert_non_null(stream);
    assert_true(night_log_read(&night, stream, &error));
    fclose(stream);
}

static void read_text(const char *text) {
    read_bytes(text, strlen(text));
}

#define OPEN "2026-11-26 21:00:00 INFO     action: open_draw | result: success | draw: 1 | state: new\n"
#define OTHER "2026-11-26 21:00:00 INFO     action: open_draw | result: success | draw: 2 | state: new\n"
#define CONFIG "2026-11-26 21:00:00 INFO     action: config | result: success | draw: 1 | port: 1\n"
#define STORED(time, agency, bets)                                                                           \
    "2026-11-26 " time " INFO     action: apuestas_almacenadas | result: success | agencia: " agency         \
    " | cantidad: " bets "\n"

static void chunks_count_for_their_agencies(void **state) {
    (void)state;
    struct error error;
    read_text(CONFIG OPEN STORED("21:01:00", "1", "20") STORED("21:07:00", "1", "30")
                  STORED("21:02:00", "3", "5"));
    assert_true(night_log_settle(&night, &error));
    assert_int_equal(night.bets, 55);
    assert_int_equal(night.agencies[0].bets, 50);
    assert_int_equal(night.agencies[0].first, OPENED + 60);
    assert_int_equal(night.agencies[0].last, OPENED + 420);
    assert_int_equal(night.agencies[0].spell_count, 2); // the second until its end
    assert_int_equal(night.agencies[0].spells[1].to, OPENED + 1000);
    assert_int_equal(night.agencies[1].spell_count, 1);
    assert_int_equal(night.agencies[2].chunks, 0);
    assert_int_equal(night.unknown, 0);
}

static void json_says_the_same(void **state) {
    (void)state;
    read_text("{\"time\":\"2026-11-26T21:01:00.123Z\",\"level\":\"INFO\",\"action\":\"apuestas_almacenadas\","
              "\"result\":\"success\",\"agencia\":\"3\",\"cantidad\":\"20\"}\n");
    assert_int_equal(night.agencies[1].bets, 20);
    assert_int_equal(night.agencies[1].first, OPENED + 60);
}

static void another_draw_is_left_out(void **state) {
    (void)state;
    read_text(OTHER STORED("21:01:00", "1", "20") CONFIG OPEN STORED("21:02:00", "1", "3"));
    assert_int_equal(night.bets, 3);
    read_text("2026-11-25 21:00:00 INFO     action: apuestas_almacenadas | result: success | agencia: 1 | "
              "cantidad: 9\n" STORED("22:03:00", "1", "9"));
    assert_int_equal(night.bets, 3); // the day before, and after the seal
}

// Also a value that is no number, an agency that there is not, a line that is cut off, and one that has no
// end.
static void what_is_no_line_is_skipped(void **state) {
    (void)state;
    static char bytes[3 * NIGHT_LOG_LINE_BYTES_MAX];
    memset(bytes, 'x', sizeof bytes);
    read_text(OPEN "\n\n{\n{}\n[]\nnoise\n" STORED("21:01:00", "1", "+20") STORED("21:01:00", "1", "99999999")
                  STORED("21:01:00", "2", "20") STORED("21:01:00", "", "20") STORED("29:01:00", "1", "20"));
    bytes[sizeof bytes - 1] = '\n';
    read_bytes(bytes, sizeof bytes);
    read_text(
        STORED("21:01:00", "1", "20") "2026-11-26 21:01:00 INFO     action: apuestas_almacenadas | resu");
    assert_int_equal(night.bets, 20);
    assert_int_equal(night.unknown, 8);
    char zeros[64] = "2026-11-26 21:01:00\0action: apuestas_almacenadas";
    read_bytes(zeros, sizeof zeros);
    assert_int_equal(night.bets, 20);
}

static void a_reset_begins_anew(void **state) {
    (void)state;
    read_text(
        OPEN STORED("21:01:00", "1", "20") "2026-11-26 21:02:00 WARNING  action: agency_reset | result: "
                                           "success | agencia: 1 | bets: 20\n" STORED("21:03:00", "1", "7"));
    assert_int_equal(night.agencies[0].bets, 7);
    assert_int_equal(night.agencies[0].first, OPENED + 180);
}

static void starts_and_kills_are_told_apart(void **state) {
    (void)state;
    read_text(CONFIG OPEN CONFIG OPEN
              "2026-11-26 21:02:00 INFO     action: end_server | result: success\n" CONFIG OPEN);
    assert_int_equal(night.servers.run_count, 3);
    assert_int_equal(night.servers.runs[0].end, SERVER_KILLED);
    assert_int_equal(night.servers.runs[1].end, SERVER_ENDED);
    assert_int_equal(night.servers.runs[2].end, SERVER_HAS_NO_END);
}

static void is_judged(enum night_log_verdict verdict) {
    assert_int_equal(night_log_judge(&night), verdict);
}

static void begin_again(const char *draw) {
    struct error error;
    night_log_end(&night);
    assert_true(night_log_begin(&night, &facts, draw, OPENED + 7200, SILENCE_S, &error));
}

#define AT(time, rest) "2026-11-26 " time " INFO     action: " rest "\n"

static void times_of_another_zone_are_found(void **state) {
    (void)state;
    is_judged(NIGHT_LOG_NO_LINE);
    read_text(OPEN AT("21:16:41", "client_finished | result: success | agencia: 1"));
    is_judged(NIGHT_LOG_FITS);
    assert_int_equal(night.clock.fits, 2);
    for (int i = 0; i < 3; i++) {
        read_text(AT("18:16:41", "client_finished | result: success | agencia: 1"));
    }
    is_judged(NIGHT_LOG_OTHER_ZONE);
    const struct log_mismatch *example = log_clock_example(&night.clock);
    assert_int_equal(example->moment, LOG_AGENCY_ENDED);
    assert_int_equal(example->agency, 1);
    assert_int_equal(example->stored_at, OPENED + 1000);
}

// Each moment that the store has, too, is looked at: no agency needs to have ended by itself.
static void any_moment_tells_the_zone(void **state) {
    (void)state;
    static const struct {
        const char *here, *there;
        enum log_moment moment;
    } cases[] = {
        {OPEN, AT("18:00:00", "open_draw | result: success | draw: 1 | state: new"), LOG_OPENED},
        {AT("22:00:00", "agency_cut | result: success | agencia: 3 | bets: 1"),
         AT("19:00:00", "agency_cut | result: success | agencia: 3 | bets: 1"), LOG_AGENCY_ENDED},
        {AT("22:00:01", "close_draw | result: success | draw: 1 | agencies: 3"),
         AT("19:00:01", "close_draw | result: success | draw: 1 | agencies: 3"), LOG_CLOSED},
        {AT("22:06:40", "sorteo | result: success | draw: 1 | winning_number: 7574"),
         AT("19:06:40", "sorteo | result: success | draw: 1 | winning_number: 7574"), LOG_DRAWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin_again("1");
        read_text(cases[i].there);
        is_judged(NIGHT_LOG_OTHER_ZONE);
        assert_int_equal(log_clock_example(&night.clock)->moment, cases[i].moment);
        read_text(STORED("21:01:00", "1", "20")
                      AT("21:02:00", "open_draw | result: success | draw: 1 | state: open"));
        read_text(cases[i].here);
        is_judged(NIGHT_LOG_FITS);
    }
}

// Then no time of a text is told. One in JSON has its zone, and only has to name the draw.
static void without_anything_to_compare_it_is_not_checked(void **state) {
    (void)state;
    read_text(STORED("21:01:00", "1", "20"));
    is_judged(NIGHT_LOG_UNCHECKED);
    read_text(AT("21:02:00", "open_draw | result: success | draw: 1 | state: open"));
    is_judged(NIGHT_LOG_UNCHECKED);
    begin_again("1");
    read_text("{\"time\":\"2026-11-26T21:02:00.000Z\",\"action\":\"open_draw\",\"result\":\"success\","
              "\"draw\":\"1\",\"state\":\"open\"}\n");
    is_judged(NIGHT_LOG_FITS);
}

// The same name and file, and another store: the night before, at the same hour, and the one after.
static void another_night_of_the_name_is_left_out(void **state) {
    (void)state;
    read_text(
        "2026-11-25 21:00:00 INFO     action: open_draw | result: success | draw: 1 | state: new\n"
        "2026-11-25 21:16:41 INFO     action: client_finished | result: success | agencia: 1\n"
        "2026-11-25 21:17:00 WARNING  action: receive_message | result: fail | agencia: 9 | error: x\n");
    is_judged(NIGHT_LOG_OTHER_DRAWS);
    read_text(AT("20:58:00", "open_draw | result: success | draw: 1 | state: open")
                  AT("20:58:30", "receive_message | result: fail | agencia: 9 | error: x"));
    is_judged(NIGHT_LOG_OTHER_DRAWS);
    read_text(CONFIG OPEN STORED("21:01:00", "1", "50")
                  AT("21:30:00", "receive_message | result: fail | agencia: 8 | error: y"));
    read_text(AT("23:30:00", "config | result: success | draw: 1")
                  AT("23:30:00", "open_draw | result: success | draw: 1 | state: new")
                      AT("23:31:00", "receive_message | result: fail | agencia: 7 | error: z")
                          AT("23:40:00", "open_draw | result: success | draw: 1 | state: open")
                              AT("23:41:00", "receive_message | result: fail | agencia: 6 | error: z"));
    is_judged(NIGHT_LOG_FITS);
    assert_int_equal(night.servers.run_count, 1);
    assert_int_equal(night.servers.runs[0].from, OPENED);
    assert_int_equal(night.servers.runs[0].end, SERVER_HAS_NO_END);
    assert_int_equal(night.refused.count, 1);
    assert_string_equal(night.refused.rows[0].agency, "8");
    assert_int_equal(night.bets, 50);
}

static void a_name_is_found_as_it_is_written(void **state) {
    (void)state;
    begin_again("a | b\xE2\x80\xAE\xFF");
    read_text(AT("21:00:00", "open_draw | result: success | draw: a ? b???\xFF | state: new"));
    assert_int_equal(night.servers.run_count, 1);
    begin_again("a | b\xE2\x80\xAE\xFF");
    read_text("{\"time\":\"2026-11-26T21:00:00.000Z\",\"action\":\"open_draw\",\"result\":\"success\","
              "\"draw\":\"a ? b???\xEF\xBF\xBD\",\"state\":\"new\"}\n");
    assert_int_equal(night.servers.run_count, 1);
    begin_again("ab");
    read_text(OPEN);
    is_judged(NIGHT_LOG_OTHER_DRAWS);
}

static void a_hole_is_told_from_a_silence(void **state) {
    (void)state;
    read_text(OPEN STORED("21:01:00", "1", "20") STORED("21:07:00", "1", "30") STORED("21:02:00", "3", "5"));
    assert_false(night_log_lacks(&night, 0));
    assert_true(night_log_lacks(&night, 1));
    assert_false(night_log_lacks(&night, 2));
}

static void refusals_are_counted_by_their_reason(void **state) {
    (void)state;
    static const char refused[] =
        "2026-11-26 21:05:00 WARNING  action: receive_message | result: fail | agencia: 9 | error: "
        "unknown_agency | message: there is none\n",
                      lost[] = "2026-11-26 21:05:00 WARNING  action: log | result: fail | error: x | "
                               "lines_lost: 57\n",
                      left_out[] = "2026-11-26 21:05:00 WARNING  action: log | result: success | left_out: "
                                   "12 | of: handshake network\n";
    read_text(OPEN);
    read_text(refused);
    read_text(refused);
    read_text(lost);
    read_text(left_out);
    assert_int_equal(night.refused.count, 1);
    assert_int_equal(night.refused.rows[0].count, 2);
    assert_string_equal(night.refused.rows[0].reason, "unknown_agency");
    assert_string_equal(night.refused.rows[0].agency, "9");
    assert_int_equal(night.lost, 57);
    assert_int_equal(night.left_out, 12);
}

// Handshakes are refused in one line a second; what others write beside a line of another kind is no sum.
static void handshakes_are_counted_by_their_lines_sums(void **state) {
    (void)state;
    read_text(
        OPEN
        "2026-11-26 21:05:00 WARNING  action: handshake | result: fail | error: not_tls | ip: 10.0.0.9 | "
        "count: 1 | message: m\n"
        "2026-11-26 21:05:01 WARNING  action: handshake | result: fail | error: not_tls | ip: 10.0.0.9 | "
        "count: 412 | message: m\n"
        "2026-11-26 21:05:02 WARNING  action: handshake | result: fail | error: not_tls | ip: 10.0.0.9 | "
        "count: x | message: m\n"
        "2026-11-26 21:05:03 WARNING  action: receive_message | result: fail | error: not_tls | count: 9\n");
    assert_int_equal(night.refused.count, 2);
    assert_int_equal(night.refused.rows[0].count, 414);
    assert_int_equal(night.refused.rows[1].count, 1);
    assert_int_equal(night.refused.rows[0].last - night.refused.rows[0].first, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define LOG_STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        LOG_STORY(chunks_count_for_their_agencies),
        LOG_STORY(json_says_the_same),
        LOG_STORY(another_draw_is_left_out),
        LOG_STORY(what_is_no_line_is_skipped),
        LOG_STORY(a_reset_begins_anew),
        LOG_STORY(starts_and_kills_are_told_apart),
        LOG_STORY(times_of_another_zone_are_found),
        LOG_STORY(any_moment_tells_the_zone),
        LOG_STORY(without_anything_to_compare_it_is_not_checked),
        LOG_STORY(another_night_of_the_name_is_left_out),
        LOG_STORY(a_name_is_found_as_it_is_written),
        LOG_STORY(a_hole_is_told_from_a_silence),
        LOG_STORY(refusals_are_counted_by_their_reason),
        LOG_STORY(handshakes_are_counted_by_their_lines_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
