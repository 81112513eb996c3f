// gettext's catalogs (po/), from which `translate` takes its texts in a program that asks for it.
#ifndef QUINIELA_BASE_CATALOG_H
#define QUINIELA_BASE_CATALOG_H

// From here on texts are translated into the language of LC_ALL, LC_MESSAGES or LANG (the first that is set),
// or of LANGUAGE's list where one of these names any language at all, as gettext has it. The machine need not
// have that locale. Reads the catalog, so that no file is opened later. Where there is none, or this process
// has rights that whoever started it has not (AT_SECURE), nothing is translated. Before any thread starts.
void catalog_begin(void);

// From here on `translate` gives back what it is given: the log begins.
void catalog_end(void);

#endif
