#include "cli/top_facts.h"

#include <stdlib.h>

const char *top_state_name(enum top_state state) {
    static const char *const names[TOP_STATES] = {
        [TOP_SILENT] = "silent",   [TOP_WAITING] = "waiting",   [TOP_SENDING] = "sending",
        [TOP_CUT_OFF] = "cut off", [TOP_FINISHED] = "finished", [TOP_TOLD] = "told"};
    return names[state];
}

void top_facts_free(struct top_facts *facts) {
    if (facts != NULL) {
        free(facts->agencies);
        free(facts);
    }
}
