#include "base/catalog.h"

#include "base/translate.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static const char domain[] = "quiniela";

// Only for the length of a look-up: it is never the locale of the process. 0: nothing is translated.
static locale_t locale;

// Whether these are names such as "es_AR.UTF-8@euro", split by colons. Others, such as "../x", would make the
// C library look in folders that are not the catalogs'.
static bool are_names(const char *languages) {
    for (const char *at = languages; *at != '\0'; at++) {
        bool begins = at == languages || at[-1] == ':';
        bool is_letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        if (!is_letter && strchr(begins ? ":" : "0123456789_.@-:", *at) == NULL) {
            return false;
        }
    }
    return true;
}

// The language that is wanted, as LANGUAGE lists them, or NULL.
static const char *wanted_languages(void) {
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *wanted = NULL;
    for (size_t i = 0; i < sizeof variables / sizeof *variables && wanted == NULL; i++) {
        const char *value = getenv(variables[i]);
        wanted = value != NULL && value[0] != '\0' ? value : NULL;
    }
    if (wanted == NULL || strcmp(wanted, "C") == 0 || strcmp(wanted, "POSIX") == 0) {
        return NULL;
    }
    const char *list = getenv("LANGUAGE");
    wanted = list != NULL && list[0] != '\0' ? list : wanted;
    return are_names(wanted) ? wanted : NULL;
}

// Where the catalogs are: beside bin/ for a program that is installed, beside the program in a build's
// folder.
static bool find_catalogs(char path[PATH_MAX]) {
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) {
        return false;
    }
    program[length] = '\0';
    char *name = strrchr(program, '/');
    if (name == NULL) {
        return false;
    }
    *name = '\0';
    size_t folder = strlen(program);
    bool is_installed = folder >= 4 && strcmp(program + folder - 4, "/bin") == 0;
    return snprintf(path, PATH_MAX, "%s/%s", program, is_installed ? "../share/locale" : "locale") < PATH_MAX;
}

// gettext translates nothing in the locale "C", and a machine may have no other than "C.UTF-8": there
// LANGUAGE says which language is meant.
static locale_t make_locale(const char *languages) {
    locale_t made = newlocale(LC_MESSAGES_MASK, "", (locale_t)0);
    if (made == (locale_t)0) {
        made = newlocale(LC_MESSAGES_MASK, "C.UTF-8", (locale_t)0);
    }
    return made != (locale_t)0 && setenv("LANGUAGE", languages, 1) == 0 ? made : (locale_t)0;
}

static const char *look_up(const char *text) {
    if (text[0] == '\0') { // the translation of "" is the catalog's head
        return text;
    }
    locale_t before = uselocale(locale);
    const char *translated = dgettext(domain, text);
    uselocale(before);
    return translated;
}

static const char *look_up_count(const char *one, const char *more, uint64_t count) {
    locale_t before = uselocale(locale);
    const char *translated = dngettext(domain, one, more, count);
    uselocale(before);
    return translated;
}

static const struct translator by_catalog = {look_up, look_up_count};

void catalog_begin(void) {
    char path[PATH_MAX];
    const char *languages = wanted_languages();
    if (locale != (locale_t)0) { // begun again, by a test
        translate_use(NULL, NULL);
        freelocale(locale);
        locale = (locale_t)0;
    }
    if (languages == NULL || getauxval(AT_SECURE) != 0 || !find_catalogs(path) ||
        bindtextdomain(domain, path) == NULL || bind_textdomain_codeset(domain, "UTF-8") == NULL) {
        return;
    }
    locale = make_locale(languages);
    if (locale != (locale_t)0) {
        translate_use(&by_catalog, &by_catalog);
        (void)translate("wrong"); // any text: the catalog is read now
    }
}

void catalog_end(void) {
    translate_use(NULL, locale != (locale_t)0 ? &by_catalog : NULL);
}
