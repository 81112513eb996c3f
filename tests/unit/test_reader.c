// The lines of a file become bets, complete and in order, wherever the reads cut them.
// What is not a bet is refused, naming file and line.
#include "reader_story.h"

#include "bet/errors.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>

static void expect_file(const char *text, size_t length, const char *rows) {
    write_file(text, length);
    struct reader *reader = open_file();
    expect_rows(reader, rows, strlen(rows));
    assert_int_equal(reader_offset(reader), length);
    assert_int_equal(reader_size(reader), length);
    reader_close(&reader);
    assert_null(reader);
    expect_messages_of_chunks(CHUNK_BETS, MESSAGE_BYTES_MAX);
    expect_messages_of_chunks(1, MESSAGE_BYTES_MAX);
}

static void lines_end_in_any_way(void **state) {
    (void)state;
    const char *rows = BET("1") BET("02");
    expect_file(LITERAL(BET("1") BET("02")), rows);
    expect_file(LITERAL("Ana,Gómez,30904465,1999-03-17,1\r\nAna,Gómez,30904465,1999-03-17,02\r\n"), rows);
    expect_file(LITERAL(BET("1") "Ana,Gómez,30904465,1999-03-17,02"), rows);
    expect_file(LITERAL(BET("1") "Ana,Gómez,30904465,1999-03-17,02\r"), rows);
}

static void a_byte_order_mark_is_not_part_of_the_first_name(void **state) {
    (void)state;
    expect_file(LITERAL("\xef\xbb\xbf" BET("1") BET("2")), BET("1") BET("2"));
    expect_file(LITERAL("\xef\xbb\xbf"), "");
    // Within a name it is a character like any other.
    expect_file(LITERAL("A\xef\xbb\xbfna,Paz,1,1999-03-17,7\n"), "A\xef\xbb\xbfna,Paz,1,1999-03-17,7\n");
}

static void empty_lines_at_the_end_are_not_bets(void **state) {
    (void)state;
    expect_file(LITERAL(BET("1") "\n"), BET("1"));
    expect_file(LITERAL(BET("1") "\r\n\n\r\n"), BET("1"));
    expect_file(LITERAL(BET("1") "\n\n\r"), BET("1"));
    expect_file(LITERAL("\n\n"), "");
}

static void fields_may_be_quoted(void **state) {
    (void)state;
    expect_file(LITERAL("\"Ana\",Gómez,\"30904465\",\"1999-03-17\",\"1\"\r\n" BET("2")), BET("1") BET("2"));
    expect_file(LITERAL("\"Ana \"\"la \"\"\"\"\"\"\",\"O\"\"Hara\",1,1999-03-17,7\n"),
                "Ana \"la \"\"\",O\"Hara,1,1999-03-17,7\n");
    // A quote inside a field that does not begin with one is a character like any other.
    expect_file(LITERAL("Ana \"la\",Gómez,1,1999-03-17,7\n"), "Ana \"la\",Gómez,1,1999-03-17,7\n");
}

static void an_empty_file_has_one_empty_chunk(void **state) {
    (void)state;
    write_file("", 0);
    struct reader *reader = open_file();
    assert_int_equal(expect_rows(reader, "", 0), 1);
    assert_int_equal(reader_position(reader), 0);
    reader_close(&reader);
}

static void a_chunk_knows_that_it_is_the_last(void **state) {
    (void)state;
    write_file(LITERAL(BET("1") BET("2") BET("3") BET("4")));
    struct reader *reader = open_file();
    struct chunk *chunk = chunk_new(2, MESSAGE_BYTES_MAX);
    struct error error;
    bool at_end;
    assert_true(reader_fill(reader, chunk, 2, MESSAGE_BYTES_MAX, &at_end, &error));
    assert_int_equal(chunk->count, 2);
    assert_false(at_end);
    assert_int_equal(reader_position(reader), 2);
    chunk_clear(chunk);
    assert_true(reader_fill(reader, chunk, 2, MESSAGE_BYTES_MAX, &at_end, &error));
    assert_int_equal(chunk->count, 2);
    assert_true(at_end); // and no empty one follows
    assert_int_equal(reader_position(reader), 4);
    chunk_free(chunk);
    reader_close(&reader);
}

static void a_chunk_ends_before_its_message_is_too_long(void **state) {
    (void)state;
    const char *quoted = "Ana \"\"la\"\",Gómez,1,1999-03-17,7"; // in JSON, quotes are escaped
    size_t bytes = message_bet_bytes(quoted, strlen(quoted));
    assert_true(bytes > strlen(quoted) + 4);
    char text[1024] = "";
    for (int i = 0; i < 10; i++) {
        strcat(strcat(text, quoted), "\n");
    }
    write_file(text, strlen(text));
    struct reader *reader = open_file();
    struct chunk *chunk = chunk_new(10, MESSAGE_BYTES_MAX);
    struct error error;
    bool at_end;
    static const struct {
        size_t spare;
        uint32_t count;
    } rounds[] = {{0, 3}, {0, 3}, {1, 3}, {0, 1}};
    for (size_t i = 0; i < 4; i++) {
        chunk_clear(chunk);
        assert_true(reader_fill(reader, chunk, 10, 3 * bytes + rounds[i].spare, &at_end, &error));
        assert_int_equal(chunk->count, rounds[i].count);
        assert_int_equal(at_end, i == 3);
    }
    chunk_clear(chunk);
    assert_true(reader_seek(reader, 0, &error));
    assert_true(reader_fill(reader, chunk, 10, 3 * bytes - 1, &at_end, &error));
    assert_int_equal(chunk->count, 2);
    chunk_free(chunk);
    reader_close(&reader);
}

static void expect_bad_line(const char *line, size_t length, const char *reason) {
    char text[1024 * 256];
    char expected[ERROR_TEXT_BYTES];
    assert_true(length < sizeof text - 256);
    size_t before = (size_t)sprintf(text, "%s", BET("1") BET("2"));
    memcpy(text + before, line, length);
    size_t after = (size_t)sprintf(text + before + length, "\n%s", BET("3"));
    write_file(text, before + length + after);
    struct reader *reader = open_file();
    struct chunk *chunk = chunk_new(10, MESSAGE_BYTES_MAX);
    struct error error;
    bool at_end;
    // What comes before it is good: a chunk is not blamed for the line after it.
    assert_true(reader_fill(reader, chunk, 2, MESSAGE_BYTES_MAX, &at_end, &error));
    assert_int_equal(chunk->count, 2);
    assert_false(at_end);
    chunk_clear(chunk);
    assert_false(reader_fill(reader, chunk, 10, MESSAGE_BYTES_MAX, &at_end, &error));
    assert_error(&error, ERROR_BAD_BET);
    snprintf(expected, sizeof expected, FILE_NAME ":3: %s", reason);
    assert_string_equal(error.text, expected);
    chunk_free(chunk);
    reader_close(&reader);
    for (uint32_t count = 1; count <= 4; count++) {
        expect_messages_of_chunks(count, MESSAGE_BYTES_MAX);
    }
    for (size_t bytes = 30; bytes < 120; bytes++) { // of which the bad line has room or not
        expect_messages_of_chunks(10, bytes);
    }
}

static void bad_lines_are_named(void **state) {
    (void)state;
    expect_bad_line(LITERAL("Ana,Gómez,x-1,1999-03-17,7"),
                    "documento: has other characters than ASCII letters and digits: \"x-1\"");
    expect_bad_line(LITERAL("Ana,Gómez,1,1999-02-29,7"), "nacimiento: is not a real date: \"1999-02-29\"");
    expect_bad_line(LITERAL("Ana,Gómez,1,1999-03-17,\"7x\""),
                    "numero: has other characters than digits: \"7x\"");
    expect_bad_line(LITERAL("Ana,Gómez,1,1999-03-17"),
                    "the bet has 4 fields instead of 5: \"Ana,Gómez,1,1999-03-17\"");
    expect_bad_line(LITERAL("Ana,Gómez,1,1999-03-17,7,"),
                    "the bet has 6 fields instead of 5: \"Ana,Gómez,1,1999-03-17,7,\"");
    expect_bad_line(LITERAL("A\0a,Gómez,1,1999-03-17,7"), "nombre: holds a control character: \"A\\x00a\"");
    expect_bad_line(LITERAL("\r"), "an empty line within the file; delete it");
    expect_bad_line(LITERAL(""), "an empty line within the file; delete it");
    expect_bad_line(LITERAL("\n\n\r"), "an empty line within the file; delete it");
    expect_bad_line(
        LITERAL("\xef\xbb\xbf"
                "Ana,Gómez,1,1999-03-17,7"),
        "a byte order mark within the file: were two files joined?: "
        "\"\\ufeffAna,Gómez,1,1999-03-17,7\"; delete it, and check that the line before is complete");
}

static void quotes_must_match(void **state) {
    (void)state;
    expect_bad_line(
        LITERAL("\"Ana,Gómez,1,1999-03-17,7"),
        "a quote that is not closed, or stands alone: \"\\\"Ana,Gómez,1,1999-03-17,7\"; close it; "
        "within quotes, write it twice");
    expect_bad_line(
        LITERAL("Ana,Gómez,1,1999-03-17,\"7"),
        "a quote that is not closed, or stands alone: \"Ana,Gómez,1,1999-03-17,\\\"7\"; close it; "
        "within quotes, write it twice");
    expect_bad_line(LITERAL("\"Ana\"x,Gómez,1,1999-03-17,7"),
                    "a comma within quotes, or text after them: \"\\\"Ana\\\"x,Gómez,1,1999-03-17,7\"; a "
                    "bet's fields cannot contain commas");
    expect_bad_line(
        LITERAL("\"Ana\nMaría\",Gómez,1,1999-03-17,7"),
        "a quote that is not closed, or stands alone: \"\\\"Ana\"; close it; within quotes, write it twice");
    // Four fields, one of which would pass for two.
    expect_bad_line(LITERAL("\"Ana,Gómez\",1,1999-03-17,7"),
                    "a comma within quotes, or text after them: \"\\\"Ana,Gómez\\\",1,1999-03-17,7\"; a "
                    "bet's fields cannot contain commas");
}

#define MANY_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."

static void a_line_has_an_end(void **state) {
    (void)state;
    static char line[200 * 1024];
    memset(line, 'a', sizeof line);
    expect_bad_line(line, BET_TEXT_BYTES_MAX + 1, "the bet has 513 bytes, more than 512: \"" MANY_A "\"");
    expect_bad_line(line, 2 * BET_TEXT_BYTES_MAX + 1, "the line is too long for a bet: \"" MANY_A "\"");
    expect_bad_line(line, sizeof line, "the line is too long for a bet: \"" MANY_A "\""); // beyond any buffer
}

// A file that was `before` when it was opened, and is `after` when it is read; or through a pipe.
static bool read_changed(const char *before, const char *after, bool strict, struct error *error) {
    const struct timespec then[2] = {{7, 500}, {7, 500}}, now[2] = {{7, 501}, {7, 501}};
    write_file(before, strlen(before));
    assert_int_equal(utimensat(AT_FDCWD, FILE_NAME, then, 0), 0);
    struct reader *reader = open_file();
    if (strict) {
        reader_set_strict(reader);
    }
    if (after != NULL) {
        write_file(after, strlen(after));
        assert_int_equal(utimensat(AT_FDCWD, FILE_NAME, now, 0), 0);
    }
    struct chunk *chunk = chunk_new(CHUNK_BETS, MESSAGE_BYTES_MAX);
    bool at_end, read = reader_fill(reader, chunk, CHUNK_BETS, MESSAGE_BYTES_MAX, &at_end, error);
    assert_true(!read || at_end);
    chunk_clear(chunk);
    // Skipping it means accepting it, too.
    struct error ignored;
    assert_int_equal(reader_seek(reader, 0, &ignored) && reader_seek(reader, 2, &ignored), read);
    chunk_free(chunk);
    reader_close(&reader);
    return read;
}

static void a_last_line_may_be_cut_short(void **state) {
    (void)state;
    const char *whole = BET("1") BET("7574"), *cut = BET("1") "Ana,Gómez,30904465,1999-03-17,75";
    struct error error;
    assert_true(read_changed(whole, NULL, true, &error));
    assert_true(read_changed(cut, whole, false, &error)); // by now it is complete
    assert_true(read_changed(cut, NULL, false, &error));
    assert_false(read_changed(cut, cut, false, &error)); // again, in the same second
    assert_false(read_changed(cut, NULL, true, &error));
    assert_error(&error, ERROR_BAD_BET);
    assert_string_equal(
        error.text,
        FILE_NAME ":2: the last line has no line end and may be cut short: "
                  "\"Ana,Gómez,30904465,1999-03-17,75\"; check that the file is complete, and end the line");
    assert_false(read_changed(BET("1") "Ana,Góm", cut, false, &error));
    assert_non_null(strstr(error.text, "cut short, as the file has changed while it was read"));
}

static void lines_are_complete_wherever_a_read_ends(void **state) {
    (void)state;
    size_t length;
    char *text = make_many(&length);
    write_file(text, length);
    struct reader *reader = open_file();
    assert_int_equal(expect_rows(reader, text, length), MANY_BETS / CHUNK_BETS);
    assert_int_equal(reader_position(reader), MANY_BETS);
    reader_close(&reader);
    expect_messages_of_chunks(CHUNK_BETS, MESSAGE_BYTES_MAX);
    expect_messages_of_chunks(CHUNK_BETS, 10000);
    free(text);
}

struct trickle {
    const char *text;
    size_t length, piece;
};

// Waits until all that was written has been read, so that the next read gets only the next piece.
static void await_empty(int descriptor) {
    int unread = 0;
    while (ioctl(descriptor, FIONREAD, &unread) == 0 && unread > 0) {
        sched_yield();
    }
}

static void *write_pieces(void *argument) {
    const struct trickle *trickle = argument;
    int descriptor = open(FILE_NAME, O_WRONLY);
    size_t written = 0;
    while (descriptor >= 0 && written < trickle->length) {
        size_t left = trickle->length - written;
        ssize_t now =
            write(descriptor, trickle->text + written, left < trickle->piece ? left : trickle->piece);
        if (now < 0) {
            break;
        }
        written += (size_t)now;
        await_empty(descriptor);
    }
    close(descriptor);
    return NULL;
}

static void expect_through_pipe(const char *text, size_t length, size_t piece, const char *rows) {
    struct trickle trickle = {text, length, piece};
    pthread_t writer;
    assert_int_equal(mkfifo(FILE_NAME, 0600), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_pieces, &trickle), 0);
    struct reader *reader = open_file();
    assert_int_equal(reader_size(reader), 0); // not known
    expect_rows(reader, rows, strlen(rows));
    reader_close(&reader);
    assert_int_equal(pthread_join(writer, NULL), 0);
    assert_int_equal(unlink(FILE_NAME), 0);
}

static void reading_goes_on_after_short_reads(void **state) {
    (void)state;
    size_t length;
    char *text = make_many(&length);
    text[length] = '\0';
    expect_through_pipe(text, length, 100, text);
    free(text);
    const char *marked = "\xef\xbb\xbf" BET("1") "\"Ana\",Gómez,30904465,1999-03-17,2\r\n";
    expect_through_pipe(marked, strlen(marked), 1, BET("1") BET("2"));
}

static void a_file_that_cannot_be_read_is_named(void **state) {
    (void)state;
    struct reader *reader;
    struct error error;
    assert_false(reader_open("no/agency-7.csv", &reader, &error));
    assert_null(reader);
    assert_error(&error, ERROR_SYSTEM);
    assert_string_equal(error.text, "no/agency-7.csv: cannot be read: there is no folder \"no\"");
    assert_false(reader_open("./agency-7.csv", &reader, &error));
    assert_string_equal(error.text, "./agency-7.csv: cannot be read: No such file or directory");
    assert_false(reader_open(".", &reader, &error));
    assert_string_equal(error.text, ".: cannot be read: Is a directory");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(lines_end_in_any_way),
        STORY(a_byte_order_mark_is_not_part_of_the_first_name),
        STORY(empty_lines_at_the_end_are_not_bets),
        STORY(fields_may_be_quoted),
        STORY(an_empty_file_has_one_empty_chunk),
        STORY(a_chunk_knows_that_it_is_the_last),
        STORY(a_chunk_ends_before_its_message_is_too_long),
        STORY(bad_lines_are_named),
        STORY(quotes_must_match),
        STORY(a_line_has_an_end),
        STORY(a_last_line_may_be_cut_short),
        STORY(lines_are_complete_wherever_a_read_ends),
        STORY(reading_goes_on_after_short_reads),
        STORY(a_file_that_cannot_be_read_is_named),
    };
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
