// The names of what quiniela.h has numbers for, and the library's version.
#include "agency/codes.h"
#include "quiniela.h"

const char *quiniela_version(void) {
    return QUINIELA_LIBRARY_VERSION;
}

const char *quiniela_code_name(enum quiniela_code code) {
    return code_meaning(code)->name;
}

const char *quiniela_strerror(enum quiniela_code code) {
    return code_meaning(code)->meaning;
}
