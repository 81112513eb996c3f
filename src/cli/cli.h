// The subcommands: the settings of each, and the function that runs it. The function takes the command line
// from the command's own name on, and returns the program's exit code (command.h).
#ifndef QUINIELA_CLI_CLI_H
#define QUINIELA_CLI_CLI_H

#include "base/settings.h"

extern const struct settings_command doctor_command;
extern const struct settings_command server_command, client_command, export_command, status_command,
    top_command, check_command, sample_command, compose_command, ping_command, bench_command, keys_command,
    verify_command, config_command, upgrade_command, drain_command, reload_command, close_command,
    finish_command, reset_command;
extern const struct settings_command backup_command, restore_command;
extern const struct settings_command draws_command, winners_command;
extern const struct settings_command erase_command;
extern const struct settings_command draw_command;
extern const struct settings_command change_command;
extern const struct settings_command approve_command;
extern const struct settings_command recount_command;
extern const struct settings_command page_command;
extern const struct settings_command seal_command;
extern const struct settings_command report_command;
extern const struct settings_command prove_command, package_command;

int cli_server(const struct command_line *line);
int cli_client(const struct command_line *line);
int cli_doctor(const struct command_line *line);
int cli_export(const struct command_line *line);
int cli_status(const struct command_line *line);
int cli_top(const struct command_line *line);
int cli_check(const struct command_line *line);
int cli_restore(const struct command_line *line);
int cli_backup(const struct command_line *line);
int cli_sample(const struct command_line *line);
int cli_compose(const struct command_line *line);
int cli_ping(const struct command_line *line);
int cli_bench(const struct command_line *line);
int cli_keys(const struct command_line *line);
int cli_verify(const struct command_line *line);
int cli_config(const struct command_line *line);
int cli_upgrade(const struct command_line *line);
int cli_erase(const struct command_line *line);
int cli_draws(const struct command_line *line);
int cli_winners(const struct command_line *line);
int cli_drain(const struct command_line *line);
int cli_reload(const struct command_line *line);
int cli_close(const struct command_line *line);
int cli_finish(const struct command_line *line);
int cli_reset(const struct command_line *line);
int cli_draw(const struct command_line *line);
int cli_change(const struct command_line *line);
int cli_approve(const struct command_line *line);
int cli_recount(const struct command_line *line);
int cli_page(const struct command_line *line);
int cli_seal(const struct command_line *line);
int cli_prove(const struct command_line *line);
int cli_package(const struct command_line *line);
int cli_report(const struct command_line *line);

#endif
