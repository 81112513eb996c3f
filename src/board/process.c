#include "board/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

static double seconds_of(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

bool process_cpu_s(double *seconds) {
    struct rusage usage;
    bool known = getrusage(RUSAGE_SELF, &usage) == 0;
    *seconds = known ? seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime) : 0;
    return known;
}

bool process_memory_bytes(const struct process *process, uint64_t *bytes) {
    char text[256];
    uint64_t pages; // the second of its numbers
    ssize_t length = process->memory < 0 ? -1 : pread(process->memory, text, sizeof text - 1, 0);
    if (length <= 0) {
        return false;
    }
    text[length] = '\0';
    bool known = sscanf(text, "%*u %" SCNu64, &pages) == 1;
    *bytes = known ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
    return known;
}

bool process_open_descriptors(const struct process *process, uint64_t *count) {
    *count = 0;
    if (process->folder == NULL) {
        return false;
    }
    rewinddir(process->folder);
    for (const struct dirent *entry; (entry = readdir(process->folder)) != NULL;) {
        *count += entry->d_name[0] != '.';
    }
    return *count > 0;
}

bool process_descriptors_max(uint64_t *count) {
    struct rlimit limit;
    bool known = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
    *count = known ? limit.rlim_cur : 0;
    return known;
}

// Reads the 22nd value, in ticks since the machine started. The second one is the program's name, in
// parentheses, which may have any characters.
static bool read_start_ticks(uint64_t *ticks) {
    char text[1024];
    FILE *file = fopen("/proc/self/stat", "re");
    size_t length = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
    if (file != NULL) {
        fclose(file);
    }
    text[length] = '\0';
    const char *at = strrchr(text, ')');
    for (int value = 2; at != NULL && value < 22; value++) {
        at = strchr(at + 1, ' ');
    }
    *ticks = at == NULL ? 0 : strtoull(at, NULL, 10);
    return at != NULL;
}

// When the machine started, in seconds since 1970.
static bool read_boot_time(uint64_t *seconds) {
    FILE *file = fopen("/proc/stat", "re");
    char *line = NULL;
    size_t room = 0;
    bool known = false;
    while (file != NULL && !known && getline(&line, &room, file) > 0) {
        known = sscanf(line, "btime %" SCNu64, seconds) == 1;
    }
    free(line);
    if (file != NULL) {
        fclose(file);
    }
    return known;
}

void process_open(struct process *process) {
    uint64_t ticks, boot_s;
    *process = (struct process){.memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC),
                                .folder = opendir("/proc/self/fd")};
    if (read_start_ticks(&ticks) && read_boot_time(&boot_s)) {
        process->started_s = (double)boot_s + (double)ticks / (double)sysconf(_SC_CLK_TCK);
    }
}

void process_close(struct process *process) {
    if (process->memory > 0) {
        close(process->memory);
    }
    if (process->folder != NULL) {
        closedir(process->folder);
    }
    *process = (struct process){0};
}

bool disk_room(const char *path, uint64_t *free_bytes, uint64_t *size_bytes) {
    struct statvfs disk;
    if (statvfs(path, &disk) != 0) {
        return false;
    }
    *free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    *size_bytes = (uint64_t)disk.f_blocks * disk.f_frsize;
    return true;
}
