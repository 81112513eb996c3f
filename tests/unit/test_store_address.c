// What is asked of a store's address is answered by the kind of store that it is of.
// The third kind is memory_store.c: its line in the table is all that the program knows of it.
#include "cmocka_all.h"

#include "bet/errors.h"
#include "memory_store.h"
#include "store/backend.h"
#include "store/store.h"
#include "store/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char database[] = "postgresql://ana:secret@db:6432/lottery", file[] = "/var/lib/bets.db",
                  memory[] = "memory:bets";

static void every_address_has_one_kind(void **state) {
    (void)state;
    const struct store_kind *shared = store_kind_of(database), *files = store_kind_of(file);
    assert_true(shared->operations->is_shared && shared->is_remote);
    assert_false(files->operations->is_shared || files->is_remote);
    assert_ptr_equal(store_kind_of("host=db dbname=lottery"), shared);
    assert_ptr_equal(store_kind_of("postgres://db"), shared);
    assert_ptr_equal(store_kind_of(""), files);
    assert_ptr_equal(store_kind_of("bets=1.db"), files); // no word of libpq's
    assert_ptr_not_equal(store_kind_of(memory), files);
    assert_ptr_not_equal(store_kind_of(memory), shared);
}

static void assert_refused(const char *address) {
    struct error error;
    assert_false(store_check_address(address, &error));
    if (error.code != ERROR_BAD_SETTING || strstr(error.text, "secret") != NULL) {
        fail_msg("\"%s\" was expected to be a bad setting, without its password: %s", address, error.text);
    }
}

static void what_cannot_be_an_address_is_refused(void **state) {
    (void)state;
    struct error error;
    assert_refused("");
    assert_refused(":memory:");
    assert_refused("mysql://db/lottery");
    assert_refused("postgresql://ana:secret@db:6432/lottery?nothing=1");
    assert_refused("memory:"); // as that kind says
    assert_true(store_check_address(database, &error));
    assert_true(store_check_address(file, &error));
    assert_true(store_check_address(memory, &error));
}

static void assert_shown(const char *address, const char *expected) {
    char text[STORE_ADDRESS_BYTES];
    store_show_address(address, text);
    assert_string_equal(text, expected);
}

static void a_password_is_not_shown(void **state) {
    (void)state;
    static const char *const addresses[] = {database, "host=db password=secret", file, memory};
    assert_shown(database, "postgresql://db:6432/lottery");
    assert_shown("postgresql://a:1,b:2/lottery", "postgresql://a:1,b:2/lottery");
    assert_shown(file, file);
    assert_shown(memory, memory);
    for (size_t i = 0; i < 4; i++) {
        char address[64], stars[64];
        snprintf(address, sizeof address, "%s", addresses[i]);
        memset(stars, '*', strlen(address));
        stars[strlen(address)] = '\0';
        store_conceal_address(address);
        assert_string_equal(address, i < 2 ? stars : addresses[i]);
    }
}

static void what_a_sandbox_has_to_leave(void **state) {
    (void)state;
    struct store_needs needs;
    unsetenv("PGSERVICE");
    store_needs(database, &needs);
    assert_true(needs.connects);
    assert_int_equal(needs.port_count, 1);
    assert_int_equal(needs.ports[0], 6432);
    store_needs("service=lottery", &needs);
    assert_true(needs.connects);
    assert_int_equal(needs.port_count, 0); // any
    store_needs(file, &needs);
    assert_false(needs.connects);
    assert_int_equal(needs.port_count, 0);
    store_needs(memory, &needs);
    assert_false(needs.connects);
}

// Counts the paths that are written, and those that are read.
static void count_path(void *context, const char *path, bool is_written) {
    (void)path;
    ((int *)context)[is_written]++;
}

static void the_paths_it_is_opened_with(void **state) {
    (void)state;
    int of_file[2] = {0}, of_database[2] = {0}, of_memory[2] = {0};
    store_paths(file, count_path, of_file);
    store_paths(database, count_path, of_database);
    store_paths(memory, count_path, of_memory);
    assert_int_equal(of_file[false], 0);
    assert_int_equal(of_file[true], 6); // the folder, the database, and four that SQLite or we have beside it
    assert_int_equal(of_database[true], 0);
    assert_true(of_database[false] > 0);
    assert_int_equal(of_memory[true] + of_memory[false], 0);
}

static void what_a_file_begins_with(void **state) {
    (void)state;
    assert_string_equal(store_file_begins("SQLite format 3", 16), "a database");
    assert_string_equal(store_file_begins("\x37\x7f\x06\x83", 4), "a database's log");
    assert_null(store_file_begins("SQLite format 3", 15));
    assert_null(store_file_begins("agencia,nombre,a", 16));
    assert_null(store_file_begins("", 0));
    assert_string_equal(store_file_begins("kept in memory", 14), "a store in memory"); // as that kind says
}

static void ignore(void *context) {
    (void)context;
}

// The third kind is opened, and asked what it can do, as the others are.
static void a_third_kind_is_a_line_of_the_table(void **state) {
    (void)state;
    struct store *store;
    struct store_watch *watch;
    struct store_identity identity = {0};
    struct error error;
    must(store_open_same(memory, "1", &identity, &store, &error), &error);
    assert_string_equal(store_place(store), memory);
    assert_string_equal(store_draw_name(store), "1");
    assert_false(store_is_shared(store));
    must(store_try_room(store, 1 << 20, &error), &error); // which it cannot tell
    store_give_up(&store);
    must(store_open_same(memory, "1", &identity, &store, &error), &error);
    store_close(&store);
    store_forget(&identity);
    must(store_watch_start(memory, ignore, NULL, &watch, &error), &error);
    assert_null(watch);
    memory_store_forget();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_has_one_kind),
        cmocka_unit_test(what_cannot_be_an_address_is_refused),
        cmocka_unit_test(a_password_is_not_shown),
        cmocka_unit_test(what_a_sandbox_has_to_leave),
        cmocka_unit_test(the_paths_it_is_opened_with),
        cmocka_unit_test(what_a_file_begins_with),
        cmocka_unit_test(a_third_kind_is_a_line_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
