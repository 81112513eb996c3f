#include "cli/control_call.h"

#include "base/path.h"
#include "bet/errors.h"
#include "cli/command.h"
#include "cli/control_connection.h"
#include "cli/served_store.h"
#include "store/address.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HELLO_MS = 3000 }; // for a server to say who it is

// Asking --------------------------------------------------------------------------------------------------

static bool ask_at(const char *path, const char *line, size_t length, unsigned wait_ms,
                   struct control_reply *reply, struct error *error) {
    *reply = (struct control_reply){.connection = control_connect(path, wait_ms, error)};
    if (reply->connection < 0) {
        return false;
    }
    reply->parser = json_parser_new();
    if ((reply->parser != NULL || error_set(error, ERROR_NO_MEMORY, "no memory for the server's answer")) &&
        control_ask(reply->connection, line, length, wait_ms, &reply->text, &reply->length, error) &&
        control_reply_read(reply, error)) {
        return true;
    }
    control_reply_free(reply);
    return false;
}

// Which server it is --------------------------------------------------------------------------------------

static bool is_text(const struct json_value *value, const char *text) {
    return value->kind == JSON_STRING && value->text_length == strlen(text) &&
           memcmp(value->text, text, value->text_length) == 0;
}

static bool owns(uid_t user, const char *path) {
    struct stat status;
    return path[0] != '\0' && stat(path, &status) == 0 && status.st_uid == user;
}

// In a folder that anybody may write to, anybody could listen there.
static bool check_listener(const struct control_call_options *options, const char *path, int connection,
                           struct error *error) {
    char folder[PATH_MAX], file[PATH_MAX];
    struct ucred who;
    socklen_t size = sizeof who;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) {
        return error_set_system(error, errno, "%.150s", path);
    }
    path_folder(path, folder);
    return who.uid == 0 || who.uid == geteuid() || owns(who.uid, folder) ||
           (store_file(options->store.address, file, error) && owns(who.uid, file)) ||
           error_set(error, ERROR_NETWORK,
                     "%.150s: user %u listens there, who owns neither that folder nor the store", path,
                     (unsigned)who.uid);
}

// A socket that nobody has named is the store's own, under whatever name the server has that.
static bool is_its_store(const struct control_call_options *options, struct wanted_store *wanted,
                         const struct json_value *file, const struct json_value *address,
                         const struct json_value *id) {
    char own_file[PATH_MAX];
    struct error ignored;
    if (!store_file(wanted->address, own_file, &ignored)) {
        return false;
    }
    if (own_file[0] == '\0') {
        return wanted_store_is(wanted, address, id);
    }
    return options->control.path == NULL || is_text(file, own_file);
}

// Asks the server there who it is. ERROR_NETWORK when nobody answers in time.
static bool ask_who(const char *path, struct control_reply *reply, struct error *error) {
    static const char hello[] = "hello\n";
    return ask_at(path, hello, sizeof hello - 1, HELLO_MS, reply, error);
}

// Whether the server that has said who it is has the draw and the store. Ends its reply.
static bool check_server(const struct control_call_options *options, struct wanted_store *wanted,
                         const char *path, struct control_reply *reply, struct error *error) {
    static const char *const names[] = {"draw", "store", "file", "address", "store_id"};
    struct json_value values[5];
    bool is_it = check_listener(options, path, reply->connection, error) &&
                 control_reply_fields(reply, names, 5, values, error);
    if (is_it && (!is_text(&values[0], options->store.draw) ||
                  !is_its_store(options, wanted, &values[2], &values[3], &values[4]))) {
        char own[STORE_ADDRESS_BYTES];
        store_show_address(options->store.address, own);
        is_it = error_set(
            error, ERROR_NETWORK,
            "the server that answers has draw \"%.*s\" in %.*s, and this is for draw \"%.64s\" in "
            "%.100s (--draw, --store)%s%.160s",
            (int)values[0].text_length, values[0].kind == JSON_STRING ? values[0].text : "",
            (int)values[1].text_length, values[1].kind == JSON_STRING ? values[1].text : "",
            options->store.draw, own, wanted->reason.text[0] == '\0' ? "" : "; ", wanted->reason.text);
    }
    control_reply_free(reply);
    return is_it;
}

// Finding the server --------------------------------------------------------------------------------------

struct search {
    const struct control_call_options *options;
    struct wanted_store wanted;
    // Looking for all: called with the socket of each; with NULL when a server does not say who it is in
    // time.
    void (*each)(void *context, const char *path, const struct error *error);
    void *context;
    bool for_all; // also without `each`
    char found[PATH_MAX];
    unsigned count;    // how many there are, if it looks for all
    char second[160];  // of several, another one
    struct error last; // of one that is not it
    char barred[160];  // a folder that this user may not look into
};

static void look_at(struct search *search, const char *path) {
    struct control_reply reply;
    struct error nobody;
    if (!ask_who(path, &reply, &nobody)) {
        if (search->each != NULL && nobody.code == ERROR_NO_ANSWER) {
            struct error which;
            (void)error_set(&which, ERROR_NO_ANSWER, "%.150s: %.200s", path, nobody.text);
            search->each(search->context, NULL, &which);
        }
        return;
    }
    if (!check_server(search->options, &search->wanted, path, &reply, &search->last)) {
        return;
    }
    if (search->each != NULL) {
        search->each(search->context, path, NULL);
    }
    if (search->count++ == 0) {
        snprintf(search->found, sizeof search->found, "%s", path);
    } else if (search->count == 2) {
        snprintf(search->second, sizeof search->second, "%.150s", path);
    }
}

static void search_folder(struct search *search, const char *name) {
    DIR *folder = opendir(name);
    char path[PATH_MAX];
    for (const struct dirent *entry; (search->for_all || search->count == 0 || search->wanted.is_assumed) &&
                                     folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (control_place_is_numbered(entry->d_name) &&
            snprintf(path, sizeof path, "%s/%s", name, entry->d_name) < (int)sizeof path) {
            look_at(search, path);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    } else if (errno == EACCES) {
        snprintf(search->barred, sizeof search->barred,
                 "; only root and the user that the server runs as may look into %.90s", name);
    }
}

static bool search_folders(struct search *search, const struct control_place *place, struct error *error) {
    error_clear(&search->last);
    for (size_t i = 0; i < place->folder_count; i++) {
        search_folder(search, place->folders[i]);
    }
    if (search->wanted.is_doubtful) {
        return error_set(
            error, ERROR_NETWORK,
            "servers of several stores at this address take orders on this machine: name the socket "
            "of the one with --control, such as %.150s; %.200s",
            search->found, search->wanted.reason.text);
    }
    return search->count > 0 ||
           error_set(error, ERROR_NETWORK,
                     "no server of draw \"%.64s\" in this store takes orders on this machine%s%s%.300s; "
                     "--control names its socket",
                     search->options->store.draw, search->barred, search->last.text[0] == '\0' ? "" : "; ",
                     search->last.text);
}

// Any server of a shared store takes an order for the draw; one for the server itself must find no second.
static bool search_one(const struct control_place *place, const struct control_call_options *options,
                       bool is_for_server, char path[PATH_MAX], struct error *error) {
    struct search search = {
        .options = options, .wanted = {.address = options->store.address}, .for_all = is_for_server};
    if (!search_folders(&search, place, error)) {
        return false;
    }
    memcpy(path, search.found, sizeof search.found);
    return search.count == 1 || !is_for_server ||
           error_set(
               error, ERROR_BAD_SETTING,
               "%u servers of this draw take orders on this machine, and this one is for a server: name "
               "its socket with --control, such as %.120s or %.120s",
               search.count, search.found, search.second);
}

static bool find_place(const struct control_call_options *options, struct control_place *place,
                       struct error *error) {
    return control_place_find(&options->control, options->store.address, place, error) &&
           (!place->is_off ||
            error_set(error, ERROR_BAD_SETTING, "CONTROL is off: there is no socket to give an order on"));
}

static bool check_path(const struct control_call_options *options, const char *path, struct error *error) {
    struct control_reply reply;
    struct wanted_store wanted = {.address = options->store.address};
    return ask_who(path, &reply, error) && check_server(options, &wanted, path, &reply, error);
}

static bool find(const struct control_call_options *options, bool is_for_server, char path[PATH_MAX],
                 struct error *error) {
    struct control_place place;
    if (!find_place(options, &place, error)) {
        return false;
    }
    if (place.path[0] == '\0') {
        return search_one(&place, options, is_for_server, path, error);
    }
    memcpy(path, place.path, sizeof place.path);
    return check_path(options, path, error);
}

// Calling -------------------------------------------------------------------------------------------------

// Every order says which draw it is for.
static size_t write_line(const struct control_call_options *options, const char *word,
                         const struct control_pair *pairs, size_t count, char line[CONTROL_PAPER_BYTES_MAX]) {
    struct control_pair all[CONTROL_PAIRS_MAX] = {{"draw", options->store.draw}};
    for (size_t i = 0; i < count; i++) {
        all[1 + i] = pairs[i];
    }
    return control_line_write_any(line, word, all, 1 + count);
}

static bool check_length(size_t length, struct error *error) {
    return length > 0 || error_set(error, ERROR_BAD_SETTING, "the order has more bytes than a line may have");
}

static bool call(const struct control_call_options *options, bool is_for_server, unsigned wait_ms,
                 const char *line, size_t length, struct control_reply *reply, struct error *error) {
    char path[PATH_MAX];
    *reply = (struct control_reply){.connection = -1};
    return check_length(length, error) && find(options, is_for_server, path, error) &&
           ask_at(path, line, length, wait_ms, reply, error);
}

bool control_call(const struct control_call_options *options, const char *word,
                  const struct control_pair *pairs, size_t count, struct control_reply *reply,
                  struct error *error) {
    return control_call_within(options, CONTROL_ORDER_MS, word, pairs, count, reply, error);
}

bool control_call_within(const struct control_call_options *options, unsigned wait_ms, const char *word,
                         const struct control_pair *pairs, size_t count, struct control_reply *reply,
                         struct error *error) {
    char line[CONTROL_PAPER_BYTES_MAX];
    size_t length = write_line(options, word, pairs, count, line);
    return call(options, false, wait_ms, line, length, reply, error);
}

bool control_call_server(const struct control_call_options *options, const char *word,
                         struct control_reply *reply, struct error *error) {
    char line[CONTROL_PAPER_BYTES_MAX];
    size_t length = write_line(options, word, NULL, 0, line);
    return call(options, true, CONTROL_ORDER_MS, line, length, reply, error);
}

// Calling each server -------------------------------------------------------------------------------------

struct round {
    const char *line;
    size_t length;
    unsigned wait_ms;
    control_answer take;
    void *context;
};

static void ask_one(void *context, const char *path, const struct error *no_answer) {
    const struct round *round = context;
    struct control_reply reply;
    struct error error;
    if (path == NULL) {
        round->take(round->context, NULL, no_answer);
    } else if (ask_at(path, round->line, round->length, round->wait_ms, &reply, &error)) {
        round->take(round->context, &reply, NULL);
        control_reply_free(&reply);
    } else {
        round->take(round->context, NULL, &error);
    }
}

bool control_call_each(const struct control_call_options *options, unsigned wait_ms, const char *word,
                       const struct control_pair *pairs, size_t count, control_answer take, void *context,
                       struct error *error) {
    char line[CONTROL_PAPER_BYTES_MAX];
    struct control_place place;
    struct round round = {line, write_line(options, word, pairs, count, line), wait_ms, take, context};
    struct search search = {.options = options,
                            .wanted = {.address = options->store.address},
                            .each = ask_one,
                            .context = &round,
                            .for_all = true};
    if (!check_length(round.length, error) || !find_place(options, &place, error)) {
        return false;
    }
    if (place.path[0] == '\0') {
        return search_folders(&search, &place, error);
    }
    if (!check_path(options, place.path, error)) {
        return false;
    }
    ask_one(&round, place.path, NULL);
    return true;
}
