// A report tells no number before its draw, shows foreign texts, and says what it does not know.
#include "cmocka_all.h"

#include "report/report.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OPENED = 1795726800, HOUR_S = 3600 }; // 2026-11-26T21:00:00Z

#define HOSTILE "<script>\"'&\xE2\x80\xAE\xFF"

static struct agency_facts agencies[60];
static struct report report;
static struct night_log night;
static struct orders orders;
static char *page;

static int set_up(void **state) {
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    for (uint32_t i = 0; i < 60; i++) {
        agencies[i] = (struct agency_facts){.agency = i + 1,
                                            .ending = AGENCY_FINISHED,
                                            .bets = 100,
                                            .finished_at = OPENED + 60 * (int64_t)i,
                                            .told_at = OPENED + HOUR_S + 5,
                                            .winners = i == 2};
    }
    report = (struct report){.draw = "1", .version = "0.1", .place = "s.db", .now = OPENED + 2 * HOUR_S};
    report.facts = (struct facts){.draw = {.state = DRAW_DRAWN, .agencies = 5, .winning_number = 42},
                                  .opened_at = OPENED,
                                  .sealed_at = OPENED + HOUR_S,
                                  .drawn_at = OPENED + HOUR_S + 3,
                                  .agencies = agencies,
                                  .count = 5,
                                  .bets = 500,
                                  .winners = 1,
                                  .finished = 5,
                                  .told = 5,
                                  .has_numbers = true};
    report.facts.numbers[42] = 7;
    report.facts.numbers[9999] = 9;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(page);
    page = NULL;
    return 0;
}

static void write_page(void) {
    size_t length;
    free(page);
    page = NULL;
    FILE *out = open_memstream(&page, &length);
    assert_non_null(out);
    report_write(&report, out);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(strlen(page), length);
}

static void has(const char *text) {
    if (strstr(page, text) == NULL) {
        fail_msg("the page has no %s", text);
    }
}

static void has_not(const char *text) {
    if (strstr(page, text) != NULL) {
        fail_msg("the page has %s", text);
    }
}

static int times_of(const char *text) {
    int times = 0;
    for (const char *at = page; (at = strstr(at, text)) != NULL; at++) {
        times++;
    }
    return times;
}

static void a_drawn_night_is_told(void **state) {
    (void)state;
    write_page();
    has("<b>0042</b>");
    has("<b>500</b>");
    has("<tr><td>9999</td><td>9</td></tr>");
    has("bet <bdi>7</bdi> times");
    has("<dt>From seal to draw</dt><dd>3 s");
    has("<tr><td>3</td><td>by itself</td><td>100</td><td>21:02:00</td><td>22:00:05</td><td>1</td></tr>");
    has("not known: no log was given");
    has("not known: no audit log was given");
}

static void no_number_is_told_before_the_draw(void **state) {
    (void)state;
    report.facts.draw.state = DRAW_SEALED;
    report.facts.draw.has_number = true;
    report.facts.drawn_at = 0;
    report.facts.has_numbers = false;
    write_page();
    has("This night is not over");
    has("The numbers are not told before the draw");
    has_not("0042");
    has_not("9999");
    has_not("heat h1\"");
}

// As a log in which the opening is at the time that the store has.
static void fits(struct night_log *log) {
    const struct log_mismatch opening = {.at = OPENED, .stored_at = OPENED};
    log_clock_take(&log->clock, &opening, LOG_CLOCK_OURS, false);
    log->first_at = log->last_at = OPENED;
    log->has_text = true;
}

static void foreign_texts_stay_texts(void **state) {
    (void)state;
    struct error error;
    assert_true(night_log_begin(&night, &report.facts, "1", report.now, 300, &error));
    assert_true(orders_begin(&orders, &report.facts, "1", &error));
    const struct slice text = slice_of(HOSTILE);
    tally_add(&night.refused, text, text, text, 1, OPENED);
    fits(&night);
    tally_add(&orders.told.refused, text, text, text, 1, OPENED);
    orders.told.count = 1;
    strcpy(orders.list[0].text, HOSTILE);
    strcpy(orders.list[0].user, HOSTILE);
    strcpy(orders.list[0].result, HOSTILE);
    strcpy(orders.broken, HOSTILE);
    report.draw = report.place = report.version = HOSTILE;
    report.log = &night;
    report.orders = &orders;
    write_page();
    has_not("<script");
    has_not("\xE2\x80\xAE");
    has_not("\xFF");
    assert_true(times_of("&lt;script&gt;&quot;&#39;&amp;") >= 13);
    night_log_end(&night);
    orders_end(&orders);
}

// Of twelve silences the ten longest, the longest first.
static void the_longest_silences_are_listed(void **state) {
    (void)state;
    struct error error;
    assert_true(night_log_begin(&night, &report.facts, "1", report.now, 300, &error));
    for (int64_t i = 0, at = OPENED; i < 13; i++, at += 299 + i) {
        assert_true(stretch_add(&night.agencies[1], at, 5, 300));
    }
    report.log = &night;
    fits(&night);
    write_page();
    has("<td><bdi>12</bdi> ×, up to ");
    has("<h3>The longest silences</h3>");
    const char *list = strstr(page, "The longest silences"), *first = strstr(list, "<td>5 min 11 s*</td>");
    assert_non_null(first);
    assert_non_null(strstr(first, "<td>5 min 2 s*</td>"));
    assert_null(strstr(list, "<td>5 min 1 s*</td>"));
    assert_ptr_equal(strstr(list, "<tr><td>2</td>"), first - strlen("<tr><td>2</td>"));
    night_log_end(&night);
}

// What may be a hole of the log is marked, and not drawn as a silence.
static void holes_are_marked(void **state) {
    (void)state;
    struct error error;
    assert_true(night_log_begin(&night, &report.facts, "1", report.now, 300, &error));
    for (size_t i = 0; i < 5; i++) {
        assert_true(stretch_add(&night.agencies[i], OPENED + 5, 50, 300));
        assert_true(stretch_add(&night.agencies[i], OPENED + 505, i == 3 ? 49 : 50, 300));
    }
    night.bets = 499;
    report.log = &night;
    fits(&night);
    write_page();
    has("bets that are stored of these agencies: <bdi>4</bdi>");
    has("<td>21:00:05*</td><td>21:08:25*</td>");
    has("<tr><td>4</td><td>8 min 20 s*</td>");
    has("<tr><td>3</td><td>8 min 20 s</td>");
    has("first bets that the log has, of agency");
    has("Those marked * may be holes of the log.");
    assert_int_equal(times_of("<rect class=gap "), 4 + 1); // and the legend's
    night_log_end(&night);
}

static void a_log_that_cannot_be_told_says_why(void **state) {
    (void)state;
    struct error error;
    assert_true(night_log_begin(&night, &report.facts, "1", report.now, 300, &error));
    report.log = &night;
    write_page();
    has("not known: the log has no line about this draw");
    night.others = 1;
    write_page();
    has("not known: the log names only other draws");
    night.first_at = OPENED;
    night.has_text = true;
    write_page();
    has("not known: nothing in the log is in the store, too");
    has_not("nothing was refused");
    const struct log_mismatch opening = {
        .moment = LOG_OPENED, .at = OPENED - 3 * HOUR_S, .stored_at = OPENED};
    log_clock_take(&night.clock, &opening, LOG_CLOCK_OTHER, false);
    write_page();
    has("(the draw was opened, for <bdi>5</bdi> agencies: <bdi>2026-11-26 21:00:00</bdi> by the store, "
        "<bdi>2026-11-26 18:00:00</bdi> by the log)");
    night_log_end(&night);
}

// Whatever the chain says, no order is denied that a log does not have.
static void an_audit_log_of_something_else_denies_nothing(void **state) {
    (void)state;
    struct error error;
    report.facts.draw.number_mode = NUMBER_MANUAL;
    assert_true(orders_begin(&orders, &report.facts, "1", &error));
    report.orders = &orders;
    write_page();
    has("The audit log has no record of this draw");
    has("Nothing stands behind its last record");
    has_not("No order was given.");
    has_not("nothing was refused");
    orders.told.records = 1;
    write_page();
    has("The audit log and the store do not say the same");
    has("The audit log ends before the draw");
    has("the audit log has no order that gave it");
    has_not("No order was given.");
    agreement_take_order(&orders.agreement, slice_of("draw draw=1 number=0043 yes=1"));
    agreement_take_end(&orders.agreement, 2, AGENCY_ENDED, 100);
    agreement_take_end(&orders.agreement, 3, AGENCY_FINISHED, 99);
    agreement_take_drawn(&orders.agreement, report.facts.drawn_at, 501, 1);
    write_page();
    has("another number: <bdi>0043</bdi>. The store has <bdi>0042</bdi>.");
    has("with other figures: <bdi>501</bdi> bets, <bdi>1</bdi> winners");
    has("<bdi>2–3</bdi>.</p>");
    has_not("The audit log ends before the draw");
    orders_end(&orders);
}

static void its_title_names_it(void **state) {
    (void)state;
    report.draw = "<1>&\xE2\x80\xAE";
    write_page();
    has("<title>Report of draw &lt;1&gt;&amp;\xEF\xBF\xBD, 2026-11-26</title>");
    has("<body>\n<main>");
    has("</main>\n</body>");
}

// One that came after everybody had finished closed nothing.
static void a_cut_off_is_told_where_it_counts(void **state) {
    (void)state;
    report.facts.closes_at = OPENED + HOUR_S;
    write_page();
    has_not("cut-off, as it was set");
    report.facts.closed_at = OPENED + HOUR_S;
    write_page();
    has("<tr><td>22:00:00</td><td>cut-off, as it was set</td>");
    has("<tr><td>22:00:00</td><td>the draw was closed</td>");
}

static void many_agencies_have_a_curve(void **state) {
    (void)state;
    write_page();
    has_not("class=curve d");
    report.facts.count = 60;
    report.facts.draw.agencies = 60;
    agencies[59].agency = 1060;
    write_page();
    has("class=curve d");
    has("><td>1060</td>");
    has("last agency ended: <bdi>1060</bdi>"); // a number of an agency is none of many
}

static void who_sent_nothing_is_named(void **state) {
    (void)state;
    report.facts.draw.agencies = 9;
    agencies[1].bets = 0;
    write_page();
    has("<bdi>5</bdi> agencies have sent nothing: <bdi>2, 6–9</bdi>.");
    report.facts.draw.agencies = 5;
    write_page();
    has("Agency <bdi>2</bdi> has sent nothing.");
}

static void who_was_cut_off_is_named_at_the_top(void **state) {
    (void)state;
    write_page();
    has("<b><bdi>5</bdi> of <bdi>5</bdi></b><span>agencies finished</span>");
    has_not("tile bad\"");
    agencies[1].ending = AGENCY_ENDED;
    agencies[4].ending = AGENCY_CUT;
    write_page();
    has("<div class=\"tile bad\"><b><bdi>3</bdi> of <bdi>5</bdi></b><span>agencies finished · <bdi>2</bdi> "
        "cut off "
        "(<bdi>2, 5</bdi>)");
    report.facts.count = report.facts.finished = report.facts.draw.agencies = 60;
    for (uint32_t i = 0; i < 60; i += 2) {
        agencies[i].ending = AGENCY_CUT;
    }
    write_page();
    has("<bdi>31</bdi> cut off (<bdi>…</bdi>)");
}

// Of many agencies paper has those of which there is something to say.
static void on_paper_are_those_of_note(void **state) {
    (void)state;
    write_page();
    has_not("class=quiet>");
    report.facts.count = report.facts.draw.agencies = 60;
    report.facts.told = 59;
    agencies[7].told_at = 0;
    agencies[8].ending = AGENCY_CUT;
    write_page();
    has("<tr class=quiet><td>1</td>");
    has("<tr><td>8</td>");
    has("<tr><td>9</td>");
    has("<bdi>58</bdi> further agencies ended as they should, and are not printed");
    report.facts.told = 30; // most were not told: that is no news of one
    write_page();
    has("<tr class=quiet><td>8</td>");
}

static void start_at(int64_t at) {
    servers_take_config(&night.servers, slice_of("127.0.0.1"), slice_of("12345"), at);
    servers_take_open(&night.servers, true, at);
}

// The server died two minutes after the opening, and was back a minute later.
static void an_outage_is_told(void **state) {
    (void)state;
    struct error error;
    assert_true(night_log_begin(&night, &report.facts, "1", report.now, 300, &error));
    start_at(OPENED);
    assert_true(stretch_add(&night.agencies[1], OPENED + 60, 5, 300));
    flow_add(&night.flow, OPENED + 60, 5);
    report.log = &night;
    fits(&night);
    write_page();
    has_not("class=down");
    servers_take_line(&night.servers, OPENED + 120);
    start_at(OPENED + 180);
    report.backup.at = OPENED + 90;
    write_page();
    has("<td>21:01:30</td><td>the last backup was made</td>");
    has("<td>21:02:00</td><td>last line of server <bdi>127.0.0.1:12345</bdi> before it was killed</td>");
    has("<td>21:03:00</td><td>server <bdi>127.0.0.1:12345</bdi> started again, <bdi>1 min</bdi> later</td>");
    has("<h3><bdi>127.0.0.1:12345</bdi></h3>");
    assert_int_equal(times_of("<rect class=down x="), 4); // in two charts, and their legends
    night.servers.count = SERVERS_MAX;                    // all that there were
    write_page();
    has_not("There were too many starts or servers to tell all.");
    night_log_end(&night);
}

// One start has a line, whichever log has it; one that only the audit log has is told, too.
static void starts_of_both_logs_are_told(void **state) {
    (void)state;
    struct error error;
    assert_true(night_log_begin(&night, &report.facts, "1", report.now, 300, &error));
    assert_true(orders_begin(&orders, &report.facts, "1", &error));
    start_at(OPENED);
    orders.told.starts[0] = (struct order_start){OPENED + 1, false};
    orders.told.starts[1] = (struct order_start){OPENED + 600, true};
    orders.told.start_count = 2;
    report.log = &night;
    fits(&night);
    report.orders = &orders;
    write_page();
    has("<li>21:00:00: started</li>");
    has_not("<li>21:00:01: started</li>");
    has("<li>21:10:00: started again, after one that was killed</li>");
    has("<td>21:10:00</td><td>the server started again, after one that was killed</td>");
    night_log_end(&night);
    orders_end(&orders);
}

static void what_an_order_changed_is_told(void **state) {
    (void)state;
    struct error error;
    strcpy(report.facts.draw.changed_at, "2026-11-26T21:10:00Z");
    write_page();
    has("<td>21:10:00</td><td>what was set at the opening was last changed: only an audit log tells "
        "how</td>");
    assert_true(orders_begin(&orders, &report.facts, "1", &error));
    report.orders = &orders;
    orders.list[0] = (struct order_told){OPENED + 300, "change draw=1 agencies=6 yes=1", "ana", "bad_change"};
    orders.list[1] = (struct order_told){OPENED + 600, "change draw=1 agencies=5 yes=1", "ana", "done"};
    orders.list[2] = (struct order_told){OPENED + 700, "draw draw=1 number=0042 yes=1", "ana", "done"};
    orders.told.count = 3;
    write_page();
    has("<td>21:10:00</td><td>an order changed what was set: <bdi>change agencies=5</bdi></td>");
    has_not("what was set at the opening");
    has_not("change agencies=6<");
    orders_end(&orders);
}

static void numbers_never_bet_have_a_legend(void **state) {
    (void)state;
    write_page();
    has("<rect class=none x=1 y=1 width=22 height=10 /></svg>0</span>");
    for (int i = 0; i < FACTS_NUMBERS; i++) {
        report.facts.numbers[i]++;
    }
    write_page();
    has_not("rect class=none");
}

// Everything that the rules want of the draw, with the names of the folder of seals.
static void the_check_has_what_the_draw_needs(void **state) {
    (void)state;
    struct signing_facts *signing = &report.facts.signing;
    *signing = (struct signing_facts){.is_signed = true, .records = 2, .approvals_wanted = 2};
    write_page();
    has("verify --key VKEY --rules rules-0.note --rules rules-1.note --seal seal.note --seal agency-1.seal "
        "--approval approval-0.note --approval approval-1.note --result result.note\n");
    has("--manifest-hash HEX --seal agency-1.seal --approval approval-0.note --approval approval-1.note "
        "--result "
        "result.note</pre>");
    *signing = (struct signing_facts){
        .is_signed = true, .records = 1, .cosignatures = 1, .timestamps = 1, .witnesses = {.count = 1}};
    report.facts.draw.number_mode = NUMBER_BEACON;
    write_page();
    has("--seal seal.note --seal cosignature-0.note --token timestamp-0.tsr --tsa-cert tsa-ca.pem --pulse "
        "pulse.json --nist-cert certificate.pem --result result.note\n");
    has("--manifest-hash HEX --tsa-cert tsa-ca.pem --pulse pulse.json");
    signing->cosignatures = 2; // of the same witness, which has signed again
    write_page();
    has("--seal cosignature-0.note --seal cosignature-1.note");
    has("Cosignatures, time stamps</dt><dd>1, 1");
}

static void an_erased_draw_has_no_numbers(void **state) {
    (void)state;
    report.facts.erased_at = OPENED + HOUR_S + 60;
    report.facts.has_numbers = false;
    write_page();
    has("not known: the bets were erased");
    has("<b>1</b><span>winners"); // whose documents are gone
    has("personal data was erased");
}

static void both_languages_have_every_text(void **state) {
    (void)state;
    for (int text = 0; text < TEXTS; text++) {
        const char *english = words_of(ENGLISH, (enum text)text),
                   *spanish = words_of(SPANISH, (enum text)text);
        assert_true(english[0] != '\0' && spanish[0] != '\0');
        for (const char *place = "{1}"; place != NULL; place = strcmp(place, "{1}") == 0 ? "{2}" : NULL) {
            assert_int_equal(strstr(english, place) != NULL, strstr(spanish, place) != NULL);
        }
    }
    report.language = SPANISH;
    report.facts.bets = 1234567;
    write_page();
    has("<html lang=es>");
    has("<b>1.234.567</b>");
    has("Hecho el <bdi>2026-11-26 23:00:00</bdi> con");
    struct error error;
    assert_true(orders_begin(&orders, &report.facts, "1", &error));
    orders.list[0] = (struct order_told){OPENED, "draw", "ana", "done"};
    orders.told.count = 1;
    report.orders = &orders;
    write_page();
    has("<td>hecha</td>");
    orders_end(&orders);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define PAGE_STORY(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        PAGE_STORY(a_drawn_night_is_told),
        PAGE_STORY(no_number_is_told_before_the_draw),
        PAGE_STORY(foreign_texts_stay_texts),
        PAGE_STORY(the_longest_silences_are_listed),
        PAGE_STORY(many_agencies_have_a_curve),
        PAGE_STORY(a_cut_off_is_told_where_it_counts),
        PAGE_STORY(who_sent_nothing_is_named),
        PAGE_STORY(an_erased_draw_has_no_numbers),
        PAGE_STORY(both_languages_have_every_text),
        PAGE_STORY(holes_are_marked),
        PAGE_STORY(a_log_that_cannot_be_told_says_why),
        PAGE_STORY(its_title_names_it),
        PAGE_STORY(an_audit_log_of_something_else_denies_nothing),
        PAGE_STORY(who_was_cut_off_is_named_at_the_top),
        PAGE_STORY(on_paper_are_those_of_note),
        PAGE_STORY(an_outage_is_told),
        PAGE_STORY(starts_of_both_logs_are_told),
        PAGE_STORY(what_an_order_changed_is_told),
        PAGE_STORY(numbers_never_bet_have_a_legend),
        PAGE_STORY(the_check_has_what_the_draw_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
