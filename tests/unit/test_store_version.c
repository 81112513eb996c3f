// What is said of tables of another version has a command in it that can be pasted into a shell.
#include "cmocka_all.h"
#include "expect.h"

#include "bet/errors.h"
#include "store/opening.h"
#include "store/postgres_address.h"
#include "store/version.h"

#include <stdio.h>
#include <string.h>

static struct error error;

static void assert_says(const struct error_code *code, const char *words) {
    assert_ptr_equal(error.code, code);
    if (strstr(error.text, words) == NULL) {
        fail_msg("expected: %s\ncame: %s", words, error.text);
    }
}

static void a_shell_is_given_the_whole_name(void **state) {
    (void)state;
    static const char *const words[][2] = {
        {"/var/lib/night.db", "\"quiniela upgrade /var/lib/night.db\" upgrades it"},
        {"/var/noche 2/a.db", "\"quiniela upgrade '/var/noche 2/a.db'\" upgrades it"},
        {"/var/noche's.db", "\"quiniela upgrade '/var/noche'\\''s.db'\" upgrades it"},
        {"/var/$(rm).db", "\"quiniela upgrade '/var/$(rm).db'\" upgrades it"},
        {"", "\"quiniela upgrade ''\" upgrades it"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        assert_false(store_version_older(words[i][0], words[i][0], 3, &error));
        assert_says(ERROR_STORE_OLDER, words[i][1]);
    }
}

// None is cut, of whatever length, and nor is what follows.
static void no_name_is_cut(void **state) {
    (void)state;
    for (size_t length = 1; length < 1000; length++) {
        char path[1001] = "", command[1100];
        memset(path, '/', length);
        assert_false(store_version_older(path, path, 2, &error));
        bool is_whole = strstr(error.text, "quiniela upgrade STORE") == NULL;
        assert_true(is_whole || length > 200);
        snprintf(command, sizeof command, "\"quiniela upgrade %s\"", is_whole ? path : "STORE");
        assert_says(ERROR_STORE_OLDER, command);
        assert_says(ERROR_STORE_OLDER, "upgrades it, and so does the start of a server with UPGRADE=yes");
    }
}

static void so_does_what_is_said_of_one_that_is_halfway(void **state) {
    (void)state;
    assert_false(store_version_halfway("night.db", "a b", 2, &error));
    assert_says(ERROR_STORE_OLDER,
                "from version 2 has begun and not ended: \"quiniela upgrade 'a b'\" goes on with it");
}

static void what_cannot_be_upgraded_is_not_promised(void **state) {
    (void)state;
    assert_false(store_version_older("night.db", "night.db", 1, &error));
    assert_says(ERROR_STORE_FAILED, "version 1, from which there is no upgrade");
    assert_null(strstr(error.text, "quiniela upgrade"));
}

static void a_database_is_named_without_its_password(void **state) {
    (void)state;
    static const char *const words[][2] = {
        {"postgresql://ana:geheim@db:5433/lottery?options=-csearch_path%3Dx",
         "user=ana dbname=lottery host=db port=5433 options=-csearch_path=x"},
        {"host=db password='ge heim' sslpassword=geheim dbname='my lottery'", "dbname='my lottery' host=db"},
        {"host=db dbname='it''s'", ""},
        {"host=db dbname='it\\'s a \\\\'", "dbname='it\\'s a \\\\' host=db"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char text[POSTGRES_ADDRESS_BYTES];
        postgres_address_repeat(words[i][0], text);
        assert_string_equal(text, words[i][1]);
    }
    char host[900] = "host=", text[POSTGRES_ADDRESS_BYTES];
    memset(host + 5, 'x', sizeof host - 6);
    postgres_address_repeat(host, text);
    assert_true(strlen(text) < sizeof text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shell_is_given_the_whole_name),
        cmocka_unit_test(no_name_is_cut),
        cmocka_unit_test(so_does_what_is_said_of_one_that_is_halfway),
        cmocka_unit_test(what_cannot_be_upgraded_is_not_promised),
        cmocka_unit_test(a_database_is_named_without_its_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
