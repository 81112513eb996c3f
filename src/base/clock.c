#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

// time() is behind the exact clock by up to a tick of the kernel's: what waited for a second, and came, would
// be told as before it.
static time_t now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec;
}

size_t clock_local_text(char text[CLOCK_TEXT_BYTES]) {
    // Breaking down the time costs more than the rest of a log line, so each thread keeps the text of the
    // last second.
    static _Thread_local time_t last;
    static _Thread_local char last_text[CLOCK_TEXT_BYTES];
    static _Thread_local size_t last_length;
    time_t now = now_s();
    if (now != last || last_length == 0) {
        struct tm parts;
        localtime_r(&now, &parts);
        last_length = strftime(last_text, sizeof last_text, "%Y-%m-%d %H:%M:%S", &parts);
        last = now;
    }
    memcpy(text, last_text, sizeof last_text);
    return last_length;
}

size_t clock_utc_text_ago(uint64_t seconds, char text[CLOCK_TEXT_BYTES]) {
    time_t then = now_s() - (time_t)seconds;
    struct tm parts;
    gmtime_r(&then, &parts);
    return strftime(text, CLOCK_TEXT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

size_t clock_utc_text(char text[CLOCK_TEXT_BYTES]) {
    return clock_utc_text_ago(0, text);
}

size_t clock_utc_ms_text(char text[CLOCK_UTC_MS_BYTES]) {
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    size_t length = strftime(text, CLOCK_UTC_MS_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);
    return length + (size_t)snprintf(text + length, CLOCK_UTC_MS_BYTES - length, ".%03dZ",
                                     (int)(now.tv_nsec / 1000000));
}

uint64_t clock_epoch_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t clock_steady_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t clock_steady_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * CLOCK_SECOND_NS + (uint64_t)now.tv_nsec;
}

uint64_t clock_boot_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
