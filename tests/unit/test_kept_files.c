// What an agency keeps is its owner's alone, and who only looks at its place changes nothing there.
#include "promises_story.h"

#include <dirent.h>

static size_t count_files(const struct office *office) {
    size_t files = 0;
    DIR *folder = opendir(office->folder);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        files += entry->d_name[0] != '.';
    }
    closedir(folder);
    return files;
}

// As the doctor does, also while a client is just starting.
static void who_only_looks_makes_nothing_changes_nothing_and_is_in_nobodys_way(void **state) {
    struct office *office = *state;
    struct promises_options looking = {.agency = AGENCY,
                                       .key = *signing_key_public(office->sealed->server),
                                       .receipts = office->receipts,
                                       .only_looks = true};
    struct promises *looks;
    struct sent sent = chunk_of(0, 5);
    struct reply reply = acknowledgement(office, &sent);
    promises_close(&office->promises);
    assert_int_equal(unlink(office->receipts), 0);
    must(promises_open(&looking, &looks, &office->error), &office->error);
    assert_int_equal(promises_covered(looks), 0);
    assert_int_equal(count_files(office), 0);
    must(open_office(office), &office->error); // a client that starts meanwhile
    promises_close(&looks);
    must(promises_take_chunk(office->promises, &sent, &reply, &office->error), &office->error);
    must(promises_open(&looking, &looks, &office->error), &office->error);
    assert_int_equal(promises_covered(looks), 5);
    promises_close(&office->promises);
    must(open_office(office), &office->error);
    promises_close(&looks);
    struct stat status;
    assert_int_equal(stat(office->receipts, &status), 0);
    assert_int_equal(truncate(office->receipts, status.st_size - 3), 0);
    must(promises_open(&looking, &looks, &office->error), &office->error);
    assert_int_equal(promises_covered(looks), 0);
    promises_close(&looks);
    assert_int_equal(strlen(kept(office, "agency-3.receipts")), status.st_size - 3);
}

// A salt key is a secret, and false winners are documents.
static void nobody_else_reads_what_is_kept_whatever_the_umask(void **state) {
    struct office *office = *state;
    static const char key[] = "PwhjgRgKwbYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    struct reply reply = sealed_answer(office);
    struct stat status;
    bool is_new;
    size_t files = 0;
    assert_int_equal(unlink(office->receipts), 0);
    mode_t mask = umask(0);
    must(open_office(office), &office->error);
    reply.key = bet_slice_of(key, sizeof key - 1);
    must(promises_take_waiting(office->promises, &reply, &is_new, &office->error), &office->error);
    umask(mask);
    DIR *folder = opendir(office->folder);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] != '.') {
            assert_int_equal(stat(path_of(office, entry->d_name), &status), 0);
            assert_int_equal(status.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO), S_IRUSR | S_IWUSR);
            files++;
        }
    }
    closedir(folder);
    assert_int_equal(files, 4); // the receipts, the rules, the seal and the key
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_only_looks_makes_nothing_changes_nothing_and_is_in_nobodys_way),
        TEST(nobody_else_reads_what_is_kept_whatever_the_umask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
