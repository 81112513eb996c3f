#include "cli/controlling.h"

#include "base/log.h"
#include "base/path.h"
#include "cli/control_options.h"
#include "confine/user.h"
#include "store/address.h"

#include <errno.h>
#include <sys/stat.h>

enum { IDLE_MS = 60 * 1000 };

static bool make_numbered(const char *folder, unsigned port, uid_t uid, gid_t gid,
                          struct control_socket *socket, struct error *error) {
    char path[PATH_MAX];
    bool made = false;
    for (unsigned number = 1; !made && number <= CONTROL_NUMBERED_MAX; number++) {
        control_place_numbered(folder, port, number, path);
        made = control_socket_make(path, uid, gid, socket, error);
        if (!made && error->code != ERROR_CONTROL_TAKEN) {
            return false;
        }
    }
    return made;
}

static bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

// The user's own runtime folder has none for each program: it is made.
static bool has_folder(const char *path) {
    char above[PATH_MAX];
    path_folder(path, above);
    return is_folder(path) || (is_folder(above) && mkdir(path, S_IRWXU) == 0 && chmod(path, S_IRWXU) == 0);
}

// In the first folder that there is.
static bool make_in_runtime(const struct control_place *place, unsigned port, uid_t uid, gid_t gid,
                            struct control_socket *socket, struct error *error) {
    for (size_t i = 0; i < place->folder_count; i++) {
        bool is_of_system = i + 1 == place->folder_count; // which only its administrator makes
        if (is_of_system ? is_folder(place->folders[i]) : has_folder(place->folders[i])) {
            return make_numbered(place->folders[i], port, uid, gid, socket, error);
        }
    }
    return error_set(
        error, ERROR_SYSTEM,
        "there is no folder for it: neither RUNTIME_DIRECTORY nor XDG_RUNTIME_DIR names one, and there is "
        "no /run/quiniela");
}

static bool make(const struct server_options *options, const struct control_place *place,
                 const struct net *net, uid_t *uid, struct control_socket *socket, struct error *error) {
    gid_t gid;
    if (!user_find(options->run_as, uid, &gid, error)) {
        return false;
    }
    return place->path[0] != '\0' ? control_socket_make(place->path, *uid, gid, socket, error)
                                  : make_in_runtime(place, net_port(net, 0), *uid, gid, socket, error);
}

static void warn(const struct error *error) {
    log_event(LOG_LEVEL_WARNING, "control", LOG_FAIL,
              "message: this server takes no orders: %s; CONTROL names another place, or says off",
              error->text);
}

static bool refuse(const struct server_options *options, const struct error *reason, struct error *error) {
    return error_set(error, reason->code == ERROR_BAD_SETTING ? ERROR_BAD_SETTING : ERROR_SYSTEM, "%s: %s",
                     settings_place(options->settings, &options->control.path), reason->text);
}

bool controlling_open(struct controlling *controlling, const struct server_options *options,
                      const struct net *net, uv_loop_t *loop, const struct controlling_actions *actions,
                      struct error *error) {
    struct control_place place;
    struct control_options control = {.loop = loop, .idle_ms = IDLE_MS};
    struct error reason;
    uid_t uid;
    bool found = control_place_find(&options->control, options->store.address, &place, &reason);
    if (options->service == SERVICE_ECHO || (found && place.is_off)) {
        return true;
    }
    if (!found || !make(options, &place, net, &uid, &control.socket, &reason)) {
        if (place.is_given) {
            return refuse(options, &reason, error);
        }
        warn(&reason);
        return true;
    }
    log_event(LOG_LEVEL_INFO, "control", LOG_SUCCESS, "path: %s", control.socket.path);
    path_folder(control.socket.path, controlling->folder);
    store_show_address(options->store.address, controlling->store);
    bool has_file =
        store_file(options->store.address, controlling->file, &reason) && controlling->file[0] != '\0';
    control_users_find(uid, &control.users);
    control.facts = (struct control_facts){.version = QUINIELA_VERSION,
                                           .draw = options->store.draw,
                                           .store = controlling->store,
                                           .file = has_file ? controlling->file : NULL,
                                           .port = net_port(net, 0),
                                           .consult_port = net_port(net, 1),
                                           .http_port = actions->http_port};
    control.drain = actions->drain;
    control.connections = actions->connections;
    control.reload = actions->reload;
    control.tell_store = has_file ? NULL : actions->tell_store;
    control.context = actions->context;
    control.numbers = actions->numbers;
    return control_open(&control, &controlling->control, error);
}
