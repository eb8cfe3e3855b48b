/*
 * table - 64 KB of constants, so that the image has the size of a real one
 *
 * SPDX-License-Identifier: MIT
 *
 * Every word is a function of its index and of APP_TABLE_SEED, which differs
 * between versions: no sector of two versions is equal.
 */
#include "table.h"

// A Weyl sequence through a multiplicative mix: no run of equal bytes.
#define W(n) ((((n) + APP_TABLE_SEED) * 0x9E3779B1u) ^ ((n) << 7))
#define W4(n) W(n), W((n) + 1u), W((n) + 2u), W((n) + 3u)
#define W16(n) W4(n), W4((n) + 4u), W4((n) + 8u), W4((n) + 12u)
#define W64(n) W16(n), W16((n) + 16u), W16((n) + 32u), W16((n) + 48u)
#define W256(n) W64(n), W64((n) + 64u), W64((n) + 128u), W64((n) + 192u)
#define W1K(n) W256(n), W256((n) + 256u), W256((n) + 512u), W256((n) + 768u)
#define W4K(n) W1K(n), W1K((n) + 1024u), W1K((n) + 2048u), W1K((n) + 3072u)

static const uint32_t table[TABLE_WORDS] = {
        W4K(0u),
        W4K(4096u),
        W4K(8192u),
        W4K(12288u),
};

uint32_t table_checksum(void) {
    uint32_t sum = 0x811C9DC5u;
    for (uint32_t i = 0; i < TABLE_WORDS; i++) {
        sum = (sum ^ table[i]) * 0x01000193u;
    }
    return sum;
}
