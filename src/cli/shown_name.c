#include "cli/shown_name.h"

#include "base/log_text.h"

#include <stdio.h>
#include <string.h>

struct shown_name shown_name(const char *name) {
    struct shown_name shown;
    snprintf(shown.text, sizeof shown.text, "%s", name);
    log_text_blank(shown.text, strlen(shown.text));
    return shown;
}
