/*
 * fuzz_elf - an ELF file: segments, symbols, lines, call frames
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/elf/*.c host/base/*.c
// libs: elf dw stdc++
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "elf/elf_image.h"
#include "fuzz.h"

static bool read_memory(void *ctx, uint32_t addr, uint32_t *word) {
    const uint8_t *const bytes = elf_image_bytes(ctx, addr, 4);
    *word = addr;
    if (bytes) {
        memcpy(word, bytes, 4);
    }
    return true;
}

static bool count(void *ctx, const struct elf_inline *one) {
    (void)one;
    return ++*(unsigned *)ctx < 1000;
}

static void look(struct elf_image *image) {
    struct elf_segment segment;
    const struct elf_section *section;
    unsigned inlines = 0;
    if (elf_image_cpu_arch(image) < -1) {
        abort();
    }
    for (size_t i = 0; elf_image_segment(image, i, &segment); i++) {
        // Every byte is there.
        uint8_t sum = 0;
        for (uint32_t k = 0; k < segment.file_bytes; k++) {
            sum = (uint8_t)(sum + segment.data[k]);
        }
        (void)sum;
    }
    for (size_t i = 0; (section = elf_image_section(image, i)); i++) {
        for (unsigned k = 0; k < 4; k++) {
            const uint32_t addr = section->addr + k * (section->size_bytes / 4);
            (void)elf_image_place(image, addr);
            (void)elf_image_unit(image, addr);
            (void)elf_image_object(image, addr);
        }
    }
    (void)elf_image_inlines(image, count, &inlines);
    uint32_t regs[16] = {[13] = 0x20000000, [15] = elf_image_entry(image)};
    unsigned frames = 0;
    while (frames < 4 && elf_image_unwind(image, regs, read_memory, image)) {
        frames++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[40];
    char error[400] = "";
    const int fd = memfd_create("elf", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct elf_image *const image = elf_image_open(path, error, sizeof error);
    if (image) {
        look(image);
        elf_image_close(image);
    } else {
        FUZZ_CHECK(error[0] && !strchr(error, '\n'));
    }
    close(fd);
    return 0;
}

// The others in the corpus were compiled.
size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    static const uint8_t elf[] = {
            0x7F,
            'E',
            'L',
            'F',
            1,
            1,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0, //
            2,
            0,
            40,
            0,
            1,
            0,
            0,
            0,
            0x41,
            0,
            0,
            0x90,
            52,
            0,
            0,
            0, //
            0,
            0,
            0,
            0,
            0,
            2,
            0,
            5,
            52,
            0,
            32,
            0,
            1,
            0,
            40,
            0,
            0,
            0,
            0,
            0, //
            1,
            0,
            0,
            0,
            84,
            0,
            0,
            0,
            0x40,
            0,
            0,
            0x90,
            0x40,
            0,
            0,
            0x90, //
            4,
            0,
            0,
            0,
            4,
            0,
            0,
            0,
            5,
            0,
            0,
            0,
            4,
            0,
            0,
            0, //
            0x70,
            0x47,
            0x70,
            0x47,
    };
    if (i || room < sizeof elf) {
        return 0;
    }
    memcpy(out, elf, sizeof elf);
    return sizeof elf;
}
