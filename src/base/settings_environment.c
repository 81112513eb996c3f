#include "base/settings_environment.h"

#include "base/translate.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Kubernetes tells every container where each service of its namespace is. If a service is called "server",
// SERVER_PORT is "tcp://10.96.0.17:12345". Adds that to an error about such a value. Always returns false.
static bool explain_service_link(const struct setting *setting, const char *name, const char *text,
                                 struct error *error) {
    static const char suffix[] = "_PORT";
    size_t length = strlen(name), tail = sizeof suffix - 1;
    if (length <= tail || strcmp(name + length - tail, suffix) != 0 || strstr(text, "://") == NULL) {
        return false;
    }
    size_t used = strlen(error->text);
    char service[FLAG_BYTES_MAX], flag[FLAG_BYTES_MAX];
    snprintf(service, sizeof service, "%.*s", (int)(length - tail), name);
    for (char *byte = service; *byte != '\0'; byte++) {
        *byte = *byte == '_' ? '-' : (char)tolower((unsigned char)*byte);
    }
    setting_flag_name(setting, flag);
    snprintf(error->text + used, sizeof error->text - used,
             _("; Kubernetes sets it for a service called %s: set %s in the pod, or use --%s, or set "
               "enableServiceLinks: false"),
             service, name, flag);
    error->text[utf8_whole(error->text, strlen(error->text))] = '\0';
    return false;
}

static bool read_variable(const struct settings_values *values, struct setting_value *value, const char *name,
                          bool *found, struct error *error) {
    const char *text = getenv(name);
    *found = text != NULL && text[0] != '\0';
    if (!*found) {
        return true;
    }
    char place[PLACE_BYTES_MAX];
    snprintf(place, sizeof place, _("environment: %s"), name);
    return settings_values_take(values, value, ORIGIN_ENVIRONMENT, place, text, error) ||
           explain_service_link(value->setting, name, text, error) || settings_values_note(values, error);
}

bool settings_environment_read(struct settings_values *values, struct error *error) {
    for (int i = 0; i < values->count; i++) {
        struct setting_value *value = &values->list[i];
        const struct setting *setting = value->setting;
        if (setting->flag_only) {
            continue;
        }
        bool found;
        if (!read_variable(values, value, setting->key, &found, error) ||
            (!found && setting->alias != NULL &&
             !read_variable(values, value, setting->alias, &found, error))) {
            return false;
        }
    }
    return true;
}
