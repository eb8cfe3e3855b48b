/*
 * sfdp_dumps - SFDP tables of real parts, and their meaning
 *
 * SPDX-License-Identifier: MIT
 */
#include "support/sfdp_dumps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_FOLDER "../shared/facts/sfdp_dumps"

#define NO_SUSPEND \
    { 0 }
#define WINBOND_SUSPEND(least_us) \
    {0x75, 0x7A, 0x35, 0x80, 20, 512, least_us}, { \
        0x75, 0x7A, 0x35, 0x80, 20, 128, least_us \
    }
#define MICRON_SUSPEND \
    {0x75, 0x7A, 0x70, 0x40, 25, 192, 0}, { \
        0x75, 0x7A, 0x70, 0x04, 25, 64, 0 \
    }
#define MACRONIX_SUSPEND(erase_us, latency_us) \
    {0xB0, 0x30, 0x2B, 0x08, latency_us, erase_us, 0}, { \
        0xB0, 0x30, 0x2B, 0x04, 25, 128, 0 \
    }

// Decoded on paper from the words of the dumps. Three examples of it:
// W25Q128JV DW10 00A60236: [3:0] 6 -> 14 x; [8:4] 3, [10:9] 1 -> 4 x 16 = 64;
//   [15:11] 0, [17:16] 2 -> 1 x 128; [22:18] 9, [24:23] 1 -> 10 x 16 = 160.
// MX66L1G45G DW12 38670344: [12:9] 1 -> 128 us; [17:13] 24, [19:18] 1 -> 25 us;
//   [23:20] 6 -> 448 us; [28:24] 24, [30:29] 1 -> 25 us.
// IS25WP256 DW11 CE11D882: [3:0] 2 -> 6 x; [7:4] 8 -> 256; [12:8] 24, [13] 0
//   -> 25 x 8 = 200 us.
const struct sfdp_expected sfdp_dumps[SFDP_DUMPS] = {
        {"w25q128jv", {0xEF, 0x40, 0x18}, 3, 16,
                {{4, 0x20, 64, 896}, {32, 0x52, 128, 1792},
                        {64, 0xD8, 160, 2240}},
                704, 4224, {0xEB, 4, 2, 4}, {0x32, 4}, XIP_QE_SR2_BIT1_KEEP,
                true, WINBOND_SUSPEND(20)},
        {"w25q64jwm", {0xEF, 0x80, 0x17}, 3, 8,
                {{4, 0x20, 64, 896}, {32, 0x52, 128, 1792},
                        {64, 0xD8, 160, 2240}},
                704, 4224, {0xEB, 4, 2, 4}, {0x32, 4}, XIP_QE_SR2_BIT1_R35,
                true, WINBOND_SUSPEND(0)},
        {"w25q02nw_ef8022", {0xEF, 0x80, 0x22}, 4, 256,
                {{4, 0x21, 64, 896}, {64, 0xDC, 224, 3136}}, 704, 4224,
                {0xEC, 4, 2, 4}, {0x34, 4}, XIP_QE_SR2_BIT1_KEEP, true,
                WINBOND_SUSPEND(0)},
        {"w25h512nw", {0xEF, 0xA0, 0x20}, 4, 64,
                {{4, 0x21, 64, 512}, {64, 0xDC, 160, 1280}}, 512, 2048,
                {0xEC, 4, 2, 4}, {0x34, 4}, XIP_QE_SR2_BIT1_R35, true,
                WINBOND_SUSPEND(0)},
        {"qemu_w25q512jv", {0xEF, 0x40, 0x20}, 4, 64,
                {{4, 0x21, 64, 896}, {64, 0xDC, 160, 2240}}, 704, 4224,
                {0xEC, 4, 2, 4}, {0x34, 4}, XIP_QE_SR2_BIT1_KEEP, true,
                WINBOND_SUSPEND(0)},
        {"w25q128_rev0", {0xEF, 0x40, 0x18}, 3, 16,
                {{4, 0x20, 100, 400}, {32, 0x52, 120, 1600},
                        {64, 0xD8, 150, 2000}},
                700, 3000, {0xEB, 4, 2, 4}, {0x32, 4}, XIP_QE_SR2_BIT1_R35,
                true, {0x75, 0x7A, 0x35, 0x80, 20, 512, 20},
                {0x75, 0x7A, 0x35, 0x80, 20, 512, 20}},
        // Without 4-byte opcodes, so only 16 of its 32 MiB.
        {"qemu_w25q256", {0xEF, 0x40, 0x19}, 3, 16,
                {{4, 0x20, 250, 2500}, {32, 0x52, 1000, 10000},
                        {64, 0xD8, 1000, 10000}},
                1000, 10000, {0xEB, 4, 2, 4}, {0x32, 4}, XIP_QE_SR2_BIT1_R35,
                false, NO_SUSPEND, NO_SUSPEND},
        {"is25wp256", {0x9D, 0x70, 0x19}, 4, 32,
                {{4, 0x21, 48, 384}, {32, 0x5C, 160, 1280},
                        {64, 0xDC, 304, 2432}},
                200, 1200, {0xEC, 4, 2, 4}, {0x34, 4}, XIP_QE_SR1_BIT6, false,
                {0x75, 0x7A, 0x48, 0x08, 56, 448, 0},
                {0x75, 0x7A, 0x48, 0x04, 56, 448, 0}},
        {"qemu_is25wp256", {0x9D, 0x70, 0x19}, 4, 32,
                {{4, 0x21, 48, 384}, {32, 0x5C, 160, 1280},
                        {64, 0xDC, 304, 2432}},
                200, 1200, {0xEC, 4, 2, 4}, {0x34, 4}, XIP_QE_SR1_BIT6, false,
                {0x75, 0x7A, 0x48, 0x08, 56, 448, 0},
                {0x75, 0x7A, 0x48, 0x04, 56, 448, 0}},
        {"mt25qu256aba", {0x20, 0xBB, 0x19}, 4, 32,
                {{4, 0x21, 48, 480}, {64, 0xDC, 160, 1600}}, 120, 2880,
                {0xEC, 4, 1, 9}, {0x34, 4}, XIP_QE_NONE, false, MICRON_SUSPEND},
        {"mt25qu512a_mt25ql512ab", {0x20, 0xBB, 0x20}, 4, 64,
                {{4, 0x21, 48, 480}, {64, 0xDC, 160, 1600}}, 120, 2880,
                {0xEC, 4, 1, 9}, {0x34, 4}, XIP_QE_NONE, false, MICRON_SUSPEND},
        {"qemu_n25q256a", {0x20, 0xBA, 0x19}, 3, 16, // of 32 MiB
                {{4, 0x20, 250, 800}, {64, 0xD8, 700, 3000}}, 500, 5000,
                {0xEB, 4, 1, 9}, {0x32, 4}, XIP_QE_NONE, false,
                {0x75, 0x7A, 0x70, 0x40, 50, 700, 0},
                {0x75, 0x7A, 0x70, 0x04, 50, 700, 0}},
        {"mx25l12845g_c22018", {0xC2, 0x20, 0x18}, 3, 16,
                {{4, 0x20, 25, 150}, {32, 0x52, 144, 864},
                        {64, 0xD8, 256, 1536}},
                384, 1536, {0xEB, 4, 2, 4}, {0x02, 1}, XIP_QE_SR1_BIT6, false,
                MACRONIX_SUSPEND(448, 25)},
        {"mx66l1g45g", {0xC2, 0x20, 0x1B}, 4, 128,
                {{4, 0x21, 30, 420}, {32, 0x5C, 160, 2240},
                        {64, 0xDC, 288, 4032}},
                256, 3072, {0xEC, 4, 2, 4}, {0x12, 1}, XIP_QE_SR1_BIT6, false,
                MACRONIX_SUSPEND(448, 25)},
        {"qemu_mx66l1g45g", {0xC2, 0x20, 0x1B}, 4, 128,
                {{4, 0x21, 30, 420}, {32, 0x5C, 160, 2240},
                        {64, 0xDC, 288, 4032}},
                256, 3072, {0xEC, 4, 2, 4}, {0x12, 1}, XIP_QE_SR1_BIT6, false,
                MACRONIX_SUSPEND(448, 25)},
        {"mx25u51245g", {0xC2, 0x25, 0x3A}, 4, 64,
                {{4, 0x21, 25, 400}, {32, 0x5C, 160, 2560},
                        {64, 0xDC, 224, 3584}},
                256, 1536, {0xEC, 4, 2, 4}, {0x12, 1}, XIP_QE_SR1_BIT6, false,
                MACRONIX_SUSPEND(448, 25)},
        {"mx66u2g45g", {0xC2, 0x25, 0x3C}, 4, 256,
                {{4, 0x21, 25, 500}, {32, 0x5C, 160, 3200},
                        {64, 0xDC, 256, 5120}},
                152, 4256, {0xEC, 4, 2, 4}, {0x12, 1}, XIP_QE_SR1_BIT6, false,
                MACRONIX_SUSPEND(448, 40)},
        // 32 KB: the quirk table's 3 s, not 1.92.
        {"mx25r6435f", {0xC2, 0x28, 0x17}, 3, 8,
                {{4, 0x20, 48, 384}, {32, 0x52, 240, 3000},
                        {64, 0xD8, 480, 3840}},
                896, 5376, {0xEB, 4, 2, 4}, {0x02, 1}, XIP_QE_SR1_BIT6, false,
                {0xB0, 0x30, 0x2B, 0x08, 40, 320, 0},
                {0xB0, 0x30, 0x2B, 0x04, 40, 128, 0}},
        {"mx25r8035f", {0xC2, 0x28, 0x14}, 3, 1,
                {{4, 0x20, 48, 384}, {32, 0x52, 240, 1920},
                        {64, 0xD8, 480, 3840}},
                896, 5376, {0xEB, 4, 2, 4}, {0x02, 1}, XIP_QE_SR1_BIT6, false,
                {0xB0, 0x30, 0x2B, 0x08, 40, 256, 0},
                {0xB0, 0x30, 0x2B, 0x04, 40, 128, 0}},
        {"mx25l51245g_mx66l51235f", {0xC2, 0x20, 0x1A}, 4, 64,
                {{4, 0x21, 30, 420}, {32, 0x5C, 160, 2240},
                        {64, 0xDC, 288, 4032}},
                256, 3072, {0xEC, 4, 2, 4}, {0x12, 1}, XIP_QE_SR1_BIT6, false,
                {0xB0, 0x30, 0x2B, 0x08, 25, 448, 0},
                {0xB0, 0x30, 0x2B, 0x04, 25, 448, 0}},
        {"mx25l3255e", {0xC2, 0x9E, 0x16}, 3, 4,
                {{4, 0x20, 250, 2500}, {32, 0x52, 1000, 10000},
                        {64, 0xD8, 1000, 10000}},
                1000, 10000, {0xEB, 4, 2, 4}, {0x02, 1}, XIP_QE_SR1_BIT6, false,
                NO_SUSPEND, NO_SUSPEND},
        {"mx25l3233f", {0xC2, 0x20, 0x16}, 3, 4,
                {{4, 0x20, 250, 2500}, {32, 0x52, 1000, 10000},
                        {64, 0xD8, 1000, 10000}},
                1000, 10000, {0xEB, 4, 2, 4}, {0x02, 1}, XIP_QE_SR1_BIT6, false,
                NO_SUSPEND, NO_SUSPEND},
        {"qemu_mx25l25635e", {0xC2, 0x20, 0x19}, 3, 16, // of 32 MiB
                {{4, 0x20, 250, 2500}, {32, 0x52, 1000, 10000},
                        {64, 0xD8, 1000, 10000}},
                1000, 10000, {0xEB, 4, 2, 4}, {0x02, 1}, XIP_QE_SR1_BIT6, false,
                NO_SUSPEND, NO_SUSPEND},
        {"gd25q32c", {0xC8, 0x40, 0x16}, 3, 4,
                {{4, 0x20, 50, 500}, {32, 0x52, 150, 1600},
                        {64, 0xD8, 200, 3000}},
                600, 2400, {0xEB, 4, 2, 4}, {0x32, 4}, XIP_QE_SR2_BIT1_R35,
                true, {0x75, 0x7A, 0x35, 0x84, 40, 512, 0},
                {0x75, 0x7A, 0x35, 0x84, 40, 512, 0}},
        {"bh25q128as", {0x68, 0x40, 0x18}, 3, 16,
                {{4, 0x20, 250, 2500}, {32, 0x52, 1000, 10000},
                        {64, 0xD8, 1000, 10000}},
                1000, 10000, {0x0B, 1, 0, 8}, {0x02, 1}, XIP_QE_NONE, false,
                NO_SUSPEND, NO_SUSPEND},
        {"sst26vf064b", {0xBF, 0x26, 0x43}, 3, 8, // D8h by place
                {{4, 0x20, 19, 38}, {8, 0xD8, 19, 38}, {32, 0xD8, 19, 38},
                        {64, 0xD8, 19, 38}},
                1024, 2048, {0xEB, 4, 2, 4}, {0x02, 1}, XIP_QE_SR2_BIT1_R35,
                false, NO_SUSPEND, NO_SUSPEND},
        {.file = "mx25uw51245g", .id = {0xC2, 0x81, 0x3A}}, // octal
        {.file = "mx25uw6345g", .id = {0xC2, 0x84, 0x37}},
        {.file = "qemu_mt35xu01g", .id = {0x2C, 0x5B, 0x1B}},
};

// The bytes of "0010: ff 00 ..." to the end of the image.
static void add_line(struct sfdp_image *image, const char *line) {
    const char *at = strchr(line, ':');
    if (line[0] == '#' || !at) {
        return;
    }
    for (at++;;) {
        char *end;
        const unsigned long value = strtoul(at, &end, 16);
        if (end == at || image->len == SFDP_IMAGE_MAX) {
            return;
        }
        image->bytes[image->len++] = (uint8_t)value;
        at = end;
    }
}

bool sfdp_dump_load(struct sfdp_image *image,
        const struct sfdp_expected *part) {
    const char *folder = getenv("XIPSAFE_SFDP_DUMPS");
    char path[512], line[256];
    snprintf(path, sizeof path, "%s/%s.hex", folder ? folder : DEFAULT_FOLDER,
            part->file);
    FILE *file = fopen(path, "r");
    if (!file) {
        return false;
    }
    memset(image, 0, sizeof *image);
    memcpy(image->id, part->id, sizeof image->id);
    while (fgets(line, sizeof line, file)) {
        add_line(image, line);
    }
    fclose(file);
    return true;
}
