// Every subcommand's help fits, no two settings share a field, and defaults are the contract's.
#include "settings_story.h"

#include "agency/limits.h"
#include "cli/cli.h"
#include "cli/client_options.h"
#include "cli/server_options.h"
#include "service/limits.h"

static const struct settings_command *const commands[] = {
    &server_command,  &client_command,  &export_command,  &status_command,  &check_command,  &restore_command,
    &backup_command,  &sample_command,  &compose_command, &ping_command,    &bench_command,  &keys_command,
    &verify_command,  &upgrade_command, &drain_command,   &reload_command,  &close_command,  &finish_command,
    &draws_command,   &winners_command, &erase_command,   &draw_command,    &change_command, &doctor_command,
    &reset_command,   &approve_command, &page_command,    &recount_command, &seal_command,   &prove_command,
    &package_command, &top_command,     &report_command};

static void every_command_has_flags_of_its_own_and_help_that_fits(void **state) {
    struct story *story = *state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        assert_int_equal(LOAD(commands[i], "--help"), SETTINGS_DONE);
        assert_non_null(strstr(story->printed, commands[i]->summary));
        char *rest = story->printed, flags[64][64] = {{0}};
        int count = 0;
        for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
            assert_true(strlen(line) <= 100);
            if (strncmp(line, "      --", 8) != 0 || line[8] == ' ') {
                continue;
            }
            assert_int_equal(sscanf(line, " --%63s", flags[count]), 1);
            for (int other = 0; other < count; other++) {
                assert_string_not_equal(flags[other], flags[count]);
            }
            count++;
        }
        assert_true(count >= 1);
    }
}

// Two settings on one field would be two names of which one is silently lost.
static void every_setting_has_a_field_of_its_own(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t fields[64], count = 0;
        for (const struct setting_group *group = commands[i]->groups; group->settings != NULL; group++) {
            for (const struct setting *setting = group->settings; setting->key != NULL; setting++) {
                size_t field = group->offset + setting->offset;
                for (size_t other = 0; other < count; other++) {
                    if (fields[other] == field) {
                        fail_msg("%s: %s fills the field of another setting", commands[i]->name,
                                 setting->key);
                    }
                }
                assert_true(count < 64);
                fields[count++] = field;
            }
        }
    }
}

static void the_defaults_are_those_of_the_contract(void **state) {
    struct story *story = *state;
    struct server_options server;
    story->options = &server;
    ASSERT_READY(&server_command);
    assert_int_equal(server.port, 12345);
    assert_int_equal(server.consult_port, 12346);
    assert_int_equal(server.listen_backlog, 5);
    assert_string_equal(server.store.address, "quiniela.db");
    assert_string_equal(server.store.draw, "1");
    assert_int_equal(server.winning_number, 7574);
    struct client_options client;
    story->options = &client;
    ASSERT_READY(&client_command);
    assert_string_equal(client.data_dir, "data");
    assert_int_equal(client.chunk_size, 1000);
    assert_int_equal(client.window, 4);
    assert_true(client.window <= REQUESTS_OUTSTANDING_MAX); // else the central would hold it back
    assert_int_equal(LOAD(&sample_command, "--help"), SETTINGS_DONE);
    assert_non_null(strstr(story->printed, "(default 26936,25518,16014,9238,991)"));
    assert_non_null(strstr(story->printed, "(default 2,3,3,2,0)"));
}

// Their enums are in the order of the words.
static void choices_are_what_their_words_say(void **state) {
    struct story *story = *state;
    struct server_options server;
    story->options = &server;
    ASSERT_READY(&server_command);
    assert_int_equal(server.service, SERVICE_LOTTERY);
    assert_int_equal(server.sandbox, SANDBOX_ON);
    ASSERT_READY(&server_command, "--service=echo", "--sandbox=off");
    assert_int_equal(server.service, SERVICE_ECHO);
    assert_int_equal(server.sandbox, SANDBOX_OFF);
}

static void the_classic_files_are_read_without_a_warning(void **state) {
    struct story *story = *state;
    struct server_options server;
    story->options = &server;
    write_file("[DEFAULT]\nSERVER_PORT = 12345\nCONSULT_SERVER_PORT = 12346\nSERVER_IP = server\n"
               "SERVER_LISTEN_BACKLOG = 5\nLOGGING_LEVEL = DEBUG\n");
    ASSERT_READY(&server_command, FILE_FLAG, "--agencies=3", "--once", "--loops", "2");
    assert_string_equal(story->printed, "");
    assert_string_equal(server.ip, "server");
    assert_int_equal(server.agencies, 3);
    assert_int_equal(server.log.level, LOG_LEVEL_DEBUG);
    struct client_options client;
    story->options = &client;
    write_file(
        "server:\n  address: \"server:12345\"\n  consult_address: \"server:12346\"\nloop:\n  amount: 5\n"
        "  lapse: \"0m20s\"\n  period: \"5s\"\nlog:\n  level: \"info\"\nbatch:\n  maxAmount: 500\n");
    ASSERT_READY(&client_command, FILE_FLAG, "--id=1", "--winners", "--window=1", "--nombre=Ana");
    assert_string_equal(story->printed, "");
    assert_string_equal(client.consult_address, "server:12346");
    assert_string_equal(settings_written(story->settings, &client.log.level), "info");
    assert_string_equal(client.bet[0], "Ana");
    assert_int_equal(client.chunk_size, 500);
    assert_int_equal(client.loop_amount, 5);
    assert_int_equal(client.loop_lapse_ms, 20000);
    assert_true(client.winners);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(every_command_has_flags_of_its_own_and_help_that_fits),
        STORY(every_setting_has_a_field_of_its_own),
        STORY(the_defaults_are_those_of_the_contract),
        STORY(choices_are_what_their_words_say),
        STORY(the_classic_files_are_read_without_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
