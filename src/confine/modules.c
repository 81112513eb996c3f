// The C library's resolver loads modules on its first use (nsswitch.conf(5)): code that comes into the
// process after the start. Loading it here means that no memory has to become executable later.
#include "confine/modules.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 1024, NAME_BYTES = 64 };

// "hosts:  files mdns4_minimal [NOTFOUND=return] dns": each word except an action names a module.
static void load_those_of(char *line) {
    char *rest = NULL;
    for (char *word = strtok_r(line, " \t\n", &rest); word != NULL; word = strtok_r(NULL, " \t\n", &rest)) {
        char name[NAME_BYTES];
        if (word[0] == '#') {
            return;
        }
        if (isalpha((unsigned char)word[0]) && strchr(word, '/') == NULL &&
            snprintf(name, sizeof name, "libnss_%s.so.2", word) < (int)sizeof name) {
            (void)dlopen(name, RTLD_NOW); // stays loaded; it may be built in, or missing
        }
    }
}

void modules_load(void) {
    static const char *const databases[] = {"hosts:", "passwd:", "services:"};
    char line[LINE_BYTES];
    FILE *file = fopen("/etc/nsswitch.conf", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        for (size_t i = 0; i < sizeof databases / sizeof *databases; i++) {
            size_t length = strlen(databases[i]);
            if (strncmp(line, databases[i], length) == 0) {
                load_those_of(line + length);
            }
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}
