// A reader goes to any bet of a file, from anywhere, and reads on from there.
#include "reader_story.h"

#include "agency/listener.h"
#include "bet/errors.h"

#include <fcntl.h>

static void expect_seek(struct reader *reader, uint64_t index, const char *text, size_t length) {
    struct error error;
    if (!reader_seek(reader, index, &error)) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(reader_position(reader), index);
    const char *row = text;
    for (uint64_t i = 0; i < index; i++) {
        row = strchr(row, '\n') + 1;
    }
    expect_rows(reader, row, length - (size_t)(row - text));
}

static void it_goes_to_any_bet(void **state) {
    (void)state;
    size_t length;
    char *text = make_many(&length);
    char *marked = malloc(length + 3);
    assert_non_null(marked);
    memcpy(marked, "\xef\xbb\xbf", 3);
    memcpy(marked + 3, text, length);
    write_file(marked, length + 3);
    struct reader *reader = open_file();
    static const uint64_t places[] = {0, 1, 2999, MANY_BETS - 1, MANY_BETS, 12345, 0};
    text[length] = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        expect_seek(reader, places[i], text, length);
    }
    reader_close(&reader);
    free(marked);
    free(text);
}

static void it_goes_back_from_anywhere(void **state) {
    (void)state;
    size_t length;
    char *text = make_many(&length);
    write_file(text, length);
    struct reader *reader = open_file();
    struct chunk *chunk = chunk_new(CHUNK_BETS, MESSAGE_BYTES_MAX);
    struct error error;
    bool at_end;
    for (int i = 0; i < 3; i++) { // the buffer is full of what follows
        chunk_clear(chunk);
        assert_true(reader_fill(reader, chunk, CHUNK_BETS, MESSAGE_BYTES_MAX, &at_end, &error));
    }
    text[length] = '\0';
    expect_seek(reader, 5, text, length);
    chunk_free(chunk);
    reader_close(&reader);
    free(text);
}

static void a_place_beyond_the_end_is_refused(void **state) {
    (void)state;
    struct error error;
    write_file(LITERAL(BET("1") BET("2") BET("3")));
    struct reader *reader = open_file();
    assert_true(reader_seek(reader, 3, &error));
    assert_false(reader_seek(reader, 5, &error));
    assert_error(&error, ERROR_CONFLICT);
    assert_string_equal(error.text, FILE_NAME ": has 3 bets, but 5 are already stored");
    assert_int_equal(reader_position(reader), 3);
    reader_close(&reader);
}

// Including the byte order mark, the quotes, the empty lines at the end and a last line without an end.
static void all_of_a_file_can_be_read_again(void **state) {
    (void)state;
    static const char *const endings[] = {"", "\r", "\n", "\n\n", "\r\n\r\n", "\n\n\r"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "\xef\xbb\xbf" BET("1") "\"Ana\",Gómez,30904465,1999-03-17,2%s",
                 endings[i]);
        write_file(text, strlen(text));
        struct reader *reader = open_file();
        for (uint64_t round = 0; round < 4; round++) {
            expect_seek(reader, round % 2, BET("1") BET("2"), strlen(BET("1") BET("2")));
            assert_int_equal(reader_position(reader), 2);
            assert_int_equal(reader_offset(reader), strlen(text));
        }
        reader_close(&reader);
    }
}

// What follows empty lines is refused again when it is reached again.
static void what_was_refused_is_refused_again(void **state) {
    (void)state;
    write_file(LITERAL(BET("1") "\n" BET("2")));
    struct reader *reader = open_file();
    for (int round = 0; round < 2; round++) {
        struct error error;
        assert_true(reader_seek(reader, 0, &error) && reader_seek(reader, 1, &error));
        assert_false(reader_seek(reader, 2, &error));
        assert_error(&error, ERROR_BAD_BET);
        assert_string_equal(error.text, FILE_NAME ":2: an empty line within the file; delete it");
    }
    reader_close(&reader);
}

static void count_warnings(void *count, const struct quiniela_event *event) {
    *(int *)count += event->kind == QUINIELA_EVENT_NO_LINE_END;
}

static void a_last_line_without_an_end_gives_one_warning(void **state) {
    (void)state;
    write_file(LITERAL(BET("1") "Ana,Gómez,30904465,1999-03-17,2"));
    struct reader *reader = open_file();
    int warnings = 0;
    const struct listener listener = {count_warnings, &warnings};
    listener_use(&listener);
    for (int round = 0; round < 3; round++) {
        expect_seek(reader, 0, BET("1") BET("2"), strlen(BET("1") BET("2")));
    }
    listener_use(NULL);
    assert_int_equal(warnings, 1);
    reader_close(&reader);
}

static void a_pipe_cannot_go_back(void **state) {
    (void)state;
    assert_int_equal(mkfifo(FILE_NAME, 0600), 0);
    int writer = open(FILE_NAME, O_RDWR); // so that neither end waits for the other
    assert_int_equal(write(writer, LITERAL(BET("1") BET("2"))), strlen(BET("1") BET("2")));
    struct reader *reader = open_file();
    struct error error;
    assert_true(reader_seek(reader, 1, &error));
    assert_true(reader_seek(reader, 1, &error)); // which is where it is
    assert_false(reader_seek(reader, 0, &error));
    assert_error(&error, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, FILE_NAME ": is a pipe or the like, "));
    assert_non_null(
        strstr(error.text, "write the same bets to a file, and start the agency again with that"));
    close(writer);
    reader_close(&reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(it_goes_to_any_bet),
        STORY(it_goes_back_from_anywhere),
        STORY(a_place_beyond_the_end_is_refused),
        STORY(all_of_a_file_can_be_read_again),
        STORY(what_was_refused_is_refused_again),
        STORY(a_last_line_without_an_end_gives_one_warning),
        STORY(a_pipe_cannot_go_back),
    };
    return cmocka_run_group_tests_name("reader_seek", tests, NULL, NULL);
}
