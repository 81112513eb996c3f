// Every word of --help of `client` and of `doctor` is translated.
#include "cmocka_all.h"

#include "base/catalog.h"
#include "base/translate.h"
#include "cli/client_options.h"

#include <stdlib.h>

// A text that is not in the catalog is given back itself.
static void expect_translated(const char *text) {
    if (translate(text) == text) {
        fail_msg("not in po/es.po, or not marked with N_: %s", text);
    }
}

static void expect_command_translated(const struct settings_command *command) {
    expect_translated(command->summary);
    expect_translated(command->details);
    for (const struct setting_group *group = command->groups; group->settings != NULL; group++) {
        expect_translated(group->title);
        for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
            expect_translated(setting->help);
        }
    }
}

static void all_of_the_help_is_translated(void **state) {
    (void)state;
    assert_int_equal(setenv("LC_ALL", "es", 1), 0);
    catalog_begin();
    expect_command_translated(&client_command);
    expect_command_translated(&doctor_command);
    catalog_end();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_of_the_help_is_translated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
