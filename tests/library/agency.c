// An agency for tests, as a stranger would write it: of the project it knows <quiniela.h> alone.
//     agency WAY servers=HOST:PORT agency=NUMBER file=PATH [consult=…] [authority=… certificate=… key=…]
//            [central_key=… receipts=…] [window=N] [chunk=N] [poll=1]
// WAY: `send` is quiniela_send_file, `run` is quiniela_agency_run, `step` is a loop around poll(2). Prints
// each event's kind, if events=1, and at the end "CODE WINNERS" and the winners' documents, one a line.
#include <quiniela.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count;
static char **given;

// The value of a setting NAME=VALUE; NULL if it is not given.
static const char *value(const char *name) {
    size_t length = strlen(name);
    for (int i = 2; i < count; i++) {
        if (strncmp(given[i], name, length) == 0 && given[i][length] == '=') {
            return given[i] + length + 1;
        }
    }
    return NULL;
}

static uint32_t number(const char *name, uint32_t otherwise) {
    const char *text = value(name);
    return text == NULL ? otherwise : (uint32_t)strtoul(text, NULL, 10);
}

static void on_event(void *context, const struct quiniela_event *event) {
    (void)context;
    printf("event %d agency %u\n", (int)event->kind, (unsigned)event->agency);
    fflush(stdout);
}

static enum quiniela_code set(struct quiniela_options *options) {
    enum quiniela_code code = quiniela_options_set_servers(options, value("servers"));
    code = code == QUINIELA_OK ? quiniela_options_set_consult_servers(options, value("consult")) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_agency(options, number("agency", 1)) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_file(options, value("file")) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_window(options, number("window", 4)) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_chunk_size(options, number("chunk", 1000)) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_poll(options, number("poll", 0) != 0) : code;
    if (code == QUINIELA_OK && value("authority") != NULL) {
        code =
            quiniela_options_set_tls(options, value("certificate"), value("key"), value("authority"), NULL);
    }
    if (code == QUINIELA_OK && value("central_key") != NULL) {
        code = quiniela_options_set_central_key(options, value("central_key"), value("receipts"));
    }
    if (code == QUINIELA_OK && number("events", 0) != 0) {
        code = quiniela_options_set_events(options, on_event, NULL);
    }
    return code;
}

static enum quiniela_code step_to_the_end(struct quiniela_agency *agency) {
    while (quiniela_agency_step(agency) == QUINIELA_RUNNING) {
        struct pollfd wanted = {quiniela_agency_fd(agency), 0, 0};
        int wants = quiniela_agency_wants(agency);
        wanted.events =
            (short)((wants & QUINIELA_READ ? POLLIN : 0) | (wants & QUINIELA_WRITE ? POLLOUT : 0));
        poll(&wanted, 1, quiniela_agency_timeout_ms(agency));
    }
    return quiniela_agency_code(agency);
}

static enum quiniela_code play(const char *way, struct quiniela_options *options,
                               struct quiniela_agency **agency) {
    enum quiniela_code code = set(options);
    if (code != QUINIELA_OK) {
        return code;
    }
    if (strcmp(way, "send") == 0) {
        return quiniela_send_file(options, NULL, agency);
    }
    code = quiniela_agency_new(options, agency);
    if (code != QUINIELA_OK) {
        return code;
    }
    return strcmp(way, "run") == 0 ? quiniela_agency_run(*agency) : step_to_the_end(*agency);
}

int main(int argc, char **argv) {
    count = argc;
    given = argv;
    struct quiniela_options *options = argc < 2 ? NULL : quiniela_options_new(NULL);
    if (options == NULL) {
        return 2;
    }
    struct quiniela_agency *agency = NULL;
    enum quiniela_code code = play(argv[1], options, &agency);
    if (code == QUINIELA_OK) {
        printf("%s %llu\n", quiniela_code_name(code),
               (unsigned long long)quiniela_agency_winner_count(agency));
        for (const char *document = quiniela_agency_winners(agency, NULL); *document != '\0';) {
            size_t length = strcspn(document, ",");
            printf("%.*s\n", (int)length, document);
            document += length + (document[length] == ',');
        }
    } else {
        printf("%s: %s\n", quiniela_code_name(code),
               agency == NULL ? quiniela_options_error(options) : quiniela_agency_error(agency));
    }
    quiniela_agency_free(agency);
    quiniela_options_free(options);
    return code == QUINIELA_OK ? 0 : 1;
}
