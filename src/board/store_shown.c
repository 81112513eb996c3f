#include "board/store_shown.h"

#include <stdio.h>

bool store_shown_trouble(const struct board_snapshot *snapshot, time_t now, char text[ERROR_TEXT_BYTES]) {
    time_t age_s = now - snapshot->read_at;
    text[0] = '\0';
    if (snapshot->trouble[0] != '\0') {
        snprintf(text, ERROR_TEXT_BYTES, "%s", snapshot->trouble);
    } else if (snapshot->read_at == 0) {
        snprintf(text, ERROR_TEXT_BYTES, "it has not been read yet");
    } else if (age_s > STORE_UNREAD_S_MAX) {
        snprintf(text, ERROR_TEXT_BYTES, "it was last read %lld s ago", (long long)age_s);
    }
    return text[0] != '\0';
}
