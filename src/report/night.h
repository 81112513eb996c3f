// All that a report tells, as it was read.
#ifndef QUINIELA_REPORT_NIGHT_H
#define QUINIELA_REPORT_NIGHT_H

#include "report/facts.h"
#include "report/night_log.h"
#include "report/orders.h"
#include "report/texts.h"

struct report {
    const char *draw, *version, *place; // its name; the program's; where its store is, without a password
    int64_t now;                        // when it is made: seconds since 1970
    enum language language;
    struct facts facts;
    const struct night_log *log; // NULL: none was given
    const struct orders *orders; // NULL: no audit log was given
    struct report_backup {
        bool is_in_file; // of a store that is not, nothing is noted
        int64_t at;      // 0: there is none
        uint64_t bytes;
    } backup;
};

#endif
