// The subcommands. Each takes argv from its own name on and returns the program's exit code: 0 done, 1
// failed, 2 wrong use.
#ifndef QUINIELA_CLI_CLI_H
#define QUINIELA_CLI_CLI_H

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_WRONG_USE = 2 };

int cli_server(int argc, char **argv);
int cli_client(int argc, char **argv);
int cli_export(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_sample(int argc, char **argv);
int cli_compose(int argc, char **argv);
int cli_ping(int argc, char **argv);
int cli_bench(int argc, char **argv);
int cli_keys(int argc, char **argv);
int cli_verify(int argc, char **argv);

#endif
