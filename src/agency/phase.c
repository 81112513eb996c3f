#include "agency/phase.h"

bool phase_may_follow(enum phase from, enum phase to) {
    static const unsigned next[] = {
        [NEW] = 1U << CONNECTING | 1U << ENDED,
        [CONNECTING] = 1U << CONNECTING | 1U << SENDING | 1U << CONSULTING | 1U << BACKING_OFF | 1U << ENDED,
        [SENDING] = 1U << SENDING | 1U << COMPARING | 1U << CONSULTING | 1U << CONNECTING |
                    1U << BACKING_OFF | 1U << ENDED,
        [COMPARING] = 1U << COMPARING | 1U << SENDING | 1U << CONNECTING | 1U << BACKING_OFF | 1U << ENDED,
        [CONSULTING] = 1U << CONSULTING | 1U << POLLING | 1U << HOLDING | 1U << CONNECTING |
                       1U << BACKING_OFF | 1U << ENDED,
        [POLLING] = 1U << CONSULTING | 1U << BACKING_OFF | 1U << ENDED,
        [HOLDING] = 1U << HOLDING | 1U << ENDED,
        [BACKING_OFF] = 1U << CONNECTING | 1U << ENDED,
        [ENDED] = 0,
    };
    return (next[from] >> to & 1U) != 0;
}
