/*
 * file - whole files: read, replace, map
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/inputs.h"
#include "base/temporary.h"

static const char *advice(int error) {
    switch (error) {
    case ENOENT:
        return "; check the path";
    case EACCES:
    case EPERM:
    case EROFS:
        return "; check the permissions";
    case ENOSPC:
    case EDQUOT:
        return "; free some space and run again";
    default:
        return "";
    }
}

static void complain(const char *path, const char *what) {
    const int error = errno;
    cli_fail(CLI_TROUBLE, "%s: %s: %s%s", path, what, strerror(error),
            advice(error));
}

/// Read ///

static bool read_all(int fd, uint8_t *data, size_t size) {
    size_t done = 0;
    while (done < size) {
        const ssize_t n = read(fd, data + done, size - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            if (n == 0) {
                errno = EIO; // it shrank meanwhile
            }
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

static bool regular(const char *path, int fd, struct stat *st) {
    if (fstat(fd, st)) {
        complain(path, "cannot read");
        return false;
    }
    if (!S_ISREG(st->st_mode)) {
        cli_fail(CLI_TROUBLE, "%s: not a regular file; name a file", path);
        return false;
    }
    return true;
}

uint8_t *file_read(const char *path, size_t max_bytes, size_t *size) {
    // O_NONBLOCK: a FIFO is refused below instead of waited for.
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        complain(path, "cannot open");
        return NULL;
    }
    uint8_t *data = NULL;
    struct stat st;
    if (regular(path, fd, &st)) {
        *size = (size_t)st.st_size;
        if (*size > max_bytes) {
            cli_fail(CLI_TROUBLE,
                    "%s: %zu bytes, at most %zu make sense here; is this "
                    "the right file?",
                    path, *size, max_bytes);
        } else {
            data = malloc(*size + 1);
            if (!data || !read_all(fd, data, *size)) {
                complain(path, "cannot read");
                free(data);
                data = NULL;
            }
        }
    }
    close(fd);
    return data;
}

/// Replace ///

static bool write_all(int fd, const uint8_t *data, size_t size) {
    size_t done = 0;
    while (done < size) {
        const ssize_t n = write(fd, data + done, size - done);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

// Devices such as /dev/stdout or /dev/full cannot be renamed over.
static bool write_device(const char *path, const void *data, size_t size) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && write_all(fd, data, size);
    const int error = errno;
    if (fd >= 0 && close(fd) && ok) {
        ok = false;
    } else {
        errno = error;
    }
    if (!ok) {
        complain(path, "cannot write");
    }
    return ok;
}

static mode_t usual_mode(void) {
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static bool replace(const char *path, const void *data, size_t size,
        mode_t mode) {
    struct temporary temporary;
    const int fd = temporary_create(&temporary, path, mode);
    bool ok = fd >= 0 && write_all(fd, data, size) && !fsync(fd);
    int error = errno;
    if (fd >= 0 && close(fd) && ok) {
        ok = false;
        error = errno;
    }
    errno = error;
    if (!temporary_settle(&temporary, ok)) {
        complain(path, "cannot write");
        return false;
    }
    return true;
}

bool file_write(const char *path, const void *data, size_t size) {
    struct stat st;
    if (!inputs_spare(path)) {
        return false;
    }
    if (stat(path, &st)) {
        return replace(path, data, size, usual_mode());
    }
    if (S_ISREG(st.st_mode)) {
        return replace(path, data, size, st.st_mode & 07777);
    }
    return write_device(path, data, size);
}

/// Map ///

// A new file appears under its name only when it is complete.
static bool create_filled(const char *path, size_t size, uint8_t fill) {
    uint8_t *data = malloc(size);
    if (!data) {
        complain(path, "cannot create");
        return false;
    }
    memset(data, fill, size);
    const bool ok = replace(path, data, size, usual_mode());
    free(data);
    return ok;
}

static bool map_it(struct file_map *map, const char *path, size_t size) {
    struct stat st;
    if (!regular(path, map->fd, &st)) {
        return false;
    }
    if ((size_t)st.st_size != size) {
        cli_fail(CLI_TROUBLE,
                "%s: %zu bytes, must be exactly %zu; name another file, or "
                "delete it to start with an empty one",
                path, (size_t)st.st_size, size);
        return false;
    }
    if (flock(map->fd, LOCK_EX | LOCK_NB)) {
        cli_fail(CLI_TROUBLE,
                "%s: in use by another program; wait for it or use a copy",
                path);
        return false;
    }
    // A hole for which the disk later has no space would cause a SIGBUS.
    errno = posix_fallocate(map->fd, 0, (off_t)size);
    if (errno) {
        complain(path, "cannot reserve space");
        return false;
    }
    void *data =
            mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, map->fd, 0);
    if (data == MAP_FAILED) {
        complain(path, "cannot map");
        return false;
    }
    map->data = data;
    map->size = size;
    return true;
}

bool file_map_open(struct file_map *map, const char *path, size_t size,
        uint8_t fill) {
    *map = (struct file_map){.fd = -1};
    if (access(path, F_OK) && errno == ENOENT) {
        if (!create_filled(path, size, fill)) {
            return false;
        }
        map->created = true;
    }
    map->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (map->fd < 0) {
        complain(path, "cannot open for writing");
        return false;
    }
    if (!map_it(map, path, size)) {
        close(map->fd);
        return false;
    }
    return true;
}

void file_map_close(struct file_map *map) {
    if (map->data) {
        munmap(map->data, map->size);
        close(map->fd);
        map->data = NULL;
    }
}
