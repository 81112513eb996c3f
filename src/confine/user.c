#include "confine/user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// The user with that name, or with that number.
static const struct passwd *find(const char *user) {
    const struct passwd *found = getpwnam(user);
    if (found == NULL && user[0] >= '0' && user[0] <= '9') {
        char *end;
        unsigned long number = strtoul(user, &end, 10);
        found = *end == '\0' && number < (uid_t)-1 ? getpwuid((uid_t)number) : NULL;
    }
    return found;
}

bool user_find(const char *user, uid_t *uid, gid_t *gid, struct error *error) {
    *uid = geteuid();
    *gid = getegid();
    if (user == NULL) {
        return true;
    }
    errno = 0;
    const struct passwd *found = find(user);
    if (found == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "there is no user %.60s", user);
    }
    *uid = found->pw_uid;
    *gid = found->pw_gid;
    return true;
}

bool user_rights_take(const char *user, struct user_rights *rights, struct error *error) {
    uid_t uid;
    gid_t gid;
    *rights = (struct user_rights){.uid = geteuid(), .gid = getegid()};
    if (!user_find(user, &uid, &gid, error)) {
        return false;
    }
    if (rights->uid != 0 || uid == 0) {
        return true;
    }
    rights->are_taken = true;
    if (setegid(gid) != 0 || seteuid(uid) != 0) {
        error_set_system(error, errno, "cannot take the rights of user %.60s", user);
        user_rights_return(rights);
        return false;
    }
    return true;
}

void user_rights_return(const struct user_rights *rights) {
    if (rights->are_taken && (seteuid(rights->uid) != 0 || setegid(rights->gid) != 0)) {
        abort(); // root may always
    }
}

static bool is_this_one(uid_t uid) {
    return geteuid() == uid && getuid() == uid;
}

bool user_check(const char *user, struct error *error) {
    uid_t uid;
    gid_t gid;
    return user == NULL || (user_find(user, &uid, &gid, error) &&
                            (is_this_one(uid) || geteuid() == 0 ||
                             error_set(error, ERROR_BAD_SETTING, "only root can become user %.60s", user)));
}

static bool change(const struct passwd *to, struct error *error) {
    if (initgroups(to->pw_name, to->pw_gid) != 0 || setresgid(to->pw_gid, to->pw_gid, to->pw_gid) != 0 ||
        setresuid(to->pw_uid, to->pw_uid, to->pw_uid) != 0) {
        return error_set_system(error, errno, "cannot become user %s", to->pw_name);
    }
    if (setuid(0) == 0 || seteuid(0) == 0 || getuid() != to->pw_uid || geteuid() != to->pw_uid) {
        return error_set(error, ERROR_SYSTEM, "user %s can become root again", to->pw_name);
    }
    return true;
}

// Root may have created files earlier: better refused now than in the middle of the work.
static bool check_usable(const struct confine_options *options, const char *user, struct error *error) {
    for (size_t i = 0; i < options->writable_count; i++) {
        const char *path = options->writable[i];
        struct stat status;
        int how = stat(path, &status) == 0 && S_ISDIR(status.st_mode) ? R_OK | W_OK | X_OK : R_OK | W_OK;
        if (access(path, how) != 0 && errno != ENOENT && errno != ENOTDIR) {
            return error_set_system(error, errno, "%.120s cannot be used by user %s, who should own it", path,
                                    user);
        }
    }
    return true;
}

bool user_become(const struct confine_options *options, struct error *error) {
    if (options->user == NULL) {
        return true;
    }
    if (!user_check(options->user, error)) {
        return false;
    }
    const struct passwd *to = find(options->user);
    if (to == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "there is no user %.60s", options->user);
    }
    if (is_this_one(to->pw_uid)) {
        return true;
    }
    return change(to, error) && check_usable(options, options->user, error);
}
