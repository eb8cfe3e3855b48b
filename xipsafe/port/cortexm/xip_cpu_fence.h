/*
 * xip_cpu_fence - the MPU keeps the core out of the window in an outage
 *
 * SPDX-License-Identifier: MIT
 *
 * Part of xip_cpu.h, with XIP_CFG_FENCE. Armv6-M and Armv7-M have regions
 * without access, and the highest number counts where regions overlap: one of
 * them is the fence (Armv7-M ARM B3.5, Armv6-M ARM B3.5). Armv8-M has none
 * that the privileged cannot read, so a region in the place of the user's would
 * let loads through. But there an access that matches two regions is a fault,
 * whatever they permit: the fence is two regions, and the user's own, which
 * they overlap, stay as they are.
 */
#ifndef XIP_CPU_FENCE_H
#define XIP_CPU_FENCE_H

#define XIP_CPU_MPU_TYPE XIP_CPU_REG_(0xE000ED90u)
#define XIP_CPU_MPU_ENABLE 1u
#define XIP_CPU_MPU_ALL 7u // PRIVDEFENA, HFNMIENA, ENABLE
#define XIP_CPU_MPU_HFNMIENA 2u
#define XIP_CPU_MPU_REGION_ON 1u

struct xip_cpu_mpu {
    uint32_t ctrl, rnr;
    uint32_t rbar, rlar; // of Armv6-M and Armv7-M: RASR
};

// In a register: from an address that the compiler knows it derives others,
// which are out of reach of short instructions.
XIP_ALWAYS_INLINE volatile struct xip_cpu_mpu *xip_cpu_mpu_(void) {
    volatile struct xip_cpu_mpu *mpu =
            (volatile struct xip_cpu_mpu *)0xE000ED94u;
    __asm("" : "+r"(mpu));
    return mpu;
}

// What an outage takes longer, at most.
#define XIP_CPU_FENCE_CYCLES (140u * XIP_FENCE_REGIONS)

// Inside an outage /////////////////////////////////////////////////////////

// Exchange what r->fence_region and the MPU hold, then set MPU_CTRL. Off first:
// at another address the fence would keep the core out of that.
XIP_RESIDENT __attribute__((unused)) static void
xip_cpu_swap_fence_(struct xip_resident *r, uint32_t ctrl) {
    volatile struct xip_cpu_mpu *const mpu = xip_cpu_mpu_();
    const uint32_t rnr = mpu->rnr;
    uint32_t region = r->fence;
    struct xip_fence_region *kept = r->fence_region;
    do {
#if XIP_FENCE_REGIONS > 1u
        __asm("" : "+r"(kept)); // else the compiler writes the loop out
#endif
        mpu->rnr = region--;
        const uint32_t rlar = mpu->rlar;
        mpu->rlar = 0;
        const uint32_t rbar = mpu->rbar;
        mpu->rbar = kept->rbar;
        kept->rbar = rbar;
        mpu->rlar = kept->rlar;
        kept->rlar = rlar;
        kept++;
    } while (kept != &r->fence_region[XIP_FENCE_REGIONS]);
    mpu->rnr = rnr;
    mpu->ctrl = ctrl;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

// An MPU that was off is on for the privileged with the default map; the fence
// holds for HardFault and NMI, too. Returns what to open it with.
XIP_ALWAYS_INLINE uint32_t xip_cpu_close_fence(struct xip_resident *r) {
    const uint32_t ctrl = xip_cpu_mpu_()->ctrl;
    if (r->fence != 0u) {
        xip_cpu_swap_fence_(r,
                (ctrl & XIP_CPU_MPU_ENABLE) != 0u ? ctrl | XIP_CPU_MPU_HFNMIENA
                                                  : XIP_CPU_MPU_ALL);
    }
    return ctrl;
}

XIP_ALWAYS_INLINE void xip_cpu_open_fence(struct xip_resident *r,
        uint32_t ctrl) {
    if (r->fence != 0u) {
        xip_cpu_swap_fence_(r, ctrl);
    }
}

// Ordinary code ////////////////////////////////////////////////////////////

// Around 2^size_bits bytes from addr, which is a multiple of that.
XIP_ALWAYS_INLINE void xip_cpu_set_fence(struct xip_resident *r,
        uint32_t region, uint32_t addr, uint32_t size_bits) {
    r->fence = (uint8_t)region;
    for (uint32_t i = 0; i < XIP_FENCE_REGIONS; i++) {
#if __ARM_ARCH >= 8
        // Read-only, privileged, never executed; LIMIT.
        r->fence_region[i].rbar = addr | 5u;
        r->fence_region[i].rlar = ((addr + ((1u << size_bits) - 1u)) & ~31u) |
                XIP_CPU_MPU_REGION_ON;
#else
        // Strongly ordered, no access, never executed; SIZE.
        r->fence_region[i].rbar = addr;
        r->fence_region[i].rlar =
                (1u << 28) | ((size_bits - 1u) << 1) | XIP_CPU_MPU_REGION_ON;
#endif
    }
}

// Does region n keep `region` (Armv8-M: and the one below it) from being the
// fence?
XIP_ALWAYS_INLINE bool xip_cpu_in_the_way_(const struct xip_cpu_mpu *n,
        uint32_t region, uint32_t addr, uint32_t bytes) {
#if __ARM_ARCH >= 8
    (void)addr;
    (void)bytes;
    return n->rnr == region || n->rnr + 1u == region;
#else
    const uint32_t size_bits = ((n->rlar >> 1) & 31u) + 1u;
    const uint32_t first = n->rbar & ~31u;
    const uint32_t last =
            first | (size_bits < 32u ? (1u << size_bits) - 1u : UINT32_MAX);
    return n->rnr == region ||
            (n->rnr > region && first <= addr + (bytes - 1u) && last >= addr);
#endif
}

#endif
