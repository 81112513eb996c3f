// `quiniela compose N`: writes a compose file with a server and N clients. libyaml writes it;
// docs/operations.md tells how it is used.
#include "cli/cli.h"

#include "base/random.h"
#include "base/settings.h"
#include "bet/bet.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/sample_bets.h"
#include "cli/settings_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { TEXT_BYTES_MAX = 4200 };

struct compose {
    yaml_document_t document;
    const char *service; // lottery, bet or echo
    const char *data;    // where the agencies' files are
    int clients, servers;
    bool on_postgres; // the bets are in a database of their own container
    bool failed;      // no memory; looked at once, at the end
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

static int command(struct compose *compose, const char *subcommand, const char *config) {
    return is(compose, "echo")
               ? texts(compose, subcommand, "--config", config, "--service", "echo", (char *)NULL)
               : texts(compose, subcommand, "--config", config, (char *)NULL);
}

// It asks as any client would, needs no shell, and follows the port in the configuration.
static void put_health_check(struct compose *compose, int container) {
    int check_node = put(compose, container, "healthcheck", map(compose));
    put(compose, check_node, "test",
        texts(compose, "CMD", "quiniela", "ping", "--config", "/config/config.ini", (char *)NULL));
    put(compose, check_node, "interval", text(compose, "2s"));
    put(compose, check_node, "timeout", text(compose, "3s"));
    put(compose, check_node, "retries", text(compose, "15"));
}

// "server", or "server1" and so on when there are several.
static void name_server(const struct compose *compose, int number, char name[24]) {
    snprintf(name, 24, compose->servers > 1 ? "server%d" : "server", number);
}

static void put_dependency(struct compose *compose, int container, const char *name) {
    int on = put(compose, container, name, map(compose));
    put(compose, on, "condition", text(compose, "service_healthy"));
}

static void put_server(struct compose *compose, int services, int number) {
    char name[24];
    name_server(compose, number, name);
    int server = begin_container(compose, services, name, "server:latest");
    put(compose, server, "command", command(compose, "server", "/config/config.ini"));
    if (!is(compose, "echo")) {
        int environment = put(compose, server, "environment", list(compose));
        add(compose, environment, text(compose, "AGENCIES=%d", compose->clients));
        if (compose->on_postgres) {
            add(compose, environment, text(compose, "STORE=postgresql://quiniela@postgres/quiniela"));
            add(compose, environment, text(compose, "PGPASSWORD=${POSTGRES_PASSWORD:-quiniela}"));
        }
    }
    if (compose->on_postgres) {
        put_dependency(compose, put(compose, server, "depends_on", map(compose)), "postgres");
    }
    put_health_check(compose, server);
    put(compose, server, "networks", texts(compose, "testing_net", (char *)NULL));
    int volumes = put(compose, server, "volumes", texts(compose, "./server/config:/config", (char *)NULL));
    if (!is(compose, "echo") && !compose->on_postgres) { // those store nothing themselves
        add(compose, volumes, text(compose, "server_data:/data"));
    }
}

static void put_postgres(struct compose *compose, int services) {
    int postgres = begin_container(compose, services, "postgres", "postgres:15");
    put(compose, postgres, "environment",
        texts(compose, "POSTGRES_USER=quiniela", "POSTGRES_PASSWORD=${POSTGRES_PASSWORD:-quiniela}",
              (char *)NULL));
    int check_node = put(compose, postgres, "healthcheck", map(compose));
    // By TCP: while it sets itself up, it listens on its own socket only.
    put(compose, check_node, "test",
        texts(compose, "CMD", "pg_isready", "-h", "127.0.0.1", "-U", "quiniela", (char *)NULL));
    put(compose, check_node, "interval", text(compose, "2s"));
    put(compose, check_node, "timeout", text(compose, "3s"));
    put(compose, check_node, "retries", text(compose, "30"));
    put(compose, postgres, "networks", texts(compose, "testing_net", (char *)NULL));
    put(compose, postgres, "volumes", texts(compose, "postgres_data:/var/lib/postgresql/data", (char *)NULL));
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
    return text(compose, "%s%s:/data", is_path ? "" : "./", path);
}

// A client of several servers knows them all.
static void add_addresses(struct compose *compose, int environment, const char *variable, int port) {
    char addresses[COMPOSE_SERVERS_MAX * 24] = "", name[24];
    size_t length = 0;
    for (int i = 1; i <= compose->servers; i++) {
        name_server(compose, i, name);
        length += (size_t)snprintf(addresses + length, sizeof addresses - length, "%s%s:%d",
                                   i == 1 ? "" : ",", name, port);
    }
    add(compose, environment, text(compose, "%s=%s", variable, addresses));
}

static void put_client(struct compose *compose, int services, int number, uint64_t seed) {
    char name[32];
    snprintf(name, sizeof name, "client%d", number);
    int client = begin_container(compose, services, name, "client:latest");
    put(compose, client, "command", command(compose, "client", "/config/config.yaml"));
    int environment = put(compose, client, "environment", list(compose));
    add(compose, environment, text(compose, "CLI_ID=%d", number));
    if (is(compose, "bet")) {
        add_bet(compose, environment, (uint32_t)number, seed);
    }
    if (compose->servers > 1) {
        add_addresses(compose, environment, "CLI_SERVER_ADDRESS", 12345);
        add_addresses(compose, environment, "CLI_SERVER_CONSULT_ADDRESS", 12346);
    }
    put(compose, client, "networks", texts(compose, "testing_net", (char *)NULL));
    int depends = put(compose, client, "depends_on", map(compose));
    for (int i = 1; i <= compose->servers; i++) {
        char server[24];
        name_server(compose, i, server);
        put_dependency(compose, depends, server);
    }
    int volumes = put(compose, client, "volumes", texts(compose, "./client/config:/config", (char *)NULL));
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
    if (compose->on_postgres) {
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
        put(compose, volumes, compose->on_postgres ? "postgres_data" : "server_data", map(compose));
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

static bool read_store(const struct settings *settings, struct compose *compose, struct error *error) {
    compose->servers = (int)settings_number(settings, "SERVERS");
    compose->on_postgres = strcmp(settings_text(settings, "STORE_KIND"), "postgres") == 0;
    if (compose->on_postgres && is(compose, "echo")) {
        return error_set(error, ERROR_BAD_SETTING, "--store: an echo stores nothing");
    }
    return compose->on_postgres || compose->servers == 1 ||
           error_set(error, ERROR_BAD_SETTING,
                     "--servers: %d servers need a store that they can share: --store postgres",
                     compose->servers);
}

static bool make_compose(const struct settings *settings, struct error *error) {
    struct compose compose = {.service = settings_text(settings, "KIND")};
    return read_store(settings, &compose, error) &&
           read_clients(settings_argument(settings, 0), &compose.clients, error) &&
           read_data(settings, &compose.data, error) &&
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
