// `quiniela compose N`: writes a compose file with a server, or several on one PostgreSQL, and N clients.
// For its use see docs/install.md.
#include "cli/cli.h"

#include "agency/limits.h"
#include "base/random.h"
#include "bet/bet.h"
#include "bet/limits.h"
#include "cli/command.h"
#include "cli/conflicts.h"
#include "cli/help_texts.h"
#include "cli/sample_bets.h"
#include "cli/yaml_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMPOSE_CLIENTS_MAX = 10000, NAME_BYTES = 32, BETS_PORT = 12345, CONSULT_PORT = 12346 };

// Compose inserts the variable's value, or else the default. A default is safe: nothing outside testing_net
// reaches the database.
#define PASSWORD "${POSTGRES_PASSWORD:-quiniela}"

enum compose_kind { COMPOSE_LOTTERY, COMPOSE_BET, COMPOSE_ECHO };
enum compose_store { COMPOSE_SQLITE, COMPOSE_POSTGRES };

struct compose_options {
    const char *output;
    enum compose_kind kind;
    const char *data; // where the agencies' files are
    enum compose_store store;
    int servers;
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct compose_options, output, "COMPOSE_FILE", "docker-compose-dev.yaml",
                    HELP_COMPOSE_OUTPUT, .flag = "output", .letter = 'o', .flag_only = true),
    SETTING_CHOICE_IN(struct compose_options, kind, "KIND", "lottery", "lottery bet echo",
                      HELP_COMPOSE_SERVICE, .flag = "service", .flag_only = true),
    SETTING_TEXT_IN(struct compose_options, data, "DATA", "./data", HELP_COMPOSE_DATA, .flag_only = true),
    SETTING_CHOICE_IN(struct compose_options, store, "COMPOSE_STORE", "sqlite", "sqlite postgres",
                      HELP_COMPOSE_STORE, .flag = "store", .flag_only = true),
    SETTING_NUMBER_IN(struct compose_options, servers, "SERVERS", "1", 1, ADDRESSES_MAX, HELP_COMPOSE_SERVERS,
                      .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {{NULL, table, 0}, {.settings = NULL}};

const struct settings_command compose_command = {
    .name = "compose",
    .arguments = "N",
    .summary = HELP_COMPOSE_SUMMARY,
    .details = HELP_COMPOSE_DETAILS,
    .groups = groups,
    .arguments_min = 1,
    .arguments_max = 1,
};

struct compose {
    struct yaml_tree tree;
    const struct compose_options *options;
    int clients;
};

// The parts -----------------------------------------------------------------------------------------------

static bool is_echo(const struct compose *compose) {
    return compose->options->kind == COMPOSE_ECHO;
}

static bool has_postgres(const struct compose *compose) {
    return compose->options->store == COMPOSE_POSTGRES;
}

static int begin_container(struct compose *compose, int services, const char *name, const char *image) {
    int container = yaml_tree_put(&compose->tree, services, name, yaml_tree_map(&compose->tree));
    yaml_tree_put(&compose->tree, container, "container_name", yaml_tree_text(&compose->tree, "%s", name));
    yaml_tree_put(&compose->tree, container, "image", yaml_tree_text(&compose->tree, "%s", image));
    return container;
}

// An attacker in a container can write only to its volumes, and has neither privileges nor more memory than
// this. Both Compose v2 and docker-compose 1.29 understand `mem_limit`, in a file without a version.
static void put_limits(struct compose *compose, int container, const char *memory) {
    yaml_tree_put(&compose->tree, container, "read_only", yaml_tree_text(&compose->tree, "true"));
    yaml_tree_put(&compose->tree, container, "cap_drop",
                  yaml_tree_texts(&compose->tree, "ALL", (char *)NULL));
    yaml_tree_put(&compose->tree, container, "security_opt",
                  yaml_tree_texts(&compose->tree, "no-new-privileges:true", (char *)NULL));
    yaml_tree_put(&compose->tree, container, "mem_limit", yaml_tree_text(&compose->tree, "%s", memory));
}

static int command(struct compose *compose, const char *subcommand, const char *config) {
    return is_echo(compose) ? yaml_tree_texts(&compose->tree, subcommand, "--config", config, "--service",
                                              "echo", (char *)NULL)
                            : yaml_tree_texts(&compose->tree, subcommand, "--config", config, (char *)NULL);
}

// `test` is the command that checks the container, run without a shell.
static void put_health_check(struct compose *compose, int container, int test, const char *retries) {
    int check_node = yaml_tree_put(&compose->tree, container, "healthcheck", yaml_tree_map(&compose->tree));
    yaml_tree_put(&compose->tree, check_node, "test", test);
    yaml_tree_put(&compose->tree, check_node, "interval", yaml_tree_text(&compose->tree, "2s"));
    yaml_tree_put(&compose->tree, check_node, "timeout", yaml_tree_text(&compose->tree, "3s"));
    yaml_tree_put(&compose->tree, check_node, "retries", yaml_tree_text(&compose->tree, "%s", retries));
}

static int begin_dependencies(struct compose *compose, int container) {
    return yaml_tree_put(&compose->tree, container, "depends_on", yaml_tree_map(&compose->tree));
}

static void depend_on(struct compose *compose, int dependencies, const char *service) {
    int on_service = yaml_tree_put(&compose->tree, dependencies, service, yaml_tree_map(&compose->tree));
    yaml_tree_put(&compose->tree, on_service, "condition", yaml_tree_text(&compose->tree, "service_healthy"));
}

// It answers on the network only once its database exists; until then it listens on a local socket.
static void put_postgres(struct compose *compose, int services) {
    int postgres = begin_container(compose, services, "postgres", "postgres:15");
    put_limits(compose, postgres, "1g");
    yaml_tree_put(
        &compose->tree, postgres, "user",
        yaml_tree_text(&compose->tree, "postgres")); // root would switch to it, which needs privileges
    yaml_tree_put(&compose->tree, postgres, "tmpfs",
                  yaml_tree_texts(&compose->tree, "/tmp", "/var/run/postgresql", (char *)NULL));
    int environment = yaml_tree_put(&compose->tree, postgres, "environment", yaml_tree_list(&compose->tree));
    yaml_tree_add(&compose->tree, environment, yaml_tree_text(&compose->tree, "POSTGRES_USER=quiniela"));
    yaml_tree_add(&compose->tree, environment, yaml_tree_text(&compose->tree, "POSTGRES_DB=quiniela"));
    yaml_tree_add(&compose->tree, environment, yaml_tree_text(&compose->tree, "POSTGRES_PASSWORD=" PASSWORD));
    put_health_check(compose, postgres,
                     yaml_tree_texts(&compose->tree, "CMD", "pg_isready", "-h", "127.0.0.1", "-U", "quiniela",
                                     "-d", "quiniela", (char *)NULL),
                     "60");
    yaml_tree_put(&compose->tree, postgres, "networks",
                  yaml_tree_texts(&compose->tree, "testing_net", (char *)NULL));
    yaml_tree_put(&compose->tree, postgres, "volumes",
                  yaml_tree_texts(&compose->tree, "postgres_data:/var/lib/postgresql/data", (char *)NULL));
}

// A single server is "server"; several are "server1", "server2" ...
static void name_server(const struct compose *compose, int number, char name[NAME_BYTES]) {
    snprintf(name, NAME_BYTES, compose->options->servers == 1 ? "server" : "server%d", number);
}

static void put_server(struct compose *compose, int services, int number) {
    char name[NAME_BYTES];
    name_server(compose, number, name);
    int server = begin_container(compose, services, name, "server:latest");
    put_limits(compose, server, "1g");
    yaml_tree_put(&compose->tree, server, "command", command(compose, "server", "/config/config.ini"));
    if (!is_echo(compose)) {
        int environment =
            yaml_tree_put(&compose->tree, server, "environment", yaml_tree_list(&compose->tree));
        yaml_tree_add(&compose->tree, environment,
                      yaml_tree_text(&compose->tree, "AGENCIES=%d", compose->clients));
        yaml_tree_add(
            &compose->tree, environment,
            yaml_tree_text(&compose->tree,
                           "CHANGE=${CHANGE:-}")); // from the environment in which the containers are started
        yaml_tree_add(&compose->tree, environment, yaml_tree_text(&compose->tree, "UPGRADE=${UPGRADE:-}"));
        if (has_postgres(compose)) {
            yaml_tree_add(&compose->tree, environment,
                          yaml_tree_text(&compose->tree, "STORE=postgresql://quiniela@postgres/quiniela"));
            yaml_tree_add(&compose->tree, environment,
                          yaml_tree_text(&compose->tree, "PGPASSWORD=" PASSWORD));
        }
    }
    // The check connects as any client would, to the port in the configuration.
    put_health_check(compose, server,
                     yaml_tree_texts(&compose->tree, "CMD", "quiniela", "ping", "--config",
                                     "/config/config.ini", (char *)NULL),
                     "15");
    yaml_tree_put(&compose->tree, server, "networks",
                  yaml_tree_texts(&compose->tree, "testing_net", (char *)NULL));
    if (has_postgres(compose)) {
        depend_on(compose, begin_dependencies(compose, server), "postgres");
    }
    int volumes = yaml_tree_put(&compose->tree, server, "volumes",
                                yaml_tree_texts(&compose->tree, "./server/config:/config:ro", (char *)NULL));
    if (!is_echo(compose) && !has_postgres(compose)) { // those two store nothing there
        yaml_tree_add(&compose->tree, volumes, yaml_tree_text(&compose->tree, "server_data:/data"));
    }
}

// One made-up bet, different for each client and each call.
static void add_bet(struct compose *compose, int environment, uint32_t client, uint64_t seed) {
    static const char *const keys[BET_FIELDS] = {"NOMBRE", "APELLIDO", "DOCUMENTO", "NACIMIENTO", "NUMERO"};
    struct sample_bets sample;
    char bet[BET_TEXT_BYTES_MAX];
    struct bet_slice fields[BET_FIELDS];
    sample_bets_begin(&sample, seed, client, 1, 0, 0);
    bet_split(bet, sample_bets_next(&sample, bet), fields);
    for (int i = 0; i < BET_FIELDS; i++) {
        yaml_tree_add(
            &compose->tree, environment,
            yaml_tree_text(&compose->tree, "%s=%.*s", keys[i], (int)fields[i].length, fields[i].text));
    }
}

// A path on the host: without a leading slash it would name a volume, and a dollar would begin a variable.
static int data_volume(struct compose *compose) {
    char path[YAML_TEXT_BYTES_MAX];
    size_t length = 0;
    bool is_path = compose->options->data[0] == '/' || compose->options->data[0] == '.' ||
                   compose->options->data[0] == '~';
    for (const char *at = compose->options->data; *at != '\0' && length + 2 < sizeof path; at++) {
        path[length++] = *at;
        if (*at == '$') {
            path[length++] = '$';
        }
    }
    path[length] = '\0';
    return yaml_tree_text(&compose->tree, "%s%s:/data:ro", is_path ? "" : "./", path);
}

// "KEY=server1:PORT,server2:PORT ..."
static int addresses(struct compose *compose, const char *key, int port) {
    char value[YAML_TEXT_BYTES_MAX], name[NAME_BYTES];
    size_t length = 0;
    for (int i = 1; i <= compose->options->servers; i++) {
        name_server(compose, i, name);
        length +=
            (size_t)snprintf(value + length, sizeof value - length, "%s%s:%d", i == 1 ? "" : ",", name, port);
    }
    return yaml_tree_text(&compose->tree, "%s=%s", key, value);
}

static void put_client(struct compose *compose, int services, int number, uint64_t seed) {
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "client%d", number);
    int client = begin_container(compose, services, name, "client:latest");
    put_limits(compose, client, "256m");
    yaml_tree_put(&compose->tree, client, "command", command(compose, "client", "/config/config.yaml"));
    int environment = yaml_tree_put(&compose->tree, client, "environment", yaml_tree_list(&compose->tree));
    yaml_tree_add(&compose->tree, environment, yaml_tree_text(&compose->tree, "CLI_ID=%d", number));
    if (compose->options->servers > 1) { // the file has only one
        yaml_tree_add(&compose->tree, environment, addresses(compose, "CLI_SERVER_ADDRESS", BETS_PORT));
        yaml_tree_add(&compose->tree, environment,
                      addresses(compose, "CLI_SERVER_CONSULT_ADDRESS", CONSULT_PORT));
    }
    if (compose->options->kind == COMPOSE_BET) {
        add_bet(compose, environment, (uint32_t)number, seed);
    }
    yaml_tree_put(&compose->tree, client, "networks",
                  yaml_tree_texts(&compose->tree, "testing_net", (char *)NULL));
    int dependencies = begin_dependencies(compose, client);
    for (int i = 1; i <= compose->options->servers; i++) {
        name_server(compose, i, name);
        depend_on(compose, dependencies, name);
    }
    int volumes = yaml_tree_put(&compose->tree, client, "volumes",
                                yaml_tree_texts(&compose->tree, "./client/config:/config:ro", (char *)NULL));
    if (compose->options->kind == COMPOSE_LOTTERY) {
        yaml_tree_add(&compose->tree, volumes, data_volume(compose));
    }
}

static void put_network(struct compose *compose, int root) {
    int networks = yaml_tree_put(&compose->tree, root, "networks", yaml_tree_map(&compose->tree));
    int network = yaml_tree_put(&compose->tree, networks, "testing_net", yaml_tree_map(&compose->tree));
    int ipam = yaml_tree_put(&compose->tree, network, "ipam", yaml_tree_map(&compose->tree));
    yaml_tree_put(&compose->tree, ipam, "driver", yaml_tree_text(&compose->tree, "default"));
    int config = yaml_tree_put(&compose->tree, ipam, "config", yaml_tree_list(&compose->tree));
    int range = yaml_tree_map(&compose->tree);
    yaml_tree_put(&compose->tree, range, "subnet", yaml_tree_text(&compose->tree, "172.25.125.0/24"));
    yaml_tree_add(&compose->tree, config, range);
}

static void fill(struct compose *compose) {
    uint64_t seed = random_seed();
    int root = yaml_tree_map(&compose->tree);
    int services = yaml_tree_put(&compose->tree, root, "services", yaml_tree_map(&compose->tree));
    if (has_postgres(compose)) {
        put_postgres(compose, services);
    }
    for (int i = 1; i <= compose->options->servers; i++) {
        put_server(compose, services, i);
    }
    for (int i = 1; i <= compose->clients; i++) {
        put_client(compose, services, i, seed);
    }
    put_network(compose, root);
    if (!is_echo(compose)) {
        int volumes = yaml_tree_put(&compose->tree, root, "volumes", yaml_tree_map(&compose->tree));
        yaml_tree_put(&compose->tree, volumes, has_postgres(compose) ? "postgres_data" : "server_data",
                      yaml_tree_map(&compose->tree));
    }
}

// The command ---------------------------------------------------------------------------------------------

static bool write_compose(struct compose *compose, struct error *error) {
    if (!yaml_tree_begin(&compose->tree, error)) {
        return false;
    }
    fill(compose);
    return yaml_tree_write(&compose->tree, compose->options->output, error);
}

static bool read_clients(const char *operand, int *clients, struct error *error) {
    size_t digits = strspn(operand, "0123456789");
    *clients = digits > 0 && digits <= 5 ? atoi(operand) : -1;
    return (operand[digits] == '\0' && *clients >= 0 && *clients <= COMPOSE_CLIENTS_MAX) ||
           error_set(error, ERROR_BAD_SETTING, "N: \"%.40s\" is not a whole number from 0 to %d", operand,
                     COMPOSE_CLIENTS_MAX);
}

static bool check_options(const struct compose_options *options, const struct settings *settings,
                          struct error *error) {
    const void *const data[] = {&options->data};
    if (options->kind != COMPOSE_LOTTERY &&
        !conflicts_check_unused(settings, data, 1, "only the clients of a lottery send files", error)) {
        return false;
    }
    bool has_colon = strchr(options->data, ':') != NULL; // which ends the path on the host in a volume
    if (has_colon) {
        return error_set(error, ERROR_BAD_SETTING,
                         "--data: \"%.100s\" has a colon, which a volume cannot have", options->data);
    }
    if (options->store == COMPOSE_POSTGRES) {
        return options->kind != COMPOSE_ECHO ||
               error_set(error, ERROR_BAD_SETTING,
                         "--store: an echo stores nothing, so it needs no PostgreSQL");
    }
    return options->servers == 1 ||
           error_set(error, ERROR_BAD_SETTING,
                     "--servers: %d servers cannot share a file: several need --store postgres",
                     options->servers);
}

static bool make_compose(const struct compose_options *options, const struct settings *settings,
                         struct error *error) {
    struct compose compose = {.options = options};
    const char *operand = settings_operand(settings, 0);
    return check_options(options, settings, error) && read_clients(operand, &compose.clients, error) &&
           write_compose(&compose, error);
}

int cli_compose(const struct command_line *line) {
    struct compose_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&compose_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = make_compose(&options, settings, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&compose_command, &error);
}
