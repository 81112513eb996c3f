// Steps of a night that may be many: what orders changed, and what became of the servers.
#ifndef QUINIELA_REPORT_MORE_STEPS_H
#define QUINIELA_REPORT_MORE_STEPS_H

#include "report/page.h"
#include "report/steps.h"

// What was changed of what had been set at the opening: by the audit log; else that it was.
void change_steps(const struct page *page, struct steps *steps);

// Kills, ends and starts of servers, until the last agency was told. The first starts, with the opening, are
// none of them.
void server_steps(const struct page *page, struct steps *steps);

#endif
