// Sample data has as many winners as asked for, only legal bets, and the same for the same seed.
// Nothing is written when what was asked for cannot be.
#include "command.h"

#include "bet/bet.h"
#include "cli/sample_bets.h"

enum { NUMBER = 7574 };

// What is asked for.
struct asked {
    uint64_t seed;
    uint32_t agency, bets, winners;
    uint16_t number;
};

static void begin_as(struct sample_bets *sample, struct asked asked) {
    sample_bets_begin(sample, asked.seed, asked.agency, asked.bets, asked.winners, asked.number);
}

#define begin(sample, ...) begin_as(sample, (struct asked){__VA_ARGS__})

// Makes up the bets, checks each, and checks that as many win as were asked for.
static void assert_winners_as(struct asked asked) {
    struct sample_bets sample;
    char text[BET_TEXT_BYTES_MAX];
    uint32_t count = 0, found = 0;
    begin_as(&sample, asked);
    for (size_t length; (length = sample_bets_next(&sample, text)) > 0; count++) {
        struct bet bet;
        struct error error;
        assert_int_equal(length, strlen(text));
        assert_true(bet_parse(text, length, &bet, &error));
        assert_int_equal(bet.fields[BET_DOCUMENT].length, 8);
        found += bet.number == asked.number;
    }
    assert_int_equal(count, asked.bets);
    assert_int_equal(sample_bets_next(&sample, text), 0);
    assert_int_equal(found, asked.winners);
}

#define assert_winners(...) assert_winners_as((struct asked){__VA_ARGS__})

static void just_as_many_win_as_were_asked_for(void **state) {
    (void)state;
    assert_winners(.seed = 1, .agency = 1, .bets = 26936, .winners = 2, .number = NUMBER);
    assert_winners(.seed = 1, .agency = 1, .bets = 20000, .winners = 0, .number = NUMBER);
    assert_winners(.seed = 7, .agency = 3, .bets = 20000, .winners = 19999, .number = NUMBER);
    assert_winners(.seed = 7, .agency = 3, .bets = 500, .winners = 500, .number = NUMBER);
    assert_winners(.seed = 1, .agency = 1, .bets = 0, .winners = 0, .number = NUMBER);
}

static void the_first_and_the_last_number_can_win(void **state) {
    (void)state;
    assert_winners(.seed = 1, .agency = 1, .bets = 20000, .winners = 5, .number = 0);
    assert_winners(.seed = 1, .agency = 1, .bets = 20000, .winners = 5, .number = BET_NUMBER_MAX);
}

// 5000 files of ten bets with a winner each: every place comes up some 500 times.
static void the_winners_stand_at_any_place(void **state) {
    (void)state;
    int at[10] = {0};
    for (uint32_t agency = 1; agency <= 5000; agency++) {
        struct sample_bets sample;
        char text[BET_TEXT_BYTES_MAX];
        begin(&sample, .seed = 1, .agency = agency, .bets = 10, .winners = 1, .number = NUMBER);
        for (int i = 0; sample_bets_next(&sample, text) > 0; i++) {
            at[i] += strstr(text, ",7574") != NULL;
        }
    }
    for (int i = 0; i < 10; i++) {
        assert_in_range(at[i], 400, 600);
    }
}

static void every_losing_number_comes_up(void **state) {
    (void)state;
    static uint16_t times[BET_NUMBER_MAX + 1];
    struct sample_bets sample;
    char text[BET_TEXT_BYTES_MAX];
    begin(&sample, .seed = 1, .agency = 1, .bets = 400000, .winners = 0, .number = NUMBER);
    while (sample_bets_next(&sample, text) > 0) {
        times[atoi(strrchr(text, ',') + 1)]++;
    }
    for (int number = 0; number <= BET_NUMBER_MAX; number++) {
        assert_int_equal(times[number] > 0, number != NUMBER);
    }
}

// What other machines and later versions have to make too.
static void the_bets_are_the_same_everywhere(void **state) {
    (void)state;
    static const char *const expected[] = {
        "Tomás José,Cardozo,21712520,1960-12-10,5768",
        "Federico Martina,López,43467168,2002-12-20,2696",
        "Fermín,Güemes,42777314,1977-04-09,1433",
    };
    struct sample_bets sample;
    char text[BET_TEXT_BYTES_MAX];
    begin(&sample, .seed = 1, .agency = 1, .bets = 26936, .winners = 2, .number = NUMBER);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(sample_bets_next(&sample, text) > 0);
        assert_string_equal(text, expected[i]);
    }
}

static void another_seed_or_agency_makes_other_bets(void **state) {
    (void)state;
    struct sample_bets sample;
    char texts[4][BET_TEXT_BYTES_MAX];
    for (uint32_t i = 0; i < 4; i++) {
        sample_bets_begin(&sample, 1 + i / 2, 1 + i % 2, 10, 1, NUMBER);
        assert_true(sample_bets_next(&sample, texts[i]) > 0);
        for (uint32_t other = 0; other < i; other++) {
            assert_string_not_equal(texts[i], texts[other]);
        }
    }
}

// The command ---------------------------------------------------------------------------------------------

static void files_are_written_and_told_of(void **state) {
    (void)state;
    assert_int_equal(run_command(cli_sample, "sample", "--dir", "data", "--sizes", "3,1,0", "--winners",
                                 "2,1,0", "--number", "42", NULL),
                     EXIT_DONE);
    assert_string_equal(command_output, "data/agency-1.csv: 3 bets, 2 winners\n"
                                        "data/agency-2.csv: 1 bet, 1 winner\n"
                                        "data/agency-3.csv: 0 bets, 0 winners\n");
    assert_string_equal(command_errors, "");
    assert_int_equal(count_files("data"), 3);
    assert_file("data/agency-3.csv", "");
    struct sample_bets sample;
    char text[BET_TEXT_BYTES_MAX];
    begin(&sample, .seed = 1, .agency = 2, .bets = 1, .winners = 1, .number = 42);
    strcpy(text + sample_bets_next(&sample, text), "\r\n");
    assert_file("data/agency-2.csv", text);
}

static void a_file_depends_on_no_other(void **state) {
    (void)state;
    assert_int_equal(
        run_command(cli_sample, "sample", "--dir", "a", "--sizes", "9,5", "--winners", "1,1", NULL),
        EXIT_DONE);
    assert_int_equal(
        run_command(cli_sample, "sample", "--dir", "b", "--sizes", "2,5,7", "--winners", "0,1,3", NULL),
        EXIT_DONE);
    assert_int_equal(system("cmp a/agency-2.csv b/agency-2.csv"), 0);
}

static void what_cannot_be_is_refused_before_anything_is_written(void **state) {
    (void)state;
    static const struct {
        const char *sizes, *winners, *error;
    } wrong[] = {
        {"3,2", "1", "--winners: it has 1 number, --sizes has 2"},
        {"3", "1,0", "--winners: it has 2 numbers, --sizes has 1"},
        {"3,2", "1,3", "--winners: agency 2 cannot have 3 among 2 bets"},
        {"-3", "0", "--sizes: number 1 of the list"},
        {"3,", "0,0", "--sizes: number 2 of the list"},
        {"3, 4", "0,0", "--sizes: number 2 of the list"},
        {"3;4", "0,0", "--sizes: number 1 of the list"},
        {"3,4", "0,1x", "--winners: number 2 of the list"},
        {"1000000001", "0", "--sizes: number 1 of the list"},
        {"18446744073709551617", "0", "--sizes: number 1 of the list"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(run_command(cli_sample, "sample", "--dir", "data", "--sizes", wrong[i].sizes,
                                     "--winners", wrong[i].winners, NULL),
                         EXIT_WRONG_USE);
        assert_one_error(wrong[i].error);
    }
    assert_int_equal(count_files("."), 0);
}

static void there_may_be_ten_thousand_files_and_no_more(void **state) {
    (void)state;
    static char list[2 * 10001];
    for (size_t i = 0; i < 10001; i++) {
        memcpy(list + 2 * i, "0,", 2);
    }
    list[sizeof list - 1] = '\0';
    assert_int_equal(run_command(cli_sample, "sample", "--sizes", list, "--winners", list, NULL),
                     EXIT_WRONG_USE);
    assert_one_error("--sizes: it has more than 10000 numbers");
    list[sizeof list - 3] = '\0'; // a comma less and a number less: the next complaint is about another list
    assert_int_equal(run_command(cli_sample, "sample", "--sizes", list, "--winners", "0", NULL),
                     EXIT_WRONG_USE);
    assert_one_error("--winners: it has 1 number, --sizes has 10000");
}

static void a_folder_that_cannot_be_written_is_named(void **state) {
    (void)state;
    write_text("file", "");
    assert_int_equal(run_command(cli_sample, "sample", "--dir", "file/data", NULL), EXIT_FAILED);
    assert_one_error("quiniela sample: file/data: cannot make the directory: Not a directory");
    assert_int_equal(run_command(cli_sample, "sample", "--dir", "none/data", NULL), EXIT_FAILED);
    assert_one_error("quiniela sample: none/data: cannot make the directory: No such file");
    assert_int_equal(run_command(cli_sample, "sample", "--dir", "file", NULL), EXIT_FAILED);
    assert_one_error(
        "quiniela sample: file/agency-1.csv: it or its folder cannot be reached: Not a directory");
}

static void output_that_cannot_be_written_is_a_failure(void **state) {
    (void)state;
    assert_int_equal(run_command_into(open("/dev/full", O_WRONLY), cli_sample, "sample", "--sizes", "1",
                                      "--winners", "0", NULL),
                     EXIT_FAILED);
    assert_string_equal(command_errors,
                        "quiniela sample: standard output: cannot write: No space left on device\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(just_as_many_win_as_were_asked_for),
        STORY(the_first_and_the_last_number_can_win),
        STORY(the_winners_stand_at_any_place),
        STORY(every_losing_number_comes_up),
        STORY(the_bets_are_the_same_everywhere),
        STORY(another_seed_or_agency_makes_other_bets),
        STORY(files_are_written_and_told_of),
        STORY(a_file_depends_on_no_other),
        STORY(what_cannot_be_is_refused_before_anything_is_written),
        STORY(there_may_be_ten_thousand_files_and_no_more),
        STORY(a_folder_that_cannot_be_written_is_named),
        STORY(output_that_cannot_be_written_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
