// Private keys that a server could read, and that are not its own, are warned of once a folder.
#include "cmocka_all.h"
#include "descriptors.h"
#include "logged.h"
#include "temporary.h"

#include "cli/foreign_keys.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#define KEY "-----BEGIN PRIVATE KEY-----\nMC4\n-----END PRIVATE KEY-----\n"
#define OLD_KEY "-----BEGIN RSA PRIVATE KEY-----\nMC4\n"

enum { LOOKED_AT = 16 * 1024 }; // bytes of a file

static char root[PATH_MAX];

static void put(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folders(void **state) {
    (void)state;
    char made[TEMPORARY_BYTES];
    temporary_make(made, "test_foreign_keys");
    assert_non_null(realpath(made, root));
    assert_int_equal(chdir(root), 0);
    assert_int_equal(
        mkdir("own", 0700) | mkdir("shared", 0700) | mkdir("third", 0700) | mkdir("fourth", 0700), 0);
    put("own/server.key", KEY);
    put("own/server.crt", "-----BEGIN CERTIFICATE-----\n");
    begin_logging();
    return 0;
}

static int remove_folders(void **state) {
    (void)state;
    end_logging();
    assert_int_equal(chdir("/"), 0);
    return temporary_remove(root);
}

// NULL: the file is not set.
static void look(const char *cert, const char *key, const char *ca, const char *crl) {
    const struct tls_files files = {.certificate = cert, .key = key, .authority = ca, .revocations = crl};
    int before = descriptors();
    foreign_keys_warn(&files);
    assert_int_equal(descriptors(), before);
}

static void assert_warned(const char *folder, const char *files, int warnings) {
    char line[2 * PATH_MAX];
    snprintf(line, sizeof line,
             "WARNING  action: confine | result: in_progress | folder: %s/%s | message: this server can read "
             "private "
             "keys of others in it (%s): move them elsewhere\n",
             root, folder, files);
    assert_int_equal(logged("action: confine"), warnings);
    assert_int_equal(logged(line), 1);
}

static void its_own_key_is_none(void **state) {
    (void)state;
    assert_int_equal(link("own/server.key", "own/again.key"), 0);
    assert_int_equal(symlink("server.key", "own/link.key"), 0);
    look("own/server.crt", "own/server.key", "own/server.crt", NULL);
    assert_int_equal(logged("action: confine"), 0);
}

static void who_has_no_key_is_not_looked_at(void **state) {
    (void)state;
    look("own/server.crt", NULL, NULL, NULL);
    look("own/server.crt", "own/missing.key", NULL, NULL);
    assert_int_equal(logged("action: confine"), 0);
}

static void the_first_by_name_is_named(void **state) {
    (void)state;
    put("own/b.key", KEY);
    look("own/server.crt", "own/server.key", "own/server.crt", "own/none.crl");
    assert_warned("own", "b.key", 1);
    put("own/c.key", OLD_KEY);
    look(NULL, "own/server.key", NULL, NULL);
    assert_warned("own", "b.key and 1 more", 2);
    put("own/a.key", KEY);
    look(NULL, "own/server.key", NULL, NULL);
    assert_warned("own", "a.key and 2 more", 3);
}

static void each_folder_has_its_warning(void **state) {
    (void)state;
    put("own/one.key", KEY);
    put("shared/two.key", KEY);
    put("third/three.key", KEY);
    put("fourth/four.key", KEY);
    look("shared/x.crt", "own/server.key", "third/y.crt", "fourth/z.crl");
    assert_warned("own", "one.key", 4);
    assert_warned("shared", "two.key", 4);
    assert_warned("third", "three.key", 4);
    assert_warned("fourth", "four.key", 4);
}

static void a_folder_by_two_names_is_one(void **state) {
    (void)state;
    put("own/one.key", KEY);
    assert_int_equal(symlink("own", "same"), 0);
    look("same/server.crt", "own/server.key", "no/such/folder.crt", "./own/x.crl");
    assert_warned("own", "one.key", 1);
}

static void what_is_no_file_or_has_no_key_is_left_out(void **state) {
    (void)state;
    assert_int_equal(mkdir("own/folder.key", 0700), 0);
    assert_int_equal(mkfifo("own/pipe.key", 0600), 0);
    assert_int_equal(symlink("nowhere", "own/broken.key"), 0);
    put("own/empty.key", "");
    put("own/public.key", "-----BEGIN PUBLIC KEY-----\n");
    look(NULL, "own/server.key", NULL, NULL);
    assert_int_equal(logged("action: confine"), 0);
}

// It has to stand in what is looked at, whole.
static void only_the_beginning_of_a_file_is_looked_at(void **state) {
    (void)state;
    static char text[LOOKED_AT + 100];
    const size_t mark = strlen("PRIVATE KEY-----");
    memset(text, '\n', sizeof text - 1);
    memcpy(text + LOOKED_AT - mark + 1, "PRIVATE KEY-----", mark);
    put("own/late.key", text);
    look(NULL, "own/server.key", NULL, NULL);
    assert_int_equal(logged("action: confine"), 0);
    memset(text, '\n', sizeof text - 1);
    memcpy(text + LOOKED_AT - mark, "PRIVATE KEY-----", mark);
    put("own/late.key", text);
    look(NULL, "own/server.key", NULL, NULL);
    assert_warned("own", "late.key", 1);
}

int main(void) {
#define STORY(name) cmocka_unit_test_setup_teardown(name, make_folders, remove_folders)
    const struct CMUnitTest tests[] = {
        STORY(its_own_key_is_none),
        STORY(who_has_no_key_is_not_looked_at),
        STORY(the_first_by_name_is_named),
        STORY(each_folder_has_its_warning),
        STORY(a_folder_by_two_names_is_one),
        STORY(what_is_no_file_or_has_no_key_is_left_out),
        STORY(only_the_beginning_of_a_file_is_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
