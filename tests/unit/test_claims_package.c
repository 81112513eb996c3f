// An auditor's package is just what its manifest says, and what is in it is checked all the same.
#include "claims_story.h"

#include <sys/stat.h>

enum { FILES = 6 };

static const char *const names[FILES] = {"audit.log", "export.csv", "rules-0.note",
                                         "seal.json", "seal.note",  "secret.txt"}; // in this order

struct package_story {
    struct story *story;
    char path[TEMPORARY_BYTES + 16], manifest[4096];
};

static struct slice content_of(struct story *story, const char *name) {
    if (strcmp(name, "audit.log") == 0) {
        return slice_of("{}\n");
    }
    return strcmp(name, "export.csv") == 0     ? csv_of(story, 1, SMALL_AGENCIES, true)
           : strcmp(name, "rules-0.note") == 0 ? rules_note(story)
           : strcmp(name, "seal.json") == 0    ? seal_json_text(story)
           : strcmp(name, "seal.note") == 0    ? seal_note(story->sealed)
                                               : secret_text(story, story->sealed->secret);
}

static char *path_of(const struct package_story *package, const char *name) {
    static char path[TEMPORARY_BYTES + 64];
    snprintf(path, sizeof path, "%s/%s", package->path, name);
    return path;
}

static void write_manifest(struct package_story *package) {
    write_to(path_of(package, "manifest.txt"), slice_of(package->manifest));
}

// A package that is right, given to be checked.
static struct package_story make_package(struct story *story) {
    struct package_story package = {.story = story};
    snprintf(package.path, sizeof package.path, "%s/package", story->folder);
    if (mkdir(package.path, 0700) != 0) {
        temporary_remove(package.path);
        assert_int_equal(mkdir(package.path, 0700), 0);
    }
    char *at = package.manifest + sprintf(package.manifest, "quiniela package v1\n" SMALL_ORIGIN "\n");
    for (int i = 0; i < FILES; i++) {
        struct slice content = content_of(story, names[i]);
        struct hash hash;
        char hex[HEX_TEXT_BYTES(HASH_BYTES)];
        hash_of(content.text, content.length, &hash);
        hex_encode(hash.bytes, HASH_BYTES, hex);
        write_to(path_of(&package, names[i]), content);
        at += sprintf(at, "%zu %s %s\n", content.length, hex, names[i]);
    }
    write_manifest(&package);
    story->options.manifest_hash = NULL;
    return package;
}

static void a_package_that_is_whole(void **state) {
    struct story *story = *state;
    struct package_story package = make_package(story);
    struct hash hash;
    char hex[HEX_TEXT_BYTES(HASH_BYTES)];
    story->options.package = package.path;
    ASSERT_STATUS(VERDICTS_NOT_ALL_CHECKED); // one seal
    ASSERT_SAID("ok           package package: its 6 files are those of the manifest");
    ASSERT_SAID("note         package package: the manifest's SHA-256 is ");
    ASSERT_SAID("ok           export package/export.csv: its 6 bets are those sealed, of every agency");
    ASSERT_SAID("ok           secret package/secret.txt: ");
    hash_of(package.manifest, strlen(package.manifest), &hash);
    hex_encode(hash.bytes, HASH_BYTES, hex);
    story->options.manifest_hash = hex;
    ASSERT_STATUS(VERDICTS_NOT_ALL_CHECKED);
    ASSERT_SAID("ok           package package, manifest: is the one whose SHA-256 was noted");
    hex[0] = hex[0] == '0' ? '1' : '0';
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        package package, manifest: is not the one whose SHA-256 was noted");
    hex[0] = 'A';
    ASSERT_STATUS(VERDICTS_WRONG_USE);
}

static void what_is_not_as_the_manifest_says(void **state) {
    struct story *story = *state;
    struct package_story package = make_package(story);
    story->options.package = package.path;
    write_to(path_of(&package, "audit.log"), slice_of("[]\n"));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        package package: audit.log: has another SHA-256 than in the manifest");
    ASSERT_SAID("ok           export package/export.csv: "); // the others are checked all the same
    write_to(path_of(&package, "audit.log"), slice_of("{}"));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        package package: audit.log: has 2 bytes, and 3 in the manifest");
    package = make_package(story);
    write_to(path_of(&package, "more"), slice_of(""));
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        package package: more: is not in the manifest");
    assert_null(strstr(story->said, "ok           package package"));
    package = make_package(story);
    assert_int_equal(remove(path_of(&package, "audit.log")), 0);
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        package package: package/audit.log: No such file or directory");
    assert_int_equal(symlink("export.csv", path_of(&package, "audit.log")), 0);
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        package package: package/audit.log: is a link");
    assert_int_equal(remove(path_of(&package, "audit.log")), 0);
    assert_int_equal(mkfifo(path_of(&package, "audit.log"), 0600), 0);
    ASSERT_STATUS(VERDICTS_FALSE);
    ASSERT_SAID("FALSE        package package: package/audit.log: is no regular file");
}

static const struct {
    const char *from, *to, *said;
} manifests[] = {
    {"quiniela package v1", "quiniela package v2", "manifest.txt, line 1: "},
    {"audit.log", "../audit.log", "manifest.txt, line 3: names a file that no package has"},
    {"audit.log", "audit-0.log", "audit-0.log: No such file"},
    {"audit.log", "audit-1.log", "manifest.txt: has no audit-0.log: the package is incomplete"},
    {"audit.log", "audit-00.log", "manifest.txt, line 3: names a file that no package has"},
    {"audit.log", "export.csv", "manifest.txt, line 4: is not in the order of the names, or is given twice"},
    {"audit.log", "seal.note", "manifest.txt, line 4: is not in the order"},
    {"rules-0.note", "rules-1.note", "manifest.txt: has no rules-0.note: the package is incomplete"},
    {"rules-0.note", "rules-0.log", "manifest.txt, line 5: names a file that no package has"},
    {" seal.note\n", " seal.note \n", "manifest.txt, line 7: is no size, SHA-256 and name"},
    {"3 ", "03 ", "manifest.txt, line 3: is no size, SHA-256 and name"},
};

static void manifests_that_are_none(void **state) {
    struct story *story = *state;
    for (size_t i = 0; i < sizeof manifests / sizeof manifests[0]; i++) {
        struct package_story package = make_package(story);
        char other[4096], *at = strstr(package.manifest, manifests[i].from);
        assert_non_null(at);
        snprintf(other, sizeof other, "%.*s%s%s", (int)(at - package.manifest), package.manifest,
                 manifests[i].to, at + strlen(manifests[i].from));
        strcpy(package.manifest, other);
        write_manifest(&package);
        story->options.package = package.path;
        ASSERT_STATUS(VERDICTS_FALSE);
        ASSERT_SAID("FALSE        package package: ");
        ASSERT_SAID(manifests[i].said);
    }
}

static void a_package_beside_other_files(void **state) {
    struct story *story = *state;
    struct package_story package = make_package(story);
    story->options.package = package.path;
    give(story, GIVEN_SEAL, "seal", seal_note(story->sealed));
    ASSERT_STATUS(VERDICTS_HOLD);
    ASSERT_SAID("ok           seals: 2 copies, and they are one");
    give(story, GIVEN_SECRET, "secret", secret_text(story, story->sealed->secret));
    ASSERT_STATUS(VERDICTS_WRONG_USE);
    assert_string_equal(story->error.text, "--package has a secret, an export and a seal.json of its own");
    give_nothing(story);
    story->options.package = "/dev/null";
    ASSERT_STATUS(VERDICTS_WRONG_USE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(a_package_that_is_whole),
        STORY(what_is_not_as_the_manifest_says),
        STORY(manifests_that_are_none),
        STORY(a_package_beside_other_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
