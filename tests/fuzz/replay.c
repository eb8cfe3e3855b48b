/*
 * replay - a fuzz target over the files of a folder, without libFuzzer
 *
 * SPDX-License-Identifier: MIT
 *
 * usage: fuzz_<what> FOLDER          runs each file
 *        fuzz_<what> --seeds FOLDER  writes the inputs that it begins with
 *        fuzz_<what> FILE            runs one
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_MAX (1u << 20)

static uint8_t input[INPUT_MAX];

static int run_file(const char *path) {
    FILE *const file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 2;
    }
    const size_t size = fread(input, 1, sizeof input, file);
    fclose(file);
    // A block of just the size, which AddressSanitizer watches.
    uint8_t *const block = malloc(size ? size : 1);
    if (!block) {
        return 2;
    }
    memcpy(block, input, size);
    LLVMFuzzerTestOneInput(block, size);
    free(block);
    return 0;
}

static int run_folder(const char *folder, DIR *dir) {
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[1000];
        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (run_file(path)) {
            return 2;
        }
        count++;
    }
    printf("%u inputs\n", count);
    return count ? 0 : 2; // an empty corpus is a mistake
}

static int write_seeds(const char *folder) {
    size_t size;
    for (unsigned i = 0; (size = fuzz_seed(i, input, sizeof input)) != 0; i++) {
        char path[1000];
        snprintf(path, sizeof path, "%s/seed-%02u", folder, i);
        FILE *const file = fopen(path, "wb");
        if (!file || fwrite(input, 1, size, file) != size || fclose(file)) {
            fprintf(stderr, "%s: %s\n", path, strerror(errno));
            return 2;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "--seeds")) {
        return write_seeds(argv[2]);
    }
    if (argc != 2) {
        fprintf(stderr, "usage: %s [--seeds] FOLDER\n", argv[0]);
        return 2;
    }
    DIR *const dir = opendir(argv[1]);
    if (!dir) {
        return run_file(argv[1]);
    }
    const int status = run_folder(argv[1], dir);
    closedir(dir);
    return status;
}
