#include "cli/file_list.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool file_list_cut(struct file_list *list, const char *text, const char *flag, struct error *error) {
    *list = (struct file_list){.count = 0};
    if (text == NULL) {
        return true;
    }
    char *rest = list->text = strdup(text);
    if (rest == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the names of files");
    }
    if (access(text, F_OK) == 0) {
        list->paths[list->count++] = rest;
        return true;
    }
    for (char *path; list->count < FILE_LIST_MAX && (path = strsep(&rest, ",")) != NULL;) {
        list->paths[list->count++] = path;
    }
    return rest == NULL || error_set(error, ERROR_BAD_SETTING, "%s: more than %d files", flag, FILE_LIST_MAX);
}

void file_list_free(struct file_list *list) {
    free(list->text);
    *list = (struct file_list){.count = 0};
}
