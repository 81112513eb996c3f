#include "cli/control_call.h"

#include "bet/errors.h"
#include "cli/command.h"
#include "cli/control_connection.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HELLO_MS = 3000 }; // for a server to say who it is

// Reading an answer ---------------------------------------------------------------------------------------

static void copy_text(const struct json_value *value, char *to, size_t room) {
    if (value->kind == JSON_STRING) {
        snprintf(to, room, "%.*s", (int)value->text_length, value->text);
    }
}

bool control_reply_fields(struct control_reply *reply, const char *const *names, int count,
                          struct json_value *values, struct error *error) {
    return json_parse_object(reply->parser, (const uint8_t *)reply->text, reply->length, names, count, values,
                             error);
}

static bool read_outcome(struct control_reply *reply, struct error *error) {
    static const char *const names[] = {"ok", "error"}, *const of_error[] = {"code", "message"};
    struct json_value outer[2], inner[2];
    if (!control_reply_fields(reply, names, 2, outer, error)) {
        return false;
    }
    reply->ok = outer[0].kind == JSON_BOOLEAN && outer[0].boolean;
    if (reply->ok || outer[1].kind != JSON_OBJECT) {
        return true;
    }
    if (!json_read_members(reply->parser, &outer[1], of_error, 2, inner, error)) {
        return false;
    }
    copy_text(&inner[0], reply->code, sizeof reply->code);
    copy_text(&inner[1], reply->message, sizeof reply->message);
    return true;
}

void control_reply_free(struct control_reply *reply) {
    if (reply->connection >= 0) {
        close(reply->connection);
    }
    free(reply->text);
    json_parser_free(reply->parser);
    *reply = (struct control_reply){.connection = -1};
}

static bool ask_at(const char *path, const char *line, size_t length, unsigned wait_ms,
                   struct control_reply *reply, struct error *error) {
    *reply = (struct control_reply){.connection = control_connect(path, wait_ms, error)};
    if (reply->connection < 0) {
        return false;
    }
    reply->parser = json_parser_new();
    if ((reply->parser != NULL || error_set(error, ERROR_NO_MEMORY, "no memory for the server's answer")) &&
        control_ask(reply->connection, line, length, wait_ms, &reply->text, &reply->length, error) &&
        read_outcome(reply, error)) {
        return true;
    }
    control_reply_free(reply);
    return false;
}

// Finding the server --------------------------------------------------------------------------------------

struct search {
    char store[STORE_ADDRESS_BYTES]; // as servers show it
    const char *draw;
    char found[PATH_MAX];
    char others[160]; // what the servers found have instead
};

static bool is_text(const struct json_value *value, const char *text) {
    return value->kind == JSON_STRING && value->text_length == strlen(text) &&
           memcmp(value->text, text, value->text_length) == 0;
}

// Whether the server there has the store and the draw.
static bool is_it(struct search *search, const char *path) {
    static const char *const names[] = {"store", "draw"};
    static const char hello[] = "hello\n";
    struct json_value values[2];
    struct control_reply reply;
    struct error ignored; // it is not the one
    if (!ask_at(path, hello, sizeof hello - 1, HELLO_MS, &reply, &ignored)) {
        return false;
    }
    bool said = control_reply_fields(&reply, names, 2, values, &ignored);
    bool is_it = said && is_text(&values[0], search->store) && is_text(&values[1], search->draw);
    if (said && !is_it && values[0].kind == JSON_STRING && values[1].kind == JSON_STRING) {
        snprintf(search->others, sizeof search->others, "; one runs with draw \"%.*s\" in %.*s",
                 (int)values[1].text_length, values[1].text, (int)values[0].text_length, values[0].text);
    }
    control_reply_free(&reply);
    return is_it;
}

static bool search_folder(struct search *search, const char *name) {
    DIR *folder = opendir(name);
    bool found = false;
    for (const struct dirent *entry; !found && folder != NULL && (entry = readdir(folder)) != NULL;) {
        found = control_place_is_numbered(entry->d_name) &&
                snprintf(search->found, sizeof search->found, "%s/%s", name, entry->d_name) <
                    (int)sizeof search->found &&
                is_it(search, search->found);
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return found;
}

// Any server of a shared store takes any order.
static bool search_folders(const struct control_place *place, const struct control_call_options *options,
                           char path[PATH_MAX], struct error *error) {
    struct search search = {.draw = options->store.draw};
    store_show_address(options->store.address, search.store);
    for (size_t i = 0; i < place->folder_count; i++) {
        if (search_folder(&search, place->folders[i])) {
            memcpy(path, search.found, sizeof search.found);
            return true;
        }
    }
    return error_set(
        error, ERROR_NETWORK,
        "no server of draw \"%.64s\" in this store takes orders on this machine%s; --control names its "
        "socket",
        options->store.draw, search.others);
}

static bool find(const struct control_call_options *options, char path[PATH_MAX], struct error *error) {
    struct control_place place;
    if (!control_place_find(&options->control, options->store.address, &place, error)) {
        return false;
    }
    if (place.is_off) {
        return error_set(error, ERROR_BAD_SETTING, "CONTROL is off: there is no socket to give an order on");
    }
    memcpy(path, place.path, sizeof place.path);
    return path[0] != '\0' || search_folders(&place, options, path, error);
}

// Calling -------------------------------------------------------------------------------------------------

bool control_call_within(const struct control_call_options *options, unsigned wait_ms, const char *word,
                         const struct control_pair *pairs, size_t count, struct control_reply *reply,
                         struct error *error) {
    char line[CONTROL_LINE_BYTES_MAX], path[PATH_MAX];
    size_t length = control_line_write(line, word, pairs, count);
    *reply = (struct control_reply){.connection = -1};
    if (length == 0) {
        return error_set(error, ERROR_BAD_SETTING, "the order has more than %d bytes",
                         CONTROL_LINE_BYTES_MAX);
    }
    return find(options, path, error) && ask_at(path, line, length, wait_ms, reply, error);
}

bool control_call(const struct control_call_options *options, const char *word,
                  const struct control_pair *pairs, size_t count, struct control_reply *reply,
                  struct error *error) {
    return control_call_within(options, 0, word, pairs, count, reply, error);
}

void control_reply_wait_for_end(const struct control_reply *reply) {
    char byte;
    while (read(reply->connection, &byte, 1) > 0) {
    }
}

int control_reply_report(const struct settings_command *command, const struct control_reply *reply,
                         bool json) {
    if (json) {
        printf("%s\n", reply->text);
    }
    if (reply->ok) {
        return EXIT_DONE;
    }
    if (!json) {
        fprintf(stderr, "quiniela %s: %s\n", command->name,
                reply->message[0] == '\0' ? "the server refused it" : reply->message);
    }
    bool needs_yes = strcmp(reply->code, "needs_yes") == 0;
    if (needs_yes && !json) {
        fprintf(stderr, "quiniela %s: nothing is done yet: add --yes to do it\n", command->name);
    }
    return needs_yes ? EXIT_WRONG_USE : EXIT_FAILED;
}
