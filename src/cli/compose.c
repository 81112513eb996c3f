// `quiniela compose N`: writes a compose file with a server, or several on one PostgreSQL, and N clients.
// libyaml writes it; docs/operations.md tells how it is used.
#include "cli/cli.h"

#include "base/random.h"
#include "base/settings.h"
#include "bet/bet.h"
#include "bet/limits.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/sample_bets.h"
#include "cli/settings_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    COMPOSE_CLIENTS_MAX = 10000,
    TEXT_BYTES_MAX = 4200,
    NAME_BYTES = 32,
    BETS_PORT = 12345,
    CONSULT_PORT = 12346
};

// Compose puts the variable's value there, and a default: nothing outside testing_net reaches the database.
#define PASSWORD "${POSTGRES_PASSWORD:-quiniela}"

struct compose {
    yaml_document_t document;
    const char *service; // lottery, bet or echo
    const char *data;    // where the agencies' files are
    bool postgres;       // the store; else SQLite
    int clients, servers;
    bool failed; // no memory; looked at once, at the end
};

// Building the document -----------------------------------------------------------------------------------

static int check(struct compose *compose, int node) {
    compose->failed = compose->failed || node == 0;
    return node;
}

static int text(struct compose *compose, const char *format, ...) PRINTF_LIKE(2, 3);

static int text(struct compose *compose, const char *format, ...) {
    char value[TEXT_BYTES_MAX];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(value, sizeof value, format, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof value) {
        compose->failed = true;
        return 0;
    }
    return check(compose, yaml_document_add_scalar(&compose->document, NULL, (yaml_char_t *)value, length,
                                                   YAML_ANY_SCALAR_STYLE));
}

static int map(struct compose *compose) {
    return check(compose, yaml_document_add_mapping(&compose->document, NULL, YAML_ANY_MAPPING_STYLE));
}

static int list(struct compose *compose) {
    return check(compose, yaml_document_add_sequence(&compose->document, NULL, YAML_ANY_SEQUENCE_STYLE));
}

static int put(struct compose *compose, int parent, const char *key, int value) {
    int name = text(compose, "%s", key);
    if (!compose->failed && !yaml_document_append_mapping_pair(&compose->document, parent, name, value)) {
        compose->failed = true;
    }
    return value;
}

static void add(struct compose *compose, int parent, int value) {
    if (!compose->failed && !yaml_document_append_sequence_item(&compose->document, parent, value)) {
        compose->failed = true;
    }
}

// A list of texts; ends with NULL.
static int texts(struct compose *compose, ...) {
    int node = list(compose);
    va_list values;
    va_start(values, compose);
    for (const char *value; (value = va_arg(values, const char *)) != NULL;) {
        add(compose, node, text(compose, "%s", value));
    }
    va_end(values);
    return node;
}

// The parts -----------------------------------------------------------------------------------------------

static bool is(const struct compose *compose, const char *service) {
    return strcmp(compose->service, service) == 0;
}

static int begin_container(struct compose *compose, int services, const char *name, const char *image) {
    int container = put(compose, services, name, map(compose));
    put(compose, container, "container_name", text(compose, "%s", name));
    put(compose, container, "image", text(compose, "%s", image));
    return container;
}

// A container that is broken into finds nothing to write to but its volumes, no privileges and no more memory
// than this. `mem_limit` is understood by Compose v2 and by docker-compose 1.29 alike, in a file without a
// version.
static void put_limits(struct compose *compose, int container, const char *memory) {
    put(compose, container, "read_only", text(compose, "true"));
    put(compose, container, "cap_drop", texts(compose, "ALL", (char *)NULL));
    put(compose, container, "security_opt", texts(compose, "no-new-privileges:true", (char *)NULL));
    put(compose, container, "mem_limit", text(compose, "%s", memory));
}

static int command(struct compose *compose, const char *subcommand, const char *config) {
    return is(compose, "echo")
               ? texts(compose, subcommand, "--config", config, "--service", "echo", (char *)NULL)
               : texts(compose, subcommand, "--config", config, (char *)NULL);
}

// Follows `test`, the question, which needs no shell.
static void put_health_check(struct compose *compose, int container, int test, const char *retries) {
    int check_node = put(compose, container, "healthcheck", map(compose));
    put(compose, check_node, "test", test);
    put(compose, check_node, "interval", text(compose, "2s"));
    put(compose, check_node, "timeout", text(compose, "3s"));
    put(compose, check_node, "retries", text(compose, "%s", retries));
}

static int begin_dependencies(struct compose *compose, int container) {
    return put(compose, container, "depends_on", map(compose));
}

static void depend_on(struct compose *compose, int dependencies, const char *service) {
    int on_service = put(compose, dependencies, service, map(compose));
    put(compose, on_service, "condition", text(compose, "service_healthy"));
}

// It answers on the network only once it has its database; before, it listens on a socket of its own.
static void put_postgres(struct compose *compose, int services) {
    int postgres = begin_container(compose, services, "postgres", "postgres:15");
    put_limits(compose, postgres, "1g");
    put(compose, postgres, "user", text(compose, "postgres")); // who else becomes it, which takes privileges
    put(compose, postgres, "tmpfs", texts(compose, "/tmp", "/var/run/postgresql", (char *)NULL));
    int environment = put(compose, postgres, "environment", list(compose));
    add(compose, environment, text(compose, "POSTGRES_USER=quiniela"));
    add(compose, environment, text(compose, "POSTGRES_DB=quiniela"));
    add(compose, environment, text(compose, "POSTGRES_PASSWORD=" PASSWORD));
    put_health_check(compose, postgres,
                     texts(compose, "CMD", "pg_isready", "-h", "127.0.0.1", "-U", "quiniela", "-d",
                           "quiniela", (char *)NULL),
                     "60");
    put(compose, postgres, "networks", texts(compose, "testing_net", (char *)NULL));
    put(compose, postgres, "volumes", texts(compose, "postgres_data:/var/lib/postgresql/data", (char *)NULL));
}

// The one server is "server"; several are "server1", "server2" ...
static void name_server(const struct compose *compose, int number, char name[NAME_BYTES]) {
    snprintf(name, NAME_BYTES, compose->servers == 1 ? "server" : "server%d", number);
}

static void put_server(struct compose *compose, int services, int number) {
    char name[NAME_BYTES];
    name_server(compose, number, name);
    int server = begin_container(compose, services, name, "server:latest");
    put_limits(compose, server, "1g");
    put(compose, server, "command", command(compose, "server", "/config/config.ini"));
    if (!is(compose, "echo")) {
        int environment = put(compose, server, "environment", list(compose));
        add(compose, environment, text(compose, "AGENCIES=%d", compose->clients));
        add(compose, environment, text(compose, "CHANGE=${CHANGE:-}")); // of whoever brings the containers up
        if (compose->postgres) {
            add(compose, environment, text(compose, "STORE=postgresql://quiniela@postgres/quiniela"));
            add(compose, environment, text(compose, "PGPASSWORD=" PASSWORD));
        }
    }
    // It asks as any client would, and follows the port in the configuration.
    put_health_check(
        compose, server,
        texts(compose, "CMD", "quiniela", "ping", "--config", "/config/config.ini", (char *)NULL), "15");
    put(compose, server, "networks", texts(compose, "testing_net", (char *)NULL));
    if (compose->postgres) {
        depend_on(compose, begin_dependencies(compose, server), "postgres");
    }
    int volumes = put(compose, server, "volumes", texts(compose, "./server/config:/config:ro", (char *)NULL));
    if (!is(compose, "echo") && !compose->postgres) { // which store nothing there
        add(compose, volumes, text(compose, "server_data:/data"));
    }
}

// One made-up bet, another one for each client and each call.
static void add_bet(struct compose *compose, int environment, uint32_t client, uint64_t seed) {
    static const char *const keys[BET_FIELDS] = {"NOMBRE", "APELLIDO", "DOCUMENTO", "NACIMIENTO", "NUMERO"};
    struct sample_bets sample;
    char bet[BET_TEXT_BYTES_MAX];
    struct bet_slice fields[BET_FIELDS];
    sample_bets_begin(&sample, seed, client, 1, 0, 0);
    bet_split(bet, sample_bets_next(&sample, bet), fields);
    for (int i = 0; i < BET_FIELDS; i++) {
        add(compose, environment, text(compose, "%s=%.*s", keys[i], (int)fields[i].length, fields[i].text));
    }
}

// A path on the host: what has no slash in front would be a volume's name, and a dollar a variable's.
static int data_volume(struct compose *compose) {
    char path[TEXT_BYTES_MAX];
    size_t length = 0;
    bool is_path = compose->data[0] == '/' || compose->data[0] == '.' || compose->data[0] == '~';
    for (const char *at = compose->data; *at != '\0' && length + 2 < sizeof path; at++) {
        path[length++] = *at;
        if (*at == '$') {
            path[length++] = '$';
        }
    }
    path[length] = '\0';
    return text(compose, "%s%s:/data:ro", is_path ? "" : "./", path);
}

// "KEY=server1:PORT,server2:PORT ..."
static int addresses(struct compose *compose, const char *key, int port) {
    char value[TEXT_BYTES_MAX], name[NAME_BYTES];
    size_t length = 0;
    for (int i = 1; i <= compose->servers; i++) {
        name_server(compose, i, name);
        length +=
            (size_t)snprintf(value + length, sizeof value - length, "%s%s:%d", i == 1 ? "" : ",", name, port);
    }
    return text(compose, "%s=%s", key, value);
}

static void put_client(struct compose *compose, int services, int number, uint64_t seed) {
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "client%d", number);
    int client = begin_container(compose, services, name, "client:latest");
    put_limits(compose, client, "256m");
    put(compose, client, "command", command(compose, "client", "/config/config.yaml"));
    int environment = put(compose, client, "environment", list(compose));
    add(compose, environment, text(compose, "CLI_ID=%d", number));
    if (compose->servers > 1) { // the file knows only one
        add(compose, environment, addresses(compose, "CLI_SERVER_ADDRESS", BETS_PORT));
        add(compose, environment, addresses(compose, "CLI_SERVER_CONSULT_ADDRESS", CONSULT_PORT));
    }
    if (is(compose, "bet")) {
        add_bet(compose, environment, (uint32_t)number, seed);
    }
    put(compose, client, "networks", texts(compose, "testing_net", (char *)NULL));
    int dependencies = begin_dependencies(compose, client);
    for (int i = 1; i <= compose->servers; i++) {
        name_server(compose, i, name);
        depend_on(compose, dependencies, name);
    }
    int volumes = put(compose, client, "volumes", texts(compose, "./client/config:/config:ro", (char *)NULL));
    if (is(compose, "lottery")) {
        add(compose, volumes, data_volume(compose));
    }
}

static void put_network(struct compose *compose, int root) {
    int networks = put(compose, root, "networks", map(compose));
    int network = put(compose, networks, "testing_net", map(compose));
    int ipam = put(compose, network, "ipam", map(compose));
    put(compose, ipam, "driver", text(compose, "default"));
    int config = put(compose, ipam, "config", list(compose));
    int range = map(compose);
    put(compose, range, "subnet", text(compose, "172.25.125.0/24"));
    add(compose, config, range);
}

static void fill(struct compose *compose) {
    uint64_t seed = random_seed();
    int root = map(compose);
    int services = put(compose, root, "services", map(compose));
    if (compose->postgres) {
        put_postgres(compose, services);
    }
    for (int i = 1; i <= compose->servers; i++) {
        put_server(compose, services, i);
    }
    for (int i = 1; i <= compose->clients; i++) {
        put_client(compose, services, i, seed);
    }
    put_network(compose, root);
    if (!is(compose, "echo")) {
        int volumes = put(compose, root, "volumes", map(compose));
        put(compose, volumes, compose->postgres ? "postgres_data" : "server_data", map(compose));
    }
}

// Writing it ----------------------------------------------------------------------------------------------

struct writing {
    struct output_file *file;
    struct error *error;
    bool failed;
};

static int write_bytes(void *context, unsigned char *bytes, size_t length) {
    struct writing *writing = context;
    writing->failed = writing->failed || !output_file_write(writing->file, bytes, length, writing->error);
    return !writing->failed;
}

static bool emit(struct compose *compose, struct output_file *file, struct error *error) {
    yaml_emitter_t emitter;
    struct writing writing = {.file = file, .error = error};
    if (!yaml_emitter_initialize(&emitter)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory to write YAML");
    }
    yaml_emitter_set_output(&emitter, write_bytes, &writing);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    bool done = yaml_emitter_open(&emitter) && yaml_emitter_dump(&emitter, &compose->document) &&
                yaml_emitter_close(&emitter);
    yaml_emitter_delete(&emitter);
    if (!done && !writing.failed) {
        error_set(error, ERROR_NO_MEMORY, "no memory to write YAML");
    }
    return done;
}

static bool write_compose(struct compose *compose, const char *path, struct error *error) {
    struct output_file *file;
    if (!yaml_document_initialize(&compose->document, NULL, NULL, NULL, 1, 1)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory to write YAML");
    }
    fill(compose);
    if (compose->failed || !output_file_open(path, &file, error)) {
        yaml_document_delete(&compose->document);
        return compose->failed ? error_set(error, ERROR_NO_MEMORY, "no memory, or a path that is too long")
                               : false;
    }
    if (!emit(compose, file, error)) { // it frees the document, also when it fails
        output_file_drop(&file);
        return false;
    }
    return output_file_finish(&file, error);
}

static bool read_clients(const char *operand, int *clients, struct error *error) {
    size_t digits = strspn(operand, "0123456789");
    *clients = digits > 0 && digits <= 5 ? atoi(operand) : -1;
    return (operand[digits] == '\0' && *clients >= 0 && *clients <= COMPOSE_CLIENTS_MAX) ||
           error_set(error, ERROR_BAD_SETTING, "N: \"%.40s\" is not a whole number from 0 to %d", operand,
                     COMPOSE_CLIENTS_MAX);
}

// A colon in a volume ends the path on the host.
static bool read_data(const struct settings *settings, const char **data, struct error *error) {
    *data = settings_text(settings, "DATA");
    return strchr(*data, ':') == NULL ||
           error_set(error, ERROR_BAD_SETTING, "--data: \"%.100s\" has a colon, which a volume cannot have",
                     *data);
}

static bool read_servers(const struct settings *settings, struct compose *compose, struct error *error) {
    compose->servers = (int)settings_number(settings, "SERVERS");
    compose->postgres = strcmp(settings_text(settings, "COMPOSE_STORE"), "postgres") == 0;
    if (compose->postgres && is(compose, "echo")) {
        return error_set(error, ERROR_BAD_SETTING,
                         "--store: an echo stores nothing, so it needs no PostgreSQL");
    }
    return compose->postgres || compose->servers == 1 ||
           error_set(error, ERROR_BAD_SETTING,
                     "--servers: %d servers cannot share a file: several need --store postgres",
                     compose->servers);
}

static bool make_compose(const struct settings *settings, struct error *error) {
    struct compose compose = {.service = settings_text(settings, "KIND")};
    return read_clients(settings_argument(settings, 0), &compose.clients, error) &&
           read_data(settings, &compose.data, error) && read_servers(settings, &compose, error) &&
           write_compose(&compose, settings_text(settings, "COMPOSE_FILE"), error);
}

int cli_compose(int argc, char **argv) {
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&compose_command, argc, argv, &settings, &status)) {
        return status;
    }
    bool done = make_compose(settings, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&compose_command, &error);
}
