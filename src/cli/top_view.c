#include "cli/top_view.h"

#include <stdlib.h>
#include <string.h>

const char *top_sort_name(enum top_sort sort) {
    static const char *const names[TOP_SORTS] = {[TOP_BY_NEED] = "by need",
                                                 [TOP_BY_NUMBER] = "by number",
                                                 [TOP_BY_BETS] = "by bets",
                                                 [TOP_BY_RATE] = "by rate",
                                                 [TOP_BY_SILENCE] = "by silence"};
    return names[sort];
}

// Keys ----------------------------------------------------------------------------------------------------

static void find_key(struct top_view *view, enum top_key key) {
    size_t length = strlen(view->digits);
    if (key >= '0' && key <= '9' && length < TOP_DIGITS_MAX) {
        view->digits[length] = (char)key;
        view->digits[length + 1] = '\0';
    } else if (key == TOP_KEY_BACKSPACE && length > 0) {
        view->digits[length - 1] = '\0';
    } else if (key == TOP_KEY_ENTER) {
        unsigned long number = strtoul(view->digits, NULL, 10);
        view->found = number <= AGENCIES_MAX ? (uint32_t)number : AGENCIES_MAX + 1;
        view->goes_there = view->found != 0;
        view->is_finding = false;
    } else if (key == TOP_KEY_ESCAPE) {
        view->is_finding = false;
    }
}

static void scroll_key(struct top_view *view, enum top_key key) {
    size_t page = view->lines > 1 ? view->lines - 1 : 1;
    size_t last = view->listed; // the layout takes it back to where the last page begins
    switch (key) {
    case TOP_KEY_UP:
        view->first -= view->first > 0;
        break;
    case TOP_KEY_DOWN:
        view->first++;
        break;
    case TOP_KEY_PAGE_UP:
        view->first -= view->first < page ? view->first : page;
        break;
    case TOP_KEY_PAGE_DOWN:
        view->first += page;
        break;
    case TOP_KEY_HOME:
        view->first = 0;
        break;
    case TOP_KEY_END:
        view->first = last;
        break;
    default:
        break;
    }
}

static void agencies_key(struct top_view *view, int key) {
    switch (key) {
    case 'm':
        view->only_missing = !view->only_missing;
        view->first = 0;
        break;
    case 's':
        view->sort = (view->sort + 1) % TOP_SORTS;
        view->first = 0;
        break;
    case '/':
        view->is_finding = true;
        view->digits[0] = '\0';
        break;
    case TOP_KEY_ESCAPE:
        view->found = 0;
        break;
    case ' ':
        scroll_key(view, TOP_KEY_PAGE_DOWN);
        break;
    case 'b':
        scroll_key(view, TOP_KEY_PAGE_UP);
        break;
    default:
        scroll_key(view, (enum top_key)key);
        break;
    }
}

bool top_view_key(struct top_view *view, enum top_key key) {
    if (view->is_finding) {
        find_key(view, key);
        return true;
    }
    if ((int)key == 'q') {
        return false;
    }
    if ((int)key == '?' || (int)key == 'h') {
        view->page = view->page == TOP_HELP ? TOP_AGENCIES : TOP_HELP;
    } else if ((int)key == 'n') {
        view->page = view->page == TOP_NUMBERS ? TOP_AGENCIES : TOP_NUMBERS;
    } else if (view->page != TOP_AGENCIES) {
        view->page = key == TOP_KEY_ESCAPE || view->page == TOP_HELP ? TOP_AGENCIES : view->page;
    } else {
        agencies_key(view, (int)key);
    }
    return true;
}

// The order -----------------------------------------------------------------------------------------------

struct ordering {
    enum top_sort sort;
    const struct top_agency *agencies;
};

static int compare(uint64_t one, uint64_t other) {
    return (one > other) - (one < other);
}

static int compare_silence(const struct top_agency *one, const struct top_agency *other) {
    return -compare(one->silent_s, other->silent_s);
}

static int by_need(const struct top_agency *one, const struct top_agency *other) {
    int states = compare(one->state, other->state);
    bool is_missing = one->state == TOP_SILENT || one->state == TOP_SENDING;
    return states != 0 || !is_missing ? states : compare_silence(one, other);
}

static int by_silence(const struct top_agency *one, const struct top_agency *other) {
    bool one_is_over = one->state >= TOP_CUT_OFF, other_is_over = other->state >= TOP_CUT_OFF;
    return one_is_over != other_is_over ? one_is_over - other_is_over : compare_silence(one, other);
}

static int by_sort(const struct top_agency *one, const struct top_agency *other, enum top_sort sort) {
    switch (sort) {
    case TOP_BY_NEED:
        return by_need(one, other);
    case TOP_BY_BETS:
        return -compare(one->bets, other->bets);
    case TOP_BY_RATE:
        return (one->rate < other->rate) - (one->rate > other->rate);
    case TOP_BY_SILENCE:
        return by_silence(one, other);
    case TOP_BY_NUMBER:
    case TOP_SORTS:
        break;
    }
    return 0;
}

static int compare_places(const void *one, const void *other, void *context) {
    const struct ordering *ordering = context;
    size_t a = *(const size_t *)one, b = *(const size_t *)other;
    int order = by_sort(&ordering->agencies[a], &ordering->agencies[b], ordering->sort);
    return order != 0 ? order : compare(a, b);
}

size_t *top_view_order(struct top_view *view, const struct top_facts *facts) {
    size_t *order = calloc(facts->count + 1, sizeof *order);
    struct ordering ordering = {view->sort, facts->agencies};
    view->listed = 0;
    for (size_t i = 0; order != NULL && i < facts->count; i++) {
        if (!view->only_missing || facts->agencies[i].state < TOP_CUT_OFF) {
            order[view->listed++] = i;
        }
    }
    if (order != NULL && view->sort != TOP_BY_NUMBER) {
        qsort_r(order, view->listed, sizeof *order, compare_places, &ordering);
    }
    return order;
}

void top_view_scroll(struct top_view *view, const struct top_facts *facts, const size_t *order,
                     size_t lines) {
    size_t last = view->listed > lines ? view->listed - lines : 0;
    view->lines = lines;
    for (size_t i = 0; view->goes_there && i < view->listed; i++) {
        bool is_there = i >= view->first && i < view->first + lines;
        if (facts->agencies[order[i]].agency == view->found && !is_there) {
            view->first = i > lines / 2 ? i - lines / 2 : 0;
        }
    }
    view->goes_there = false;
    view->first = view->first < last ? view->first : last;
}
