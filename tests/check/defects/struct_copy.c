/*
 * struct_copy - an assignment of structs is a call to memcpy
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_take target=*memcpy*
#include "harness.h"

struct request {
    uint32_t words[48];
};

struct request active, *pending = &active;

RAM void ram_take(struct request *to) {
#ifdef CLEAN
    for (volatile unsigned i = 0; i < 48; i++) {
        to->words[i] = active.words[i];
    }
#else
    *to = active;
#endif
}

int main(void) {
    static struct request mine;
    ram_take(&mine);
    return (int)mine.words[0];
}
