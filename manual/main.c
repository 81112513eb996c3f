// Makes the manual pages and the completion of the shells out of the program's tables:
// quiniela-manual TEXTS PROTOCOL FOLDER. The date on the pages is SOURCE_DATE_EPOCH
// (reproducible-builds.org).
#include "manual/manual.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static bool read_epoch(int64_t *epoch_s, struct error *error) {
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;
    errno = 0;
    *epoch_s = text != NULL ? strtoll(text, &end, 10) : 0;
    return (text != NULL && end != text && *end == '\0' && errno == 0 && *epoch_s >= 0) ||
           error_set(error, ERROR_BAD_SETTING,
                     "SOURCE_DATE_EPOCH: is to be the date on the pages, in seconds since 1970");
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: SOURCE_DATE_EPOCH=SECONDS quiniela-manual TEXTS PROTOCOL FOLDER\n");
        return 2;
    }
    struct manual_given given = {.texts = argv[1], .protocol = argv[2]};
    struct error error;
    if (!read_epoch(&given.epoch_s, &error) || !manual_make(argv[3], &given, &error)) {
        fprintf(stderr, "quiniela-manual: %s\n", error.text);
        return 1;
    }
    return 0;
}
