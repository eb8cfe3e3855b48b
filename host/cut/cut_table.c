/*
 * cut_table - what all processes of a campaign write down
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_table.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cli.h"

#define MAGIC "xipsafe cut 1"
#define STATES (1u << 22) // a power of two; pages cost nothing until used

struct cut_states {
    struct {
        uint64_t key;   // 0: free
        uint32_t point; // + 1; 0: not yet written
    } at[STATES];
};

/// States ///

bool cut_states_claim(struct cut_shared *s, uint64_t key, uint32_t point,
        uint32_t *same) {
    struct cut_states *states = s->states;
    key = key ? key : 1;
    for (uint32_t n = 0, i = (uint32_t)(key >> 20) % STATES; n < STATES;
            n++, i = (i + 1) % STATES) {
        uint64_t found = 0;
        if (__atomic_compare_exchange_n(&states->at[i].key, &found, key, false,
                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            __atomic_store_n(&states->at[i].point, point, __ATOMIC_RELEASE);
            return true;
        }
        if (found == key) {
            *same = __atomic_load_n(&states->at[i].point, __ATOMIC_ACQUIRE);
            return false;
        }
    }
    return true; // full: all that follow are run
}

/// The table ///

static void *map(size_t bytes, int fd) {
    const int flags =
            fd < 0 ? MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE : MAP_SHARED;
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
    return at == MAP_FAILED ? NULL : at;
}

static int open_file(struct cut_shared *s, const char *path, bool *is_new) {
    s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (s->fd < 0) {
        return cli_fail(CLI_TROUBLE, "--state %s: %s; check the path", path,
                strerror(errno));
    }
    if (flock(s->fd, LOCK_EX | LOCK_NB)) {
        return cli_fail(CLI_TROUBLE,
                "--state %s: another campaign uses it; give each of them, and "
                "each shard, a file of its own",
                path);
    }
    const off_t size = lseek(s->fd, 0, SEEK_END);
    *is_new = size == 0;
    if (size && (size_t)size != s->table_bytes) {
        return cli_fail(CLI_TROUBLE,
                "--state %s: of another campaign; give another file, or remove "
                "it",
                path);
    }
    const int error = posix_fallocate(s->fd, 0, (off_t)s->table_bytes);
    if (error) {
        return cli_fail(CLI_TROUBLE, "--state %s: %s; free some space", path,
                strerror(error));
    }
    return -1;
}

static void take_up(struct cut_shared *s) {
    struct cut_table *t = s->table;
    uint32_t same;
    t->stop = t->next = 0;
    for (uint32_t i = 0; i < t->points; i++) {
        struct cut_row *row = &t->row[i];
        if (row->state == CUT_CLAIMED) {
            memset(row, 0, sizeof *row);
        } else if (row->state == CUT_DONE && row->key) {
            cut_states_claim(s, row->key, i, &same);
        }
    }
    // Equal to one that was not finished.
    for (uint32_t i = 0; i < t->points; i++) {
        struct cut_row *row = &t->row[i];
        if (row->state == CUT_EQUAL && row->same != CUT_SECOND &&
                t->row[row->same].state != CUT_DONE) {
            memset(row, 0, sizeof *row);
        }
    }
}

int cut_table_open(struct cut_shared *s, const char *path, size_t points,
        uint64_t fingerprint) {
    bool is_new = true;
    *s = (struct cut_shared){.fd = -1,
            .table_bytes =
                    sizeof(struct cut_table) + points * sizeof(struct cut_row)};
    const int result = path ? open_file(s, path, &is_new) : -1;
    if (result >= 0) {
        return result;
    }
    s->table = map(s->table_bytes, s->fd);
    s->states = map(sizeof *s->states, -1);
    if (!s->table || !s->states) {
        return cli_no_memory();
    }
    struct cut_table *t = s->table;
    if (is_new) {
        memcpy(t->magic, MAGIC, sizeof MAGIC);
        t->fingerprint = fingerprint;
        t->points = (uint32_t)points;
        t->rows_bytes = sizeof(struct cut_row);
    } else if (memcmp(t->magic, MAGIC, sizeof MAGIC) != 0 ||
            t->fingerprint != fingerprint || t->points != points ||
            t->rows_bytes != sizeof(struct cut_row)) {
        return cli_fail(CLI_TROUBLE,
                "--state %s: of another campaign (files or options differ); "
                "give another file, or remove it",
                path);
    }
    take_up(s);
    return -1;
}

void cut_table_close(struct cut_shared *s) {
    if (s->table) {
        munmap(s->table, s->table_bytes);
    }
    if (s->states) {
        munmap(s->states, sizeof *s->states);
    }
    if (s->fd >= 0) {
        close(s->fd);
    }
}
