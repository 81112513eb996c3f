// One agency in a libuv loop:
//     libuv central.example:12345 1 agency-1.csv
#include <quiniela.h>

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static struct quiniela_agency *agency;
static uv_timer_t timer;
static uv_poll_t *watch; // of the socket with this version: libuv wants a new handle for each
static uint64_t version;

static void go_on(void);

static void on_socket(uv_poll_t *handle, int status, int events) {
    (void)handle, (void)status, (void)events; // the step finds out by itself
    go_on();
}

static void on_time(uv_timer_t *handle) {
    (void)handle;
    go_on();
}

static void go_on(void) {
    int running = quiniela_agency_step(agency) == QUINIELA_RUNNING, fd = quiniela_agency_fd(agency);
    int wants = quiniela_agency_wants(agency), timeout_ms = quiniela_agency_timeout_ms(agency);
    if (watch != NULL && (!running || fd < 0 || quiniela_agency_fd_version(agency) != version)) {
        uv_close((uv_handle_t *)watch, (uv_close_cb)free);
        watch = NULL;
    }
    if (running && fd >= 0 && watch == NULL) {
        watch = malloc(sizeof *watch);
        version = quiniela_agency_fd_version(agency);
        uv_poll_init(uv_default_loop(), watch, fd);
    }
    if (watch != NULL) {
        uv_poll_start(watch,
                      (wants & QUINIELA_READ ? UV_READABLE : 0) | (wants & QUINIELA_WRITE ? UV_WRITABLE : 0),
                      on_socket);
    }
    uv_timer_stop(&timer);
    if (running && timeout_ms >= 0) {
        uv_timer_start(&timer, on_time, (uint64_t)timeout_ms, 0);
    }
}

int main(int argc, char **argv) {
    struct quiniela_options *options = quiniela_options_new(NULL);
    if (argc != 4 || options == NULL || quiniela_options_set_servers(options, argv[1]) != QUINIELA_OK ||
        quiniela_options_set_agency(options, (uint32_t)strtoul(argv[2], NULL, 10)) != QUINIELA_OK ||
        quiniela_options_set_file(options, argv[3]) != QUINIELA_OK ||
        quiniela_agency_new(options, &agency) != QUINIELA_OK) {
        const char *text = options == NULL ? "no memory" : quiniela_options_error(options);
        fprintf(stderr, "usage: %s SERVERS AGENCY FILE\n%s\n", argv[0], text);
        quiniela_options_free(options);
        return 2;
    }
    quiniela_options_free(options); // the agency has a copy
    uv_timer_init(uv_default_loop(), &timer);
    go_on();
    uv_run(uv_default_loop(), UV_RUN_DEFAULT); // until the agency has ended, or nothing else is left
    int failed = quiniela_agency_code(agency) != QUINIELA_OK;
    fprintf(failed ? stderr : stdout, "%s: %s\n", quiniela_code_name(quiniela_agency_code(agency)),
            failed ? quiniela_agency_error(agency) : quiniela_agency_winners(agency, NULL));
    quiniela_agency_free(agency);
    return failed;
}
