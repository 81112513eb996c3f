#include "office.h"

#include "central.h"
#include "disk.h"
#include "ledger/notice.h"
#include "ledger/sealing_task.h"
#include "notary/notary.h"
#include "plan.h"
#include "seal/errors.h"
#include "world.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNED_OF = 3, SEALING_MS_MAX = 3000 };

static const char name[] = "lottery.example/central";

static struct {
    bool signs;
    struct notary notary;
    struct notice *notice;
    char *rules;     // that were shown before the last start
    uint64_t random; // of the salts' secrets
} office;

// The secrets follow from the seed, too.
int __wrap_RAND_priv_bytes(unsigned char *bytes, int count);

int __wrap_RAND_priv_bytes(unsigned char *bytes, int count) {
    for (int i = 0; i < count; i++) {
        office.random = office.random * 6364136223846793005U + 1442695040888963407U;
        bytes[i] = (unsigned char)(office.random >> 56);
    }
    return 1;
}

void office_begin(uint64_t seed) {
    static const uint8_t key_seed[32] = {1};
    struct error error;
    memset(&office, 0, sizeof office);
    office.random = seed;
    office.signs = seed % SIGNED_OF == 0;
    if (!office.signs) {
        return;
    }
    office.notary.key =
        signing_key_from_seed((struct slice){name, sizeof name - 1}, VKEY_ED25519, key_seed, &error);
    if (office.notary.key == NULL) {
        abort();
    }
    office.notary.terms.key = *signing_key_public(office.notary.key);
}

void office_end(void) {
    notice_free(office.notice);
    free(office.rules);
    office.notice = NULL;
    office.rules = NULL;
    signing_key_free(office.notary.key);
    office.notary.key = NULL;
}

bool office_signs(void) {
    return office.signs;
}

const struct vkey *office_key(void) {
    return &office.notary.terms.key;
}

struct notice *office_notice(void) {
    return office.notice;
}

static bool open_reader(void *context, const char *draw, struct store **store, struct error *error) {
    (void)context, (void)draw;
    return disk_open_reader(store, error);
}

void office_equip(struct ledger_options *options) {
    if (!office.signs) {
        return;
    }
    office.notary.terms.how = plan.is_manual ? RULES_MANUAL : RULES_FIXED;
    options->notary = &office.notary;
    options->notice = office.notice;
    options->open_reader = open_reader;
}

char *office_rules(void) {
    bool no_memory;
    size_t length;
    char *rules = office.notice == NULL ? NULL : notice_rules(office.notice, &length, &no_memory);
    return rules != NULL || office.rules == NULL ? rules : strdup(office.rules);
}

void office_start(void) {
    if (office.signs) {
        char *rules = office_rules();
        free(office.rules);
        office.rules = rules;
        notice_free(office.notice);
        office.notice = notice_new();
        if (office.notice == NULL) {
            abort();
        }
    }
}

// Computing: stands for ledger/sealing_task.c ---------------------------------------------------------------

struct sealing_task {
    struct sealing_task_options options;
    atomic_bool stop;
    bool is_done, has_seal;
    struct checkpoint seal;
    struct error error;
};

static struct {
    struct sealing_task *task;
    uint64_t number; // of all that were begun
} running;

static void compute(void *context, uint64_t number) {
    struct sealing_task *task = running.task;
    struct store *store = NULL;
    (void)context;
    if (task == NULL || number != running.number) {
        return; // it was stopped
    }
    const struct sealing_task_options *options = &task->options;
    if (options->open_reader(options->context, options->draw, &store, &task->error)) {
        task->has_seal =
            sealed_tree_compute(store, &options->terms, options->list, &task->seal, &task->error);
        store_close(&store);
    }
    world_trace("central: the seal is %s", task->has_seal ? "computed" : task->error.text);
    task->is_done = true;
    options->wake(options->wake_context);
}

struct sealing_task *sealing_task_start(const struct sealing_task_options *options, struct error *error) {
    struct sealing_task *task = calloc(1, sizeof *task);
    (void)error;
    if (task == NULL) {
        abort();
    }
    task->options = *options;
    task->options.terms.stop = &task->stop;
    running.task = task;
    world_after(world_chance(50) ? 0 : world_below(SEALING_MS_MAX), compute, NULL, ++running.number);
    return task;
}

bool sealing_task_is_done(const struct sealing_task *task) {
    return task->is_done;
}

void sealing_task_stop(struct sealing_task *task) {
    atomic_store(&task->stop, true);
}

bool sealing_task_end(struct sealing_task **pointer, struct checkpoint *seal, struct error *error) {
    struct sealing_task *task = *pointer;
    bool done = task->has_seal;
    if (done) {
        *seal = task->seal;
        seal->origin = (struct slice){NULL, 0};
    } else if (task->is_done) {
        *error = task->error;
    } else {
        error_set(error, ERROR_SEAL_STOPPED, "simulated: it is stopped");
    }
    running.task = NULL;
    *pointer = NULL;
    free(task);
    return done;
}
