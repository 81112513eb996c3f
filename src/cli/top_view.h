// What of the facts `quiniela top` shows: the page, the order of the agencies, how far they are scrolled; and
// what keys do to that.
#ifndef QUINIELA_CLI_TOP_VIEW_H
#define QUINIELA_CLI_TOP_VIEW_H

#include "cli/top_facts.h"
#include "cli/top_keys.h"

enum top_page { TOP_AGENCIES, TOP_NUMBERS, TOP_HELP };

enum top_sort { TOP_BY_NEED, TOP_BY_NUMBER, TOP_BY_BETS, TOP_BY_RATE, TOP_BY_SILENCE, TOP_SORTS };

enum { TOP_DIGITS_MAX = 10 }; // of an agency that is looked for

struct top_view {
    enum top_page page;
    enum top_sort sort;
    bool only_missing;
    size_t first;                    // how many agencies are scrolled past
    size_t lines;                    // how many there was room for; both are set by the layout, too
    size_t listed;                   // how many there were to show
    uint32_t found;                  // this agency is marked; 0: none
    bool goes_there;                 // it is to be on the screen
    bool is_finding;                 // digits are typed
    char digits[TOP_DIGITS_MAX + 1]; // of the agency that is, or was, looked for
};

// "what matters" and so on: a string constant.
const char *top_sort_name(enum top_sort sort);

// Does what a key is for. False: the program is to end.
bool top_view_key(struct top_view *view, enum top_key key);

// The agencies to be shown, in their order: their places in facts->agencies, *count of them. Sets
// view->listed. The caller frees it; NULL when there is no memory.
size_t *top_view_order(struct top_view *view, const struct top_facts *facts);

// Keeps view->first within what there is, with room for so many lines; and brings the agency that was found
// onto the screen.
void top_view_scroll(struct top_view *view, const struct top_facts *facts, const size_t *order, size_t lines);

#endif
