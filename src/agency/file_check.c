#include "agency/file_check.h"

#include "base/clock.h"
#include "base/signals.h"

bool file_check(struct reader *reader, uint32_t agency, struct file_findings *findings, struct error *error) {
    return file_check_until(reader, agency, 0, findings, error);
}

bool file_check_until(struct reader *reader, uint32_t agency, uint64_t until_ms,
                      struct file_findings *findings, struct error *error) {
    enum file_step step = FILE_STEP_MORE;
    *findings = (struct file_findings){0};
    while (step == FILE_STEP_MORE && !findings->was_stopped) {
        step = file_step(reader, agency, findings, error);
        findings->was_stopped = step == FILE_STEP_MORE &&
                                (signals_wait_to_end() || (until_ms > 0 && clock_steady_ms() >= until_ms));
    }
    return findings->was_stopped ? findings->bad == 0 : step == FILE_STEP_GOOD;
}
