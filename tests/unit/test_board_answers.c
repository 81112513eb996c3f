// What a board answers to whoever asks, path by path.
#include "asked_request.h"
#include "compute_seal.h"
#include "logged.h"
#include "signed_story.h"

#include "board/board.h"
#include "board/page.h"
#include "board/reader.h"
#include "ledger/number_counts.h"
#include "ledger/pulse.h"

#include <poll.h>
#include <stdatomic.h>

enum { HANG_MS = 60000, READ_OFTEN_MS = 5 };

// The board -------------------------------------------------------------------------------------------------

static struct {
    struct board *board;
    struct board_options options;
    struct http_answer answer;
    char *said; // its body
    struct pulse *pulse;
    atomic_bool fails;    // the store cannot be opened
    uint64_t busy_for_ms; // how long a reading seems to take; 0: as long as it does
} asked;

uint64_t __real_reader_busy_ms(struct reader *reader);
uint64_t __wrap_reader_busy_ms(struct reader *reader);
uint64_t __wrap_reader_busy_ms(struct reader *reader) {
    return asked.busy_for_ms == 0 ? __real_reader_busy_ms(reader) : asked.busy_for_ms;
}

static int counts_wanted;

void __real_number_counts_want(struct number_counts *counts);
void __wrap_number_counts_want(struct number_counts *counts);
void __wrap_number_counts_want(struct number_counts *counts) {
    counts_wanted++;
    __real_number_counts_want(counts);
}

static bool open_for_board(void *context, struct store **store, struct error *error) {
    return asked.fails ? error_set(error, ERROR_STORE_AWAY, "postgresql://night@host.example: it is away") ||
                             error_because(error, "the store is away")
                       : open_reader(context, "1", store, error);
}

static uint64_t connections(void *context) {
    (void)context;
    return 17;
}

static bool open_to_count(void *context, const char *draw, struct store **store, struct error *error) {
    return open_reader(context, draw, store, error);
}

static const unsigned char html[] = "<html>", style[] = "body", script[] = "go", icon[] = "<svg>";
static const struct board_page page = {{html, 6}, {style, 4}, {script, 2}, {icon, 5}};

static int begin(void **state) {
    memset(&asked, 0, sizeof asked);
    asked.pulse = pulse_new();
    assert_non_null(asked.pulse);
    return sign_begin(state);
}

static int end(void **state) {
    board_close(&asked.board);
    number_counts_free(asked.options.numbers);
    free(asked.said);
    pulse_free(asked.pulse);
    return sign_end(state);
}

#define ANSWERS_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

static void open_board(void) {
    struct error error;
    asked.options = (struct board_options){.open_reader = open_for_board,
                                           .draw = "1",
                                           .version = "0.1.0",
                                           .pulse = asked.pulse,
                                           .read_every_ms = READ_OFTEN_MS,
                                           .notice = story.notice,
                                           .numbers = number_counts_new(open_to_count, NULL, "1"),
                                           .connections = connections,
                                           .page = &page,
                                           .verify_page = "<verify>",
                                           .verify_page_length = 8};
    assert_non_null(asked.options.numbers);
    must(board_open(&asked.options, &asked.board, &error), &error);
}

// Asks, and returns the status; the body is in asked.said.
static int ask_with(struct http_request request) {
    struct http_answer *answer = &asked.answer;
    *answer = (struct http_answer){.status = 200};
    board_answer(asked.board, &request, answer);
    free(asked.said);
    asked.said = strndup(answer->body != NULL    ? answer->body
                         : answer->fixed != NULL ? answer->fixed
                                                 : "",
                         answer->length);
    assert_non_null(asked.said);
    free(answer->body);
    return answer->status;
}

static int ask_for(const char *path) {
    return ask_with((struct http_request){.path = path});
}

static bool says(const char *text) {
    return strstr(asked.said, text) != NULL;
}

static void assert_says(const char *text) {
    if (!says(text)) {
        fail_msg("expected the answer to say\n%s\nit says\n%s", text, asked.said);
    }
}

static void assert_header(const char *name, const char *value) {
    for (size_t i = 0; i < 4 && asked.answer.headers[i][0] != NULL; i++) {
        if (strcmp(asked.answer.headers[i][0], name) == 0) {
            assert_string_equal(asked.answer.headers[i][1], value);
            return;
        }
    }
    fail_msg("expected a header %s", name);
}

// Asks again and again until the answer says so: the board reads on a thread of its own.
static void wait_until_it_says(const char *path, const char *text) {
    for (int waited_ms = 0; ask_for(path) < 0 || !says(text); waited_ms += READ_OFTEN_MS) {
        if (waited_ms > HANG_MS) {
            fail_msg("%s does not come to say\n%s\nit says\n%s", path, text, asked.said);
        }
        poll(NULL, 0, READ_OFTEN_MS);
    }
}

static void assert_refused_with(int status, const char *text, struct http_request request) {
    assert_int_equal(ask_with(request), status);
    assert_says(text);
}

#define assert_answer_refused(status, text, ...)                                                             \
    assert_refused_with(status, text, (struct http_request){.path = __VA_ARGS__})

// The draw --------------------------------------------------------------------------------------------------

static void send_all(void) {
    assert_stored(.agency = 1, .last = true, .first = 0, .count = 12, .next = 12);
    assert_stored(.agency = 2, .first = 0, .count = 5, .next = 5);
}

static void a_draw_is_told_as_json(void **state) {
    (void)state;
    sign(false);
    open_ledger(3);
    send_all();
    open_board();
    wait_until_it_says("/api/v1/draw", "\"bets\":17");
    assert_int_equal(asked.answer.status, 200);
    assert_string_equal(asked.answer.type, "application/json");
    assert_says("{\"draw\":\"1\",\"version\":\"0.1.0\",\"now\":\"20");
    assert_says(
        "Z\",\"state\":\"open\",\"waits_for\":\"agencies\",\"agencies\":{\"expected\":3,\"waiting\":1,"
        "\"sending\":1,\"silent\":0,\"finished\":1,\"told\":0,\"cut_off\":0,\"missing\":2},"
        "\"bets\":17,\"bets_10s\":0,\"bets_60s\":0,\"opened_at\":\"20");
    assert_says("Z\",\"closes_at\":null,\"closed_at\":null,\"sealed_at\":null,\"drawn_at\":null,"
                "\"erased_at\":null,\"number_mode\":\"fixed\",\"number\":null,\"winners\":null,"
                "\"seal\":null,\"store\":{\"ok\":true,\"error\":null,\"read_at\":\"20");
    assert_says("\"server\":{\"since\":\"20");
    assert_says("\"connections\":17,\"shared\":false}}\n");
}

static void agencies_are_listed(void **state) {
    (void)state;
    sign(false);
    open_ledger(3);
    send_all();
    open_board();
    wait_until_it_says("/api/v1/agencies",
                       "{\"agency\":2,\"state\":\"sending\",\"bets\":5,\"rate\":0.0,"
                       "\"heard_at\":null,\"finished_at\":null,\"told_at\":null,"
                       "\"winners\":null},{\"agency\":3,\"state\":\"waiting\",\"bets\":0,");
    assert_says("{\"agency\":1,\"state\":\"finished\",\"bets\":12,");
    assert_says("],\"next\":null,\"total\":3,\"matching\":3}\n");
    ask_with((struct http_request){.path = "/api/v1/agencies", {"state", "limit"}, {"missing", "1"}});
    assert_says("\"agencies\":[{\"agency\":2,");
    assert_says("}],\"next\":2,\"total\":3,\"matching\":2}\n");
    ask_with((struct http_request){
        .path = "/api/v1/agencies", {"state", "limit", "after"}, {"missing", "1", "2"}});
    assert_says("\"agencies\":[{\"agency\":3,");
    assert_says("}],\"next\":null,\"total\":3,\"matching\":2}\n");
    ask_with((struct http_request){.path = "/api/v1/agencies", {"after"}, {"4294967295"}});
    assert_says("\"agencies\":[],\"next\":null,\"total\":3,\"matching\":3}\n");
    ask_with((struct http_request){.path = "/api/v1/agencies", {"state"}, {"finished"}});
    assert_says("\"agencies\":[{\"agency\":1,");
    assert_false(says("\"agency\":2"));
}

static void what_is_not_understood_is_refused(void **state) {
    (void)state;
    sign(false);
    open_ledger(1);
    open_board();
    assert_answer_refused(400, "{\"error\":\"limit: it is a number from 1 to 10000\"}", "/api/v1/agencies",
                          {"limit"}, {"0"});
    assert_answer_refused(400, "{\"error\":\"after: ", "/api/v1/agencies", {"after"}, {"x"});
    assert_answer_refused(400, "{\"error\":\"state: ", "/api/v1/agencies", {"state"}, {"all"});
    assert_answer_refused(400, "it takes state, after, limit", "/api/v1/agencies", {"agency"}, {"1"});
    assert_answer_refused(400, "it takes state, after, limit", "/api/v1/agencies", {"after", "after"},
                          {"1", "2"});
    static const char *const plain[] = {"/api/v1/draw", "/api/v1/numbers", "/api/v1/events", "/",
                                        "/board.js"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        assert_answer_refused(400, "it takes no arguments", plain[i], {"a"}, {""});
    }
    assert_answer_refused(404, "{\"error\":\"there is nothing here", "/api/v1/bets");
    assert_answer_refused(404, "{\"error\":\"there is nothing here", "/api/v1/draw/");
    assert_answer_refused(404, "there is nothing here", "/board.html");
    assert_string_equal(asked.answer.type, "text/plain; charset=utf-8");
}

static void files_are_handed_out(void **state) {
    (void)state;
    sign(false);
    open_ledger(1);
    open_board();
    assert_int_equal(ask_for("/"), 200);
    assert_string_equal(asked.said, "<html>");
    assert_string_equal(asked.answer.type, "text/html; charset=utf-8");
    ask_for("/board.css");
    assert_string_equal(asked.said, "body");
    ask_for("/board.js");
    assert_string_equal(asked.said, "go");
    ask_for("/favicon.svg");
    assert_string_equal(asked.answer.type, "image/svg+xml");
    ask_for("/verify.html");
    assert_string_equal(asked.said, "<verify>");
    assert_header("Content-Disposition", "attachment; filename=\"verify.html\"");
    ask_for("/api/v1/events");
    assert_true(asked.answer.is_stream);
}

// What is not for everybody yet -----------------------------------------------------------------------------

static const char *const everything[] = {"/",
                                         "/metrics",
                                         "/livez",
                                         "/readyz",
                                         "/api/v1/draw",
                                         "/api/v1/agencies",
                                         "/api/v1/numbers",
                                         "/api/v1/rules",
                                         "/api/v1/seal",
                                         "/api/v1/result"};

static bool is_said_anywhere(const char *text) {
    bool found = false;
    char *events;
    size_t length;
    void *stream;
    for (size_t i = 0; i < sizeof everything / sizeof *everything; i++) {
        ask_for(everything[i]);
        found = found || says(text);
    }
    assert_true(board_stream_begin(asked.board, NULL, &stream));
    assert_true(board_stream_next(asked.board, stream, &events, &length));
    assert_non_null(events);
    found = found || strstr(events, text) != NULL;
    free(events);
    board_stream_end(asked.board, stream);
    return found;
}

// As `quiniela top` has it, at any time.
static void count_now(uint64_t expected) {
    static uint64_t counts[NUMBER_COUNTS];
    char failure[ERROR_TEXT_BYTES];
    uint64_t bets = 0;
    uint32_t age_s;
    number_counts_want(asked.options.numbers);
    for (int waited_ms = 0; !number_counts_read(asked.options.numbers, counts, &bets, &age_s, failure);
         waited_ms += READ_OFTEN_MS) {
        assert_true(waited_ms <= HANG_MS);
        poll(NULL, 0, READ_OFTEN_MS);
    }
    assert_int_equal(bets, expected);
}

static void numbers_are_told_of_all_bets(void **state) {
    (void)state;
    sign(false);
    open_ledger(1);
    assert_stored(.first = 0, .count = 12, .next = 12);
    open_board();
    count_now(12);
    assert_stored(.last = true, .first = 12, .count = 10, .next = 22);
    work_do(story.ledger);
    wait_until_it_says("/api/v1/draw", "\"state\":\"drawn\"");
    assert_answer_refused(503, "are being counted", "/api/v1/numbers");
    assert_header("Retry-After", "1");
    wait_until_it_says("/api/v1/numbers", "\"bets\":22,\"counts\":[0,20,0,");
    int wanted = counts_wanted;
    assert_true(wanted > 1);
    assert_int_equal(ask_for("/api/v1/numbers"), 200); // which has all: none is made again
    assert_int_equal(counts_wanted, wanted);
}

// Also while the draw is sealed, and until it is made.
static void a_fixed_number_is_nowhere_before_the_draw(void **state) {
    (void)state;
    sign(false);
    open_ledger(2);
    send_all();
    open_board();
    wait_until_it_says("/api/v1/draw", "\"bets\":17");
    assert_false(is_said_anywhere("7574"));
    assert_answer_refused(404, "once the draw is made", "/api/v1/numbers");
    assert_stored(.agency = 2, .last = true, .first = 5, .count = 5, .next = 10);
    wait_until_it_says("/api/v1/draw", "\"waits_for\":\"draw\"");
    assert_false(is_said_anywhere("7574"));
    assert_answer_refused(404, "once the draw is made", "/api/v1/numbers");
    work_do(story.ledger);
    wait_until_it_says("/api/v1/draw", "\"number\":\"7574\",\"winners\":2,");
    wait_until_it_says("/api/v1/numbers", "{\"draw\":\"1\",\"bets\":22,\"counts\":[0,20,0,0,");
    assert_int_equal(asked.answer.status, 200);
    assert_true(is_said_anywhere("7574"));
}

static void no_document_and_no_name_leaves(void **state) {
    (void)state;
    sign(false);
    open_ledger(1);
    assert_stored(.last = true, .first = 0, .from = 8888880, .count = 10, .next = 10);
    work_do(story.ledger);
    open_board();
    wait_until_it_says("/api/v1/draw", "\"winners\":1");
    assert_false(is_said_anywhere("888888"));
    assert_false(is_said_anywhere("Paz"));
}

// Signed ----------------------------------------------------------------------------------------------------

static void notes_of_a_signed_draw_are_handed_out(void **state) {
    (void)state;
    open_ledger(1);
    open_board();
    wait_until_it_says("/api/v1/draw", "\"seal\":null");
    assert_int_equal(ask_for("/api/v1/rules"), 200);
    assert_says("quiniela rules v1\n");
    assert_answer_refused(404, "{\"error\":\"there is no seal yet", "/api/v1/seal");
    assert_answer_refused(404, "{\"error\":\"there is no result yet", "/api/v1/result");
    assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
    wait_until_it_says("/api/v1/draw", "\"waits_for\":\"seal\"");
    asked.fails = true; // what the board knows of the draw is older than the seal, and its bets may be
    wait_until_it_says("/api/v1/draw", "\"store\":{\"ok\":false,");
    compute_seal();
    assert_int_equal(ask_for("/api/v1/seal"), 200);
    ask_for("/api/v1/draw");
    assert_says("\"seal\":null");
    asked.fails = false;
    wait_until_it_says("/api/v1/draw", "\"seal\":{\"origin\":\"" SMALL_NAME "/1\",\"root\":\"");
    assert_says("\",\"bets\":8,\"signed_by\":\"" SMALL_NAME "\"}");
    assert_int_equal(ask_for("/api/v1/seal"), 200);
    assert_string_equal(asked.answer.type, "text/plain; charset=utf-8");
    assert_int_equal(strncmp(asked.said, SMALL_NAME "/1\n", strlen(SMALL_NAME) + 3), 0);
}

// The seal would stand beside fewer bets than it has.
static void a_seal_is_not_shown_before_its_draw_was_read(void **state) {
    (void)state;
    begin_logging();
    open_ledger(1);
    open_board();
    wait_until_it_says("/api/v1/draw", "\"seal\":null");
    asked.fails = true;
    wait_until_it_says("/api/v1/draw", "\"error\":\"the store is away\"");
    assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
    compute_seal();
    assert_int_equal(ask_for("/api/v1/seal"), 200);
    assert_int_equal(ask_for("/api/v1/draw"), 200);
    assert_says("\"seal\":null");
    asked.fails = false;
    wait_until_it_says("/api/v1/draw", "\",\"bets\":8,\"signed_by\":\"");
    end_logging();
}

static void an_unsigned_draw_has_no_notes(void **state) {
    (void)state;
    sign(false);
    open_ledger(1);
    open_board();
    static const char *const notes[] = {"/api/v1/rules", "/api/v1/seal", "/api/v1/result"};
    for (size_t i = 0; i < 3; i++) {
        assert_answer_refused(404, "the draw is not signed\"}", notes[i]);
    }
}

// Trouble ---------------------------------------------------------------------------------------------------

// Once, however often it is tried.
static void end_logging_of_a_failure(void) {
    int failures = logged("WARNING  action: read_for_board | result: fail | error: ");
    int successes = logged("action: read_for_board | result: success");
    end_logging();
    assert_int_equal(failures, 1);
    assert_int_equal(successes, 1);
}

static void a_store_that_is_away_is_said_with_what_was_known(void **state) {
    (void)state;
    sign(false);
    open_ledger(2);
    asked.fails = true;
    begin_logging();
    open_board();
    wait_until_it_says("/api/v1/draw", "has not been read yet: the store is away");
    assert_int_equal(asked.answer.status, 503);
    assert_header("Retry-After", "1");
    assert_answer_refused(503, "the store is away", "/api/v1/agencies");
    asked.fails = false;
    wait_until_it_says("/api/v1/draw", "\"store\":{\"ok\":true,\"error\":null,");
    end_logging_of_a_failure();
    assert_stored(.agency = 1, .first = 0, .count = 12, .next = 12);
    wait_until_it_says("/api/v1/draw", "\"bets\":12");
    asked.fails = true;
    wait_until_it_says("/api/v1/draw", "\"store\":{\"ok\":false,\"error\":\"the store is away\",");
    assert_says("\"bets\":12");
    ask_for("/readyz");
    assert_says("store: it cannot be read: the store is away\n");
    assert_false(is_said_anywhere("host.example"));
}

static void a_store_that_hangs_is_said_with_what_was_known(void **state) {
    (void)state;
    sign(false);
    open_ledger(2);
    assert_stored(.agency = 1, .first = 0, .count = 12, .next = 12);
    open_board();
    asked.busy_for_ms = READ_HANGS_MS - 1;
    wait_until_it_says("/api/v1/draw", "\"store\":{\"ok\":true,\"error\":null,");
    asked.busy_for_ms = READ_HANGS_MS;
    assert_int_equal(ask_for("/api/v1/draw"), 200);
    assert_says("\"store\":{\"ok\":false,\"error\":\"the store, or a disk that is measured, has not answered "
                "for more than 5 s\",");
    assert_says("\"bets\":12");
    asked.busy_for_ms = 0;
    wait_until_it_says("/api/v1/draw", "\"store\":{\"ok\":true,");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        ANSWERS_TEST(a_draw_is_told_as_json),
        ANSWERS_TEST(agencies_are_listed),
        ANSWERS_TEST(what_is_not_understood_is_refused),
        ANSWERS_TEST(files_are_handed_out),
        ANSWERS_TEST(a_fixed_number_is_nowhere_before_the_draw),
        ANSWERS_TEST(numbers_are_told_of_all_bets),
        ANSWERS_TEST(no_document_and_no_name_leaves),
        ANSWERS_TEST(notes_of_a_signed_draw_are_handed_out),
        ANSWERS_TEST(a_seal_is_not_shown_before_its_draw_was_read),
        ANSWERS_TEST(an_unsigned_draw_has_no_notes),
        ANSWERS_TEST(a_store_that_is_away_is_said_with_what_was_known),
        ANSWERS_TEST(a_store_that_hangs_is_said_with_what_was_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
