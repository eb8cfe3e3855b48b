/*
 * thumb_names - text of the instructions that are THUMB_OTHER
 *
 * SPDX-License-Identifier: MIT
 *
 * A table from encodings to words. Only reports and tests look at it; whether
 * an encoding is valid the decoder has decided before.
 */
#include "thumb/thumb_priv.h"

struct name {
    uint32_t mask, value;
    // put_field() replaces '%' and the letter after it.
    const char *text;
};

/// 16 bits ///

static const struct name names16[] = {
        {0xFFC0, 0x4140, "adc%S %0, %3"},
        {0xFFC0, 0x4180, "sbc%S %0, %3"},
        {0xFFC0, 0xB200, "sxth %0, %3"},
        {0xFFC0, 0xB240, "sxtb %0, %3"},
        {0xFFC0, 0xBA00, "rev %0, %3"},
        {0xFFC0, 0xBA40, "rev16 %0, %3"},
        {0xFFC0, 0xBAC0, "revsh %0, %3"},
        {0xFFFF, 0xB661, "cpsie f"},
        {0xFFFF, 0xB662, "cpsie i"},
        {0xFFFF, 0xB663, "cpsie if"},
        {0xFFFF, 0xB671, "cpsid f"},
        {0xFFFF, 0xB672, "cpsid i"},
        {0xFFFF, 0xB673, "cpsid if"},
        {0xFFFF, 0xBF00, "nop"},
        {0xFFFF, 0xBF10, "yield"},
        {0xFFFF, 0xBF20, "wfe"},
        {0xFFFF, 0xBF30, "wfi"},
        {0xFFFF, 0xBF40, "sev"},
        {0, 0, NULL},
};

/// 32 bits ///

static const struct name names_data[] = {
        {0xFFE08000, 0xF1400000, "adc%S.w %d, %n, %O"},
        {0xFFE08000, 0xF5400000, "adc%S.w %d, %n, %O"},
        {0xFFE08000, 0xEB400000, "adc%S.w %d, %n, %O"},
        {0xFFE08000, 0xF1600000, "sbc%S.w %d, %n, %O"},
        {0xFFE08000, 0xF5600000, "sbc%S.w %d, %n, %O"},
        {0xFFE08000, 0xEB600000, "sbc%S.w %d, %n, %O"},
        {0xFFF08020, 0xEAC00000, "pkhbt %d, %n, %m%h"},
        {0xFFF08020, 0xEAC00020, "pkhtb %d, %n, %m%h"},
        {0xFFF0F000, 0xEA508000, "csel %d, %n, %m, %c"},
        {0xFFF0F000, 0xEA509000, "csinc %d, %n, %m, %c"},
        {0xFFF0F000, 0xEA50A000, "csinv %d, %n, %m, %c"},
        {0xFFF0F000, 0xEA50B000, "csneg %d, %n, %m, %c"},
        {0xFFF0F0C0, 0xF3200000, "ssat16 %d, #%+, %n"},
        {0xFFF0F0C0, 0xF3A00000, "usat16 %d, #%w, %n"},
        {0xFFD08000, 0xF3000000, "ssat %d, #%+, %n%h"},
        {0xFFD08000, 0xF3800000, "usat %d, #%w, %n%h"},
        {0xFFF08000, 0xF3400000, "sbfx %d, %n, #%l, #%+"},
        {0xFFF08000, 0xF3C00000, "ubfx %d, %n, #%l, #%+"},
        {0xFFFF8000, 0xF36F0000, "bfc %d, #%l, #%b"},
        {0xFFF08000, 0xF3600000, "bfi %d, %n, #%l, #%b"},
        {0xFFFFF0C0, 0xFA0FF080, "sxth.w %d, %m%r"},
        {0xFFFFF0C0, 0xFA1FF080, "uxth.w %d, %m%r"},
        {0xFFFFF0C0, 0xFA2FF080, "sxtb16 %d, %m%r"},
        {0xFFFFF0C0, 0xFA3FF080, "uxtb16 %d, %m%r"},
        {0xFFFFF0C0, 0xFA4FF080, "sxtb.w %d, %m%r"},
        {0xFFFFF0C0, 0xFA5FF080, "uxtb.w %d, %m%r"},
        {0xFFF0F0C0, 0xFA00F080, "sxtah %d, %n, %m%r"},
        {0xFFF0F0C0, 0xFA10F080, "uxtah %d, %n, %m%r"},
        {0xFFF0F0C0, 0xFA20F080, "sxtab16 %d, %n, %m%r"},
        {0xFFF0F0C0, 0xFA30F080, "uxtab16 %d, %n, %m%r"},
        {0xFFF0F0C0, 0xFA40F080, "sxtab %d, %n, %m%r"},
        {0xFFF0F0C0, 0xFA50F080, "uxtab %d, %n, %m%r"},
        {0xFFF0F0F0, 0xFA80F080, "qadd %d, %m, %n"},
        {0xFFF0F0F0, 0xFA80F090, "qdadd %d, %m, %n"},
        {0xFFF0F0F0, 0xFA80F0A0, "qsub %d, %m, %n"},
        {0xFFF0F0F0, 0xFA80F0B0, "qdsub %d, %m, %n"},
        {0xFFF0F0F0, 0xFA90F080, "rev.w %d, %m"},
        {0xFFF0F0F0, 0xFA90F090, "rev16.w %d, %m"},
        {0xFFF0F0F0, 0xFA90F0A0, "rbit %d, %m"},
        {0xFFF0F0F0, 0xFA90F0B0, "revsh.w %d, %m"},
        {0xFFF0F0F0, 0xFAA0F080, "sel %d, %n, %m"},
        {0xFFF0F0F0, 0xFAB0F080, "clz %d, %m"},
        {0xFF80F080, 0xFA80F000, "%p %d, %n, %m"},
        {0xFFF000F0, 0xFB000010, "mls %d, %n, %m, %a"},
        {0xFFF000F0, 0xFB000000, "mla %d, %n, %m, %a"},
        {0xFFF0F0C0, 0xFB10F000, "smul%5%4 %d, %n, %m"},
        {0xFFF000C0, 0xFB100000, "smla%5%4 %d, %n, %m, %a"},
        {0xFFF0F0E0, 0xFB20F000, "smuad%x %d, %n, %m"},
        {0xFFF000E0, 0xFB200000, "smlad%x %d, %n, %m, %a"},
        {0xFFF0F0E0, 0xFB30F000, "smulw%4 %d, %n, %m"},
        {0xFFF000E0, 0xFB300000, "smlaw%4 %d, %n, %m, %a"},
        {0xFFF0F0E0, 0xFB40F000, "smusd%x %d, %n, %m"},
        {0xFFF000E0, 0xFB400000, "smlsd%x %d, %n, %m, %a"},
        {0xFFF0F0E0, 0xFB50F000, "smmul%R %d, %n, %m"},
        {0xFFF000E0, 0xFB500000, "smmla%R %d, %n, %m, %a"},
        {0xFFF000E0, 0xFB600000, "smmls%R %d, %n, %m, %a"},
        {0xFFF0F0F0, 0xFB70F000, "usad8 %d, %n, %m"},
        {0xFFF000F0, 0xFB700000, "usada8 %d, %n, %m, %a"},
        {0xFFF000F0, 0xFB800000, "smull %a, %d, %n, %m"},
        {0xFFF000F0, 0xFB9000F0, "sdiv %d, %n, %m"},
        {0xFFF000F0, 0xFBA00000, "umull %a, %d, %n, %m"},
        {0xFFF000F0, 0xFBB000F0, "udiv %d, %n, %m"},
        {0xFFF000F0, 0xFBC00000, "smlal %a, %d, %n, %m"},
        {0xFFF000C0, 0xFBC00080, "smlal%5%4 %a, %d, %n, %m"},
        {0xFFF000E0, 0xFBC000C0, "smlald%x %a, %d, %n, %m"},
        {0xFFF000E0, 0xFBD000C0, "smlsld%x %a, %d, %n, %m"},
        {0xFFF000F0, 0xFBE00000, "umlal %a, %d, %n, %m"},
        {0xFFF000F0, 0xFBE00060, "umaal %a, %d, %n, %m"},
        {0, 0, NULL},
};

static const struct name names_control[] = {
        {0xFFFFFFFF, 0xE97FE97F, "sg"},
        {0xFFF0F03F, 0xE840F000, "tt%t %d, %n"},
        {0xFFF0F000, 0xF3808000, "msr %P, %n"},
        {0xFFFFF000, 0xF3EF8000, "mrs %d, %P"},
        {0xFFFFFFFF, 0xF3AF8000, "nop.w"},
        {0xFFFFFFFF, 0xF3AF8001, "yield.w"},
        {0xFFFFFFFF, 0xF3AF8002, "wfe.w"},
        {0xFFFFFFFF, 0xF3AF8003, "wfi.w"},
        {0xFFFFFFFF, 0xF3AF8004, "sev.w"},
        {0xFFFFFFFF, 0xF3AF800D, "pacbti r12, lr, sp"},
        {0xFFFFFFFF, 0xF3AF800F, "bti"},
        {0xFFFFFFFF, 0xF3AF8014, "csdb"},
        {0xFFFFFFFF, 0xF3AF801D, "pac r12, lr, sp"},
        {0xFFFFFFFF, 0xF3AF802D, "aut r12, lr, sp"},
        {0xFFFFFFF0, 0xF3AF80F0, "dbg #%i"},
        {0xFFFFFFF0, 0xF3BF8F20, "clrex"},
        {0xFFFFFFFF, 0xF3BF8F40, "ssbb"},
        {0xFFFFFFFF, 0xF3BF8F44, "pssbb"},
        {0xFFFFFFF0, 0xF3BF8F40, "dsb %B"},
        {0xFFFFFFF0, 0xF3BF8F50, "dmb %B"},
        {0xFFFFFFF0, 0xF3BF8F60, "isb %B"},
        {0, 0, NULL},
};

static const struct name names_fp[] = {
        {0xFFF00FD0, 0xEC400A10, "vmov %y, %Y, %a, %n"},
        {0xFFF00FD0, 0xEC500A10, "vmov %a, %n, %y, %Y"},
        {0xFFF00FD0, 0xEC400B10, "vmov %M, %a, %n"},
        {0xFFF00FD0, 0xEC500B10, "vmov %a, %n, %M"},
        {0xFFF00F7F, 0xEE000A10, "vmov %N, %a"},
        {0xFFF00F7F, 0xEE100A10, "vmov %a, %N"},
        {0xFFD00F7F, 0xEE000B10, "vmov.32 %N[%v], %a"},
        {0xFFD00F7F, 0xEE100B10, "vmov.32 %a, %N[%v]"},
        {0xFFFFFFFF, 0xEEF1FA10, "vmrs APSR_nzcv, fpscr"},
        {0xFFFF0FFF, 0xEEF10A10, "vmrs %a, fpscr"},
        {0xFFFF0FFF, 0xEEE10A10, "vmsr fpscr, %a"},
        {0xFFB00E50, 0xEE000A00, "vmla.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE000A40, "vmls.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE100A40, "vnmla.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE100A00, "vnmls.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE200A00, "vmul.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE200A40, "vnmul.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE300A00, "vadd.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE300A40, "vsub.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE800A00, "vdiv.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE900A40, "vfnma.%f %D, %N, %M"},
        {0xFFB00E50, 0xEE900A00, "vfnms.%f %D, %N, %M"},
        {0xFFB00E50, 0xEEA00A00, "vfma.%f %D, %N, %M"},
        {0xFFB00E50, 0xEEA00A40, "vfms.%f %D, %N, %M"},
        {0xFFB00E50, 0xEEB00A00, "vmov.%f %D, #%I"},
        {0xFFBF0ED0, 0xEEB00A40, "vmov.%f %D, %M"},
        {0xFFBF0ED0, 0xEEB00AC0, "vabs.%f %D, %M"},
        {0xFFBF0ED0, 0xEEB10A40, "vneg.%f %D, %M"},
        {0xFFBF0ED0, 0xEEB10AC0, "vsqrt.%f %D, %M"},
        {0xFFBF0E50, 0xEEB20A40, "vcvt%7.%f.f16 %D, %X"},
        {0xFFBF0E50, 0xEEB30A40, "vcvt%7.f16.%f %s, %M"},
        {0xFFBF0E50, 0xEEB40A40, "vcmp%e.%f %D, %M"},
        {0xFFBF0E50, 0xEEB50A40, "vcmp%e.%f %D, #0.0"},
        {0xFFBF0ED0, 0xEEB60A40, "vrintr.%f %D, %M"},
        {0xFFBF0ED0, 0xEEB60AC0, "vrintz.%f %D, %M"},
        {0xFFBF0ED0, 0xEEB70A40, "vrintx.%f %D, %M"},
        {0xFFBF0FD0, 0xEEB70AC0, "vcvt.f64.f32 %z, %X"},
        {0xFFBF0FD0, 0xEEB70BC0, "vcvt.f32.f64 %s, %M"},
        {0xFFBF0ED0, 0xEEB80A40, "vcvt.%f.u32 %D, %X"},
        {0xFFBF0ED0, 0xEEB80AC0, "vcvt.%f.s32 %D, %X"},
        {0xFFBE0E50, 0xEEBA0A40, "vcvt.%f.%U%# %D, %D, #%F"},
        {0xFFBE0E50, 0xEEBE0A40, "vcvt.%U%#.%f %D, %D, #%F"},
        {0xFFBF0ED0, 0xEEBC0A40, "vcvtr.u32.%f %s, %M"},
        {0xFFBF0ED0, 0xEEBC0AC0, "vcvt.u32.%f %s, %M"},
        {0xFFBF0ED0, 0xEEBD0A40, "vcvtr.s32.%f %s, %M"},
        {0xFFBF0ED0, 0xEEBD0AC0, "vcvt.s32.%f %s, %M"},
        {0xFF800E50, 0xFE000A00, "vsel%q.%f %D, %N, %M"},
        {0xFFB00E50, 0xFE800A00, "vmaxnm.%f %D, %N, %M"},
        {0xFFB00E50, 0xFE800A40, "vminnm.%f %D, %N, %M"},
        {0xFFBC0E50, 0xFEB80A40, "vrint%u.%f %D, %M"},
        {0xFFBC0ED0, 0xFEBC0A40, "vcvt%u.u32.%f %s, %M"},
        {0xFFBC0ED0, 0xFEBC0AC0, "vcvt%u.s32.%f %s, %M"},
        {0, 0, NULL},
};

// objdump's order: opcodes, register, the coprocessor's registers.
static const struct name names_coprocessor[] = {
        {0xEFF00000, 0xEC400000, "mcrr%2 %C, %g, %a, %n, cr%i"},
        {0xEFF00000, 0xEC500000, "mrrc%2 %C, %g, %a, %n, cr%i"},
        {0xEF100010, 0xEE000010, "mcr%2 %C, %G, %A, cr%j, cr%i, {%k}"},
        {0xEF100010, 0xEE100010, "mrc%2 %C, %G, %A, cr%j, cr%i, {%k}"},
        {0xEF000010, 0xEE000000, "cdp%2 %C, %H, cr%J, cr%j, cr%i, {%k}"},
        {0, 0, NULL},
};

/// Fields ///

static unsigned bits(uint32_t w, unsigned low, unsigned count) {
    return (unsigned)thumb_bits_(w, low, count);
}

static void put_fp(struct thumb_text *out, bool wide, unsigned low,
        unsigned bit) {
    thumb_put_(out, "%c%u", wide ? 'd' : 's',
            wide ? bit << 4 | low : low << 1 | bit);
}

// Registers and numbers of floating-point instructions.
static bool put_fp_field(struct thumb_text *out, uint32_t w, char field) {
    static const char *const selects[] = {"eq", "vs", "ge", "gt"};
    const bool wide = w & 0x100;
    switch (field) {
    case 'D':
    case 's':
    case 'z':
        put_fp(out, field == 'z' || (field == 'D' && wide), bits(w, 12, 4),
                bits(w, 22, 1));
        return true;
    case 'N':
        put_fp(out, wide, bits(w, 16, 4), bits(w, 7, 1));
        return true;
    case 'M':
    case 'X':
        put_fp(out, field == 'M' && wide, bits(w, 0, 4), bits(w, 5, 1));
        return true;
    case 'y':
    case 'Y': // the first and the second of two singles
        thumb_put_(out, "s%u",
                (bits(w, 0, 4) << 1 | bits(w, 5, 1)) + (field == 'Y'));
        return true;
    case 'f':
        thumb_put_(out, wide ? "f64" : "f32");
        return true;
    case 'v': // which half
        thumb_put_(out, "%u", bits(w, 21, 1));
        return true;
    case 'I':
        thumb_put_(out, "%u", bits(w, 16, 4) << 4 | bits(w, 0, 4));
        return true;
    case 'U':
        thumb_put_(out, w & 1u << 16 ? "u" : "s");
        return true;
    case '#':
        thumb_put_(out, w & 0x80 ? "32" : "16");
        return true;
    case 'F':
        thumb_put_(out, "%d",
                (w & 0x80 ? 32 : 16) -
                        (int)(bits(w, 0, 4) << 1 | bits(w, 5, 1)));
        return true;
    case 'e':
        thumb_put_(out, w & 0x80 ? "e" : "");
        return true;
    case '7':
        thumb_put_(out, w & 0x80 ? "t" : "b");
        return true;
    case 'q':
        thumb_put_(out, "%s", selects[bits(w, 20, 2)]);
        return true;
    case 'u':
        thumb_put_(out, "%c", "anpm"[bits(w, 16, 2)]);
        return true;
    default:
        return false;
    }
}

static void put_special(struct thumb_text *out, uint32_t w) {
    static const char *const flags[] = {"", "_g", "_nzcvq", "_nzcvqg"};
    static const struct {
        unsigned sysm;
        const char *name;
    } names[] = {{1, "IAPSR"}, {2, "EAPSR"}, {3, "PSR"}, {5, "IPSR"},
            {6, "EPSR"}, {7, "IEPSR"}, {8, "MSP"}, {9, "PSP"}, {10, "MSPLIM"},
            {11, "PSPLIM"}, {16, "PRIMASK"}, {17, "BASEPRI"},
            {18, "BASEPRI_MAX"}, {19, "FAULTMASK"}, {20, "CONTROL"}};
    const unsigned sysm = bits(w, 0, 8);
    if (sysm == 0) {
        const bool write = !(w & 1u << 21 && w & 1u << 22);
        thumb_put_(out, "APSR%s", write ? flags[bits(w, 10, 2)] : "");
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].sysm == (sysm & 0x7F)) {
            thumb_put_(out, "%s%s", names[i].name, sysm & 0x80 ? "_NS" : "");
            return;
        }
    }
    thumb_put_(out, sysm == 0x98 ? "SP_NS" : "%u", sysm);
}

// Parallel addition: what the halves do, then how the sum is kept.
static void put_parallel(struct thumb_text *out, uint32_t w) {
    static const char *const kinds[] = {
            "s", "q", "sh", "?", "u", "uq", "uh", "?"};
    static const char *const sums[] = {
            "add8", "add16", "asx", "?", "sub8", "sub16", "sax", "?"};
    thumb_put_(out, "%s%s", kinds[bits(w, 4, 3)], sums[bits(w, 20, 3)]);
}

static void put_barrier(struct thumb_text *out, uint32_t w) {
    static const char *const names[16] = {[2] = "oshst",
            [3] = "osh",
            [6] = "nshst",
            [7] = "nsh",
            [10] = "ishst",
            [11] = "ish",
            [14] = "st",
            [15] = "sy"};
    const unsigned kind = bits(w, 0, 4);
    if (names[kind] != NULL && (bits(w, 4, 4) != 6 || kind == 15)) {
        thumb_put_(out, "%s", names[kind]);
    } else {
        thumb_put_(out, "#%u", kind);
    }
}

// Letters that are part of a mnemonic.
static bool put_suffix(struct thumb_text *out, const struct thumb_insn *insn,
        char field) {
    static const char *const conditions[] = {"eq", "ne", "cs", "cc", "mi", "pl",
            "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "?", "?"};
    static const char *const domains[] = {"", "t", "a", "at"};
    const uint32_t w = insn->encoding;
    switch (field) {
    case 'S':
        thumb_put_(out, insn->sets_flags ? "s" : "");
        return true;
    case 'c':
        thumb_put_(out, "%s", conditions[bits(w, 4, 4)]);
        return true;
    case '5':
    case '4': // which halves are multiplied
        thumb_put_(out, w >> (field - '0') & 1 ? "t" : "b");
        return true;
    case 'x':
        thumb_put_(out, w & 0x10 ? "x" : "");
        return true;
    case 'R':
        thumb_put_(out, w & 0x10 ? "r" : "");
        return true;
    case 't':
        thumb_put_(out, "%s", domains[bits(w, 6, 2)]);
        return true;
    case '2':
        thumb_put_(out, w & 1u << 28 ? "2" : "");
        return true;
    case 'p':
        put_parallel(out, w);
        return true;
    case 'P':
        put_special(out, w);
        return true;
    case 'B':
        put_barrier(out, w);
        return true;
    default:
        return false;
    }
}

static bool put_number(struct thumb_text *out, uint32_t w, char field) {
    const unsigned low = bits(w, 12, 3) << 2 | bits(w, 6, 2);
    unsigned value;
    switch (field) {
    case '+':
        value = bits(w, 0, 5) + 1;
        break;
    case 'w':
        value = bits(w, 0, 5);
        break;
    case 'l':
        value = low;
        break;
    case 'b':
        value = bits(w, 0, 5) + 1 - low;
        break;
    case 'i':
        value = bits(w, 0, 4);
        break;
    case 'j':
        value = bits(w, 16, 4);
        break;
    case 'J':
        value = bits(w, 12, 4);
        break;
    case 'C':
        value = bits(w, 8, 4);
        break;
    case 'g':
        value = bits(w, 4, 4);
        break;
    case 'G':
        value = bits(w, 21, 3);
        break;
    case 'H':
        value = bits(w, 20, 4);
        break;
    case 'k':
        value = bits(w, 5, 3);
        break;
    default:
        return false;
    }
    thumb_put_(out, "%u", value);
    return true;
}

// ", lsl #n", ", asr #n" of PKH and the saturations.
static void put_half_shift(struct thumb_text *out, uint32_t w) {
    const unsigned by = bits(w, 12, 3) << 2 | bits(w, 6, 2);
    const bool right = w >> 27 == 0x1D ? w & 0x20 : w & 1u << 21;
    if (right || by != 0) {
        thumb_put_(out, ", %s #%u", right ? "asr" : "lsl", by ? by : 32);
    }
}

static void put_field(struct thumb_text *out, const struct thumb_insn *insn,
        char field) {
    const uint32_t w = insn->encoding;
    switch (field) {
    case '0':
        thumb_put_(out, "%s", thumb_register_(bits(w, 0, 3)));
        break;
    case '3':
        thumb_put_(out, "%s", thumb_register_(bits(w, 3, 3)));
        break;
    case 'd':
        thumb_put_(out, "%s", thumb_register_(bits(w, 8, 4)));
        break;
    case 'n':
        thumb_put_(out, "%s", thumb_register_(bits(w, 16, 4)));
        break;
    case 'm':
        thumb_put_(out, "%s", thumb_register_(bits(w, 0, 4)));
        break;
    case 'a':
        thumb_put_(out, "%s", thumb_register_(bits(w, 12, 4)));
        break;
    case 'A':
        thumb_put_(out, "%s",
                bits(w, 12, 4) == THUMB_PC ? "APSR_nzcv"
                                           : thumb_register_(bits(w, 12, 4)));
        break;
    case 'O':
        thumb_put_operand2_(out, insn);
        break;
    case 'h':
        put_half_shift(out, w);
        break;
    case 'r':
        if (w & 0x30) {
            thumb_put_(out, ", ror #%u", bits(w, 4, 2) * 8);
        }
        break;
    default:
        if (!put_suffix(out, insn, field) && !put_number(out, w, field)) {
            put_fp_field(out, w, field);
        }
        break;
    }
}

static const struct name *find(const struct name *table, uint32_t w) {
    for (; table->text != NULL; table++) {
        if ((w & table->mask) == table->value) {
            return table;
        }
    }
    return NULL;
}

bool thumb_print_other_(struct thumb_text *out, const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    const struct name *name;
    if (insn->size_bytes == 2) {
        name = find(names16, w);
    } else if ((w >> 26 & 0x3B) != 0x3B) {
        name = find(names_data, w);
        name = name != NULL ? name : find(names_control, w);
    } else if ((w >> 9 & 7) == 5) {
        name = find(names_fp, w);
    } else {
        name = find(names_coprocessor, w);
    }
    if (name == NULL) {
        return false;
    }
    for (const char *at = name->text; *at != '\0'; at++) {
        if (*at == '%') {
            put_field(out, insn, *++at);
        } else {
            thumb_put_(out, "%c", *at);
        }
    }
    return true;
}
