#include "bench/threads.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 64, NAME_BYTES = 32 };

static const struct {
    const char *own, *plural; // as the thread calls itself, and all of them
} names[THREAD_KINDS] = {
    [THREAD_LOOP] = {"loop", "loops"},
    [THREAD_LEDGER] = {"ledger", "ledger"},
    [THREAD_CHECKPOINT] = {"checkpoint", "checkpoints"},
    [THREAD_LOG] = {"log", "log"},
    [THREAD_OTHER] = {"", "others"},
};

const char *threads_name(enum thread_kind kind) {
    return names[kind].plural;
}

// The first line of a file about a thread, or "".
static void read_line(pid_t process, long thread, const char *file, char line[NAME_BYTES]) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/%s", (long)process, thread, file);
    FILE *stream = fopen(path, "re");
    line[0] = '\0';
    if (stream != NULL) {
        if (fgets(line, NAME_BYTES, stream) == NULL) {
            line[0] = '\0';
        }
        fclose(stream);
    }
    line[strcspn(line, "\n")] = '\0';
}

static enum thread_kind kind_of(pid_t process, long thread) {
    char name[NAME_BYTES];
    read_line(process, thread, "comm", name);
    int kind = 0;
    while (kind < THREAD_OTHER && strcmp(name, names[kind].own) != 0) {
        kind++;
    }
    return (enum thread_kind)kind;
}

struct threads_time threads_time(pid_t process) {
    struct threads_time time = {0};
    char path[PATH_BYTES], spent[NAME_BYTES];
    snprintf(path, sizeof path, "/proc/%ld/task", (long)process);
    DIR *threads = opendir(path);
    for (const struct dirent *entry; threads != NULL && (entry = readdir(threads)) != NULL;) {
        long thread = strtol(entry->d_name, NULL, 10);
        if (thread > 0) {
            read_line(process, thread, "schedstat", spent);
            time.ns[kind_of(process, thread)] += strtoull(spent, NULL, 10);
        }
    }
    if (threads != NULL) {
        closedir(threads);
    }
    return time;
}

struct threads_time threads_time_between(const struct threads_time *before,
                                         const struct threads_time *after) {
    struct threads_time spent = {0};
    for (int i = 0; i < THREAD_KINDS; i++) {
        spent.ns[i] = after->ns[i] > before->ns[i] ? after->ns[i] - before->ns[i] : 0;
    }
    return spent;
}
