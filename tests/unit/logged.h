// What is logged while a story goes on, read back through a pipe, because files may be full.
#ifndef QUINIELA_TESTS_LOGGED_H
#define QUINIELA_TESTS_LOGGED_H

#include "cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct {
    char text[64 * 1024];
    size_t length;
    int pipe, output; // to be read; the output as it was
} logging;

// From here on what is logged is kept, as much as a pipe holds.
static inline void begin_logging(void) {
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    fflush(stdout);
    logging.output = dup(STDOUT_FILENO);
    assert_int_equal(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    close(ends[1]);
    logging.pipe = ends[0];
    logging.length = 0;
}

static inline void end_logging(void) {
    fflush(stdout);
    assert_int_equal(dup2(logging.output, STDOUT_FILENO), STDOUT_FILENO);
    close(logging.output);
    close(logging.pipe);
}

// How often that was logged.
static inline int logged(const char *what) {
    ssize_t length;
    int count = 0;
    fflush(stdout);
    while ((length = read(logging.pipe, logging.text + logging.length,
                          sizeof logging.text - 1 - logging.length)) > 0) {
        logging.length += (size_t)length;
    }
    logging.text[logging.length] = '\0';
    for (const char *at = logging.text; (at = strstr(at, what)) != NULL; at++) {
        count++;
    }
    return count;
}

#endif
