// An agency whose allocator fails once: at its N-th allocation, N from 1 on; at none with 0.
//     failing N servers=HOST:PORT file=PATH [central_key=… receipts=…] [authority=… certificate=… key=…
//     revocations=…]
// Prints how many allocations there were and how it ended. The exit status is 3 if memory was not given back,
// or not what was taken; else 0, however it ended.
#include <quiniela.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Before each block: whose it is, so that one that was not taken here is noticed when it is given back.
struct head {
    uint64_t mark;
    size_t bytes;
    _Alignas(max_align_t) char block[];
};

#define MARK UINT64_C(0x71756e69656c6121)

struct heap {
    long asked, fails_at, blocks;
    int wrong;
};

static void *take(void *context, size_t bytes) {
    struct heap *heap = context;
    struct head *head = ++heap->asked == heap->fails_at || bytes == 0 ? NULL : malloc(sizeof *head + bytes);
    if (head == NULL) {
        return NULL;
    }
    *head = (struct head){.mark = MARK, .bytes = bytes};
    memset(head->block, 0xa5, bytes);
    heap->blocks++;
    return head->block;
}

static struct head *head_of(struct heap *heap, void *block) {
    struct head *head = (struct head *)((char *)block - offsetof(struct head, block));
    if (head->mark != MARK) {
        heap->wrong = 1;
        return NULL;
    }
    return head;
}

static void give_back(void *context, void *block) {
    struct heap *heap = context;
    struct head *head = head_of(heap, block);
    if (head != NULL) {
        heap->blocks--;
        memset(head, 0x5a, sizeof *head + head->bytes);
        free(head);
    }
}

static void *resize(void *context, void *block, size_t bytes) {
    struct heap *heap = context;
    void *larger = take(context, bytes);
    struct head *head = block == NULL || larger == NULL ? NULL : head_of(heap, block);
    if (head != NULL) {
        memcpy(larger, block, head->bytes < bytes ? head->bytes : bytes);
        give_back(context, block);
    }
    return larger;
}

static int count;
static char **given;

static const char *value(const char *name) {
    size_t length = strlen(name);
    for (int i = 2; i < count; i++) {
        if (strncmp(given[i], name, length) == 0 && given[i][length] == '=') {
            return given[i] + length + 1;
        }
    }
    return NULL;
}

static enum quiniela_code set(struct quiniela_options *options) {
    enum quiniela_code code = quiniela_options_set_servers(options, value("servers"));
    code = code == QUINIELA_OK ? quiniela_options_set_agency(options, 1) : code;
    code = code == QUINIELA_OK ? quiniela_options_set_chunk_size(options, 20) : code;
    if (code == QUINIELA_OK && value("authority") != NULL) {
        code = quiniela_options_set_tls(options, value("certificate"), value("key"), value("authority"),
                                        value("revocations"));
    }
    if (code == QUINIELA_OK && value("central_key") != NULL) {
        code = quiniela_options_set_central_key(options, value("central_key"), value("receipts"));
    }
    return code;
}

// How many documents the agency has.
static unsigned long long documents_of(const struct quiniela_agency *agency) {
    const char *documents = quiniela_agency_winners(agency, NULL);
    unsigned long long found = documents[0] != '\0';
    for (; *documents != '\0'; documents++) {
        found += *documents == ',';
    }
    return found;
}

static enum quiniela_code play(struct heap *heap) {
    struct quiniela_allocator allocator = {
        .bytes = sizeof allocator, .allocate = take, .resize = resize, .release = give_back, .context = heap};
    struct quiniela_options *options = quiniela_options_new(&allocator);
    struct quiniela_agency *agency = NULL;
    enum quiniela_code code = options == NULL ? QUINIELA_NO_MEMORY : set(options);
    if (code == QUINIELA_OK) {
        code = quiniela_send_file(options, value("file"), &agency);
    }
    const char *text = agency != NULL    ? quiniela_agency_error(agency)
                       : options != NULL ? quiniela_options_error(options)
                                         : "options";
    printf("%s %ld %llu %s\n", quiniela_code_name(code), heap->asked,
           code == QUINIELA_OK ? documents_of(agency) : 0, text);
    quiniela_agency_free(agency);
    quiniela_options_free(options);
    return code;
}

int main(int argc, char **argv) {
    count = argc;
    given = argv;
    if (argc < 2) {
        return 2;
    }
    struct heap heap = {.fails_at = strtol(argv[1], NULL, 10)};
    play(&heap);
    printf("blocks %ld\n", heap.blocks);
    return heap.blocks != 0 || heap.wrong ? 3 : 0;
}
