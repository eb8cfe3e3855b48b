/*
 * xip_sfdp - a part description from the chip's own parameter tables
 *
 * SPDX-License-Identifier: MIT
 *
 * JESD216F. The bytes come from a chip that may be damaged, cloned or behind a
 * loose wire: every pointer is checked against the image, and an impossible
 * value refuses the part; nothing is guessed. DWn is the standard's own 1-based
 * numbering of the words of the basic flash parameter table.
 */
#include <string.h>

#include "xip_compiler.h"
#include "xip_err.h"
#include "xip_sfdp_priv.h"

#define SFDP_SIGNATURE 0x50444653u // "SFDP"
#define SFDP_MAJOR 1u
#define SFDP_HEADER_BYTES 8u
// Access protocol of every part that answers 5Ah on one line (clause 6.2.2).
#define SFDP_LEGACY_ACCESS 0xFFu

#define TABLE_WORDS_MAX 24u // of one that lies too far behind
#define TABLE_BASIC 0xFF00u
#define TABLE_SECTOR_MAP 0xFF81u
#define TABLE_FOUR_BYTE 0xFF84u
#define TABLE_PROFILE_1 0xFF05u // xSPI profiles: octal parts
#define TABLE_PROFILE_2 0xFF06u

#define THREE_BYTE_LIMIT 0x1000000u // bytes that a 3-byte address reaches
#define SIZE_MIN_BYTES 0x10000u     // smaller than any part with SFDP
#define PAGE_MIN_LOG2 4u
#define PAGE_MAX_LOG2 12u
#define ERASE_MIN_LOG2 8u  // page erase, 81h of some small parts
#define ERASE_MAX_LOG2 18u // 256 KB

// The worst of all parts known to have a table without times: typical 4 KB
// erase of N25Q128A, all others rounded up from MX25R6435F and MX66U2G45G.
#define WORST_4K_TYP_US 250000u
#define WORST_4K_MAX_US 2500000u
#define WORST_ERASE_TYP_US 1000000u
#define WORST_ERASE_MAX_US 10000000u
#define WORST_PAGE_TYP_US 1000u
#define WORST_PAGE_MAX_US 10000u
#define WORST_RESET_US 100000u // MX25LM51245G, 66h/99h in an erase

// One load each when inlined; -Os would rather call them.
XIP_ALWAYS_INLINE uint32_t get32(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

XIP_ALWAYS_INLINE uint32_t word(const struct xip_sfdp_table_ *table,
        uint32_t number) {
    return get32(table->at + 4u * (number - 1u));
}

static uint32_t field(uint32_t value, unsigned shift, unsigned bits) {
    return value >> shift & ((1u << bits) - 1u);
}

// No command: an unprogrammed byte, or what some tables put for "none".
static bool no_opcode(uint32_t opcode) {
    return opcode == 0u || opcode == 0xFFu;
}

/// Finding the tables ///

// The newest basic table wins, and the longest of equals: clause 6.3.
static bool better(const struct xip_sfdp_table_ *old, uint8_t minor,
        uint8_t words) {
    return old->at == NULL || minor > old->minor ||
            (minor == old->minor && words > old->words);
}

static uint32_t table_id(const uint8_t *header) {
    return header[0] | (uint32_t)header[7] << 8;
}

// NULL: a vendor's own table, or a major version with another layout.
static struct xip_sfdp_table_ *table_of(struct xip_sfdp_ *s,
        const uint8_t *header) {
    if (header[2] != SFDP_MAJOR) {
        return NULL;
    }
    switch (table_id(header)) {
    case TABLE_BASIC:
        return &s->basic;
    case TABLE_FOUR_BYTE:
        return &s->four_byte;
    case TABLE_SECTOR_MAP:
        return &s->sector_map;
    default:
        return NULL;
    }
}

static bool keep_table(struct xip_sfdp_ *s, const uint8_t *header,
        const uint8_t *sfdp, size_t len) {
    const uint32_t id = table_id(header);
    const uint32_t off = get32(header + 4) & 0xFFFFFFu;
    const uint8_t minor = header[1];
    const uint8_t words = header[3];

    if (id == TABLE_PROFILE_1 || id == TABLE_PROFILE_2) {
        return false;
    }
    struct xip_sfdp_table_ *table = table_of(s, header);
    if (table == NULL || !better(table, minor, words)) {
        return true;
    }
    if (words < (table == &s->basic ? XIP_SFDP_REV0_WORDS : 2u)) {
        return table != &s->basic; // too short to say anything
    }
    if (off > len || 4u * words > len - off) {
        return false;
    }
    table->at = sfdp + off;
    table->words = words;
    table->minor = minor;
    return true;
}

static bool find_tables(struct xip_sfdp_ *s, const uint8_t *sfdp, size_t len) {
    if (len < SFDP_HEADER_BYTES || get32(sfdp) != SFDP_SIGNATURE ||
            sfdp[5] != SFDP_MAJOR || sfdp[7] != SFDP_LEGACY_ACCESS) {
        return false;
    }
    // Byte 6 is the count minus one. Some parts (W25Q512JV) have bytes behind
    // the last header that look like another one.
    const size_t headers_bytes = SFDP_HEADER_BYTES * (2u + sfdp[6]);
    if (headers_bytes > len) {
        return false;
    }
    for (size_t at = SFDP_HEADER_BYTES; at < headers_bytes;
            at += SFDP_HEADER_BYTES) {
        if (!keep_table(s, sfdp + at, sfdp, len)) {
            return false;
        }
    }
    return s->basic.at != NULL;
}

static uint32_t table_off(const uint8_t *header) {
    return get32(header + 4) & 0xFFFFFFu;
}

static bool is_wanted(const uint8_t *header) {
    struct xip_sfdp_ s;
    return table_of(&s, header) != NULL;
}

// First room of `bytes` behind the headers that no table in use overlaps.
static size_t find_room(const uint8_t *sfdp, size_t headers_end, size_t len,
        size_t bytes) {
    size_t room = headers_end;
    for (size_t at = SFDP_HEADER_BYTES; at < headers_end;) {
        const uint32_t begin = table_off(sfdp + at);
        const uint32_t end = begin + 4u * sfdp[at + 3u];
        if (is_wanted(sfdp + at) && end <= len && begin < room + bytes &&
                end > room) {
            room = end;
            at = SFDP_HEADER_BYTES; // once more from the first
        } else {
            at += SFDP_HEADER_BYTES;
        }
    }
    return room;
}

size_t xip_part_sfdp_far(uint8_t *sfdp, size_t len, uint32_t *off,
        uint8_t **to) {
    if (len < SFDP_HEADER_BYTES || get32(sfdp) != SFDP_SIGNATURE) {
        return 0;
    }
    const size_t headers_end = SFDP_HEADER_BYTES * (2u + sfdp[6]);
    for (size_t at = SFDP_HEADER_BYTES; at < headers_end && headers_end <= len;
            at += SFDP_HEADER_BYTES) {
        uint8_t *const header = sfdp + at;
        const uint8_t words =
                header[3] < TABLE_WORDS_MAX ? header[3] : TABLE_WORDS_MAX;
        if (!is_wanted(header) || table_off(header) + 4u * header[3] <= len) {
            continue;
        }
        const size_t room = find_room(sfdp, headers_end, len, 4u * words);
        if (room + 4u * words > len) {
            return 0;
        }
        *off = table_off(header);
        *to = sfdp + room;
        header[3] = words;
        header[4] = (uint8_t)room;
        header[5] = (uint8_t)(room >> 8);
        header[6] = 0;
        return 4u * words;
    }
    return 0;
}

/// Erase types that may be used ///

// *number: of the first region's word, and then of the one behind the last,
// which is `last` words further. *everywhere: types that all of them have. What
// the map that holds has is kept. false: they are not all in the table.
static bool take_regions(struct xip_sfdp_ *s, uint32_t *number, uint32_t last,
        bool holds, uint32_t *everywhere) {
    struct xip_flash_part *const part = &s->part;
    const uint32_t end = *number + last;
    uint32_t off = 0;
    bool whole = holds;
    for (uint32_t i = 0; *number <= end; i++) {
        if (*number > s->sector_map.words) {
            return false;
        }
        const uint32_t region = word(&s->sector_map, (*number)++);
        const uint32_t first = off;
        off += ((region >> 8) + 1u) << 8;
        *everywhere &= region;
        whole = whole && i < XIP_PART_REGIONS && off > first;
        if (XIP_CFG_SECTOR_MAP && whole) {
            part->region_end[i] = off;
            s->region_types[i] = (uint8_t)field(region, 0, 4);
            s->usable |= s->region_types[i];
        }
    }
    if (XIP_CFG_SECTOR_MAP && holds && (!whole || off != part->size_bytes)) {
        memset(part->region_end, 0, sizeof(part->region_end));
        s->usable = 0;
    }
    return true;
}

// A command of the map is two words, a map one and a word for each region.
static bool decode_sector_map(struct xip_sfdp_ *s, uint32_t wanted) {
    const struct xip_sfdp_table_ *const map = &s->sector_map;
    const bool any = !XIP_CFG_SECTOR_MAP || wanted == XIP_PART_ANY_MAP;
    uint32_t number = 1;
    uint32_t types = any || map->at == NULL ? 0xFu : 0u; // if no map is kept
    uint32_t maps = 0;
    uint32_t head = 0; // of the last one
    while (map->at != NULL && (head & 3u) != 3u) {
        if (number > map->words) {
            return false;
        }
        head = word(map, number++);
        if (field(head, 1, 1) == 0u) {
            number++;
            continue;
        }
        const bool only = maps++ == 0u && (head & 1u) != 0u;
        const bool holds = any ? only : field(head, 8, 8) == wanted;
        uint32_t everywhere = 0xF;
        if (!take_regions(s, &number, field(head, 16, 8), holds, &everywhere)) {
            return false;
        }
        types = any ? types & everywhere : holds ? everywhere : types;
    }
    if (s->usable == 0u) {
        s->usable = (uint8_t)types;
    }
    return s->usable != 0u;
}

#if XIP_CFG_SECTOR_MAP
#define ADDR_VARIABLE 3u // by the chip's mode: three bytes after a reset
#define CLOCKS_VARIABLE 15u
#define CLOCKS_DEFAULT 8u

bool xip_part_map_question(const uint8_t *sfdp, size_t len, uint32_t number,
        struct xip_part_question *question) {
    struct xip_sfdp_ s;
    memset(&s, 0, sizeof(s));
    const uint32_t at = 1u + 2u * number; // they come before the maps
    if (!find_tables(&s, sfdp, len) || s.sector_map.at == NULL ||
            at + 1u > s.sector_map.words) {
        return false;
    }
    const uint32_t head = word(&s.sector_map, at);
    const uint32_t addr = field(head, 22, 2);
    const uint32_t clocks = field(head, 16, 4);
    question->opcode = (uint8_t)field(head, 8, 8);
    question->addr_bytes = (uint8_t)(addr == 0u ? 0u
                    : addr == ADDR_VARIABLE     ? 3u
                                                : 2u + addr);
    question->dummy_clocks =
            (uint8_t)(clocks == CLOCKS_VARIABLE ? CLOCKS_DEFAULT : clocks);
    question->mask = (uint8_t)(head >> 24);
    question->addr = word(&s.sector_map, at + 1u);
    return field(head, 1, 1) == 0u;
}

// The first answer is the highest bit.
uint32_t xip_part_map_answer(uint32_t map,
        const struct xip_part_question *question, uint8_t answer) {
    const uint32_t above = map == XIP_PART_ANY_MAP ? 0u : map << 1;
    return above | ((answer & question->mask) != 0u ? 1u : 0u);
}
#endif

/// The words of the basic table ///

static bool decode_size(struct xip_sfdp_ *s) {
    const uint32_t density = word(&s->basic, 2);
    uint32_t bytes;
    if (density >> 31 != 0u) {
        const uint32_t log2_bits = density & 0x7FFFFFFFu;
        if (log2_bits < 32u || log2_bits > 34u) {
            return false;
        }
        bytes = 1u << (log2_bits - 3u);
    } else {
        bytes = (density >> 3) + 1u;
        if ((density & 7u) != 7u) {
            return false;
        }
    }
    s->part.size_bytes = bytes;
    return bytes >= SIZE_MIN_BYTES && (bytes & (bytes - 1u)) == 0u;
}

// DW10: counts of 5 bits and units of 2 bits, from bit 4 on; DW10[3:0] is the
// ratio of maximum to typical.
static void erase_time(struct xip_part_erase *type, uint32_t times,
        unsigned number) {
    static const uint16_t unit_ms[4] = {1, 16, 128, 1000};
    const uint32_t time = times >> (4u + 7u * number);
    type->typ_us =
            (field(time, 0, 5) + 1u) * unit_ms[field(time, 5, 2)] * 1000u;
    type->max_us = type->typ_us * 2u * (field(times, 0, 4) + 1u);
}

static bool decode_erase(struct xip_sfdp_ *s, unsigned number) {
    struct xip_part_erase *const type = &s->part.erase[number];
    const uint32_t half =
            word(&s->basic, 8u + number / 2u) >> 16u * (number % 2u);
    const uint32_t log2_size = field(half, 0, 8);
    if (log2_size == 0u || log2_size == 0xFFu ||
            (s->usable >> number & 1u) == 0u) {
        return true; // no such type, or not at all places
    }
    type->opcode = (uint8_t)field(half, 8, 8);
    if (log2_size < ERASE_MIN_LOG2 || log2_size > ERASE_MAX_LOG2 ||
            no_opcode(type->opcode)) {
        return false;
    }
    for (unsigned i = 0; i < XIP_PART_REGIONS; i++) {
        const uint32_t has = s->region_types[i] >> number & 1u;
        type->regions |= (uint8_t)(has << i);
    }
    // One opcode with two sizes means "by place": the map has to say which.
    const bool mapped = s->part.region_end[0] != 0u;
    for (unsigned i = 0; i < number; i++) {
        const struct xip_part_erase *const other = &s->part.erase[i];
        if (other->size_bytes != 0u && other->opcode == type->opcode &&
                (!mapped || (other->regions & type->regions) != 0u)) {
            return false;
        }
    }
    type->size_bytes = 1u << log2_size;
    if (s->basic.words >= 10u) {
        erase_time(type, word(&s->basic, 10), number);
    } else if (log2_size <= 12u) {
        type->typ_us = WORST_4K_TYP_US;
        type->max_us = WORST_4K_MAX_US;
    } else {
        type->typ_us = WORST_ERASE_TYP_US;
        type->max_us = WORST_ERASE_MAX_US;
    }
    return type->size_bytes <= s->part.size_bytes;
}

static bool decode_page(struct xip_sfdp_ *s) {
    struct xip_flash_part *const part = &s->part;
    part->page_bytes = 256;
    part->page_typ_us = WORST_PAGE_TYP_US;
    part->page_max_us = WORST_PAGE_MAX_US;
    if (s->basic.words < 11u) {
        return true;
    }
    const uint32_t dw11 = word(&s->basic, 11);
    const uint32_t log2_page = field(dw11, 4, 4);
    part->page_bytes = 1u << log2_page;
    part->page_typ_us =
            (field(dw11, 8, 5) + 1u) * (field(dw11, 13, 1) != 0u ? 64u : 8u);
    part->page_max_us = part->page_typ_us * 2u * (field(dw11, 0, 4) + 1u);
    return log2_page >= PAGE_MIN_LOG2 && log2_page <= PAGE_MAX_LOG2;
}

// A count of 5 bits and a unit of 2: 128 ns, 1, 8, 64 us. Rounded up.
static uint16_t latency_us(uint32_t value) {
    const uint32_t count = field(value, 0, 5) + 1u;
    const uint32_t unit = field(value, 5, 2);
    return (uint16_t)(unit == 0u ? (count * 128u + 999u) / 1000u
                                 : count << 3u * (unit - 1u));
}

// rule: an interval of 4 bits, then a latency of 7.
static void suspend_kind(struct xip_part_suspend *suspend, uint32_t rule,
        uint32_t opcodes) {
    suspend->resume_opcode = (uint8_t)opcodes;
    suspend->suspend_opcode = (uint8_t)(opcodes >> 8);
    suspend->interval_us = (uint16_t)((field(rule, 0, 4) + 1u) * 64u);
    suspend->latency_max_us = latency_us(rule >> 4);
}

static void decode_suspend(struct xip_sfdp_ *s) {
    if (s->basic.words < 13u || word(&s->basic, 12) >> 31 != 0u) {
        return;
    }
    const uint32_t rules = word(&s->basic, 12);
    const uint32_t opcodes = word(&s->basic, 13);
    suspend_kind(&s->part.program_suspend, rules >> 9, opcodes);
    suspend_kind(&s->part.erase_suspend, rules >> 20, opcodes >> 16);
}

// DW14: delay in bits 14:8, opcodes to leave and to enter, bit 31 "has none".
static void decode_power_down(struct xip_sfdp_ *s) {
    struct xip_part_power_down *const down = &s->part.power_down;
    if (s->basic.words < 14u || word(&s->basic, 14) >> 31 != 0u) {
        return;
    }
    const uint32_t dw14 = word(&s->basic, 14);
    const uint8_t enter = (uint8_t)field(dw14, 23, 8);
    const uint8_t exit = (uint8_t)field(dw14, 15, 8);
    if (!no_opcode(enter) && !no_opcode(exit)) {
        down->enter_opcode = enter;
        down->exit_opcode = exit;
        down->exit_max_us = latency_us(dw14 >> 8);
    }
}

static void decode_registers(struct xip_sfdp_ *s) {
    s->part.reset_max_us = WORST_RESET_US;
    s->qpi = field(word(&s->basic, 5), 4, 1) != 0u;
    if (s->basic.words >= 15u) {
        const uint32_t qe = field(word(&s->basic, 15), 20, 3);
        s->qe_known = qe != 7u; // reserved
        s->part.qe = s->qe_known ? (enum xip_part_qe)qe : XIP_QE_NONE;
    }
    if (s->basic.words >= 16u) {
        // DW16[6:0]: bits 2 and 3 say that 50h precedes a volatile write. All
        // ones is an unprogrammed word.
        const uint32_t rules = field(word(&s->basic, 16), 0, 7);
        s->part.volatile_sr = rules != 0x7Fu && (rules & 0x0Cu) != 0u;
    }
}

/// From what the tables say to what the library sends ///

static void choose_suspend(struct xip_part_suspend *suspend) {
    if (suspend->flag_mask == 0u || no_opcode(suspend->suspend_opcode) ||
            no_opcode(suspend->resume_opcode)) {
        memset(suspend, 0, sizeof(*suspend));
    }
}

// Three-byte opcodes first; choose_address may exchange them.
static void choose_transfer(struct xip_sfdp_ *s) {
    struct xip_flash_part *const part = &s->part;
    const uint32_t read = word(&s->basic, 3); // low half: 1-4-4
    const bool quad = field(word(&s->basic, 1), 21, 1) != 0u && s->qe_known &&
            !no_opcode(field(read, 8, 8));
    part->program_opcode = 0x02;
    part->program_lanes = 1;
    part->read_opcode = 0x0B;
    part->read_lanes = 1;
    part->read_wait_clocks = 8;
    if (quad) {
        part->read_opcode = (uint8_t)field(read, 8, 8);
        part->read_lanes = 4;
        part->read_mode_clocks = (uint8_t)field(read, 5, 3);
        part->read_wait_clocks = (uint8_t)field(read, 0, 5);
    }
    if (quad && s->quad_program_opcode != 0u) {
        part->program_opcode = s->quad_program_opcode;
        part->program_lanes = 4;
    }
}

static uint8_t four_byte_erase(const struct xip_sfdp_ *s, unsigned number,
        uint32_t support) {
    if (!s->four_byte_forced) {
        const uint32_t opcode = field(word(&s->four_byte, 2), 8u * number, 8);
        const bool has = field(support, 9u + number, 1) != 0u;
        return has && !no_opcode(opcode) ? (uint8_t)opcode : 0u;
    }
    switch (s->part.erase[number].size_bytes) {
    case 0x1000u:
        return 0x21;
    case 0x8000u:
        return s->four_byte_no_32k ? 0u : 0x5Cu;
    case 0x10000u:
        return 0xDC;
    default:
        return 0;
    }
}

// Exchange all opcodes for their 4-byte forms. False with nothing changed if
// some are missing.
static bool use_four_byte(struct xip_sfdp_ *s) {
    struct xip_flash_part *const part = &s->part;
    uint32_t support = UINT32_MAX;
    if (!s->four_byte_forced) {
        if (s->four_byte.at == NULL || field(word(&s->basic, 1), 17, 2) == 0u) {
            return false;
        }
        support = word(&s->four_byte, 1);
    }
    const bool quad = part->read_lanes == 4u && field(support, 5, 1) != 0u;
    uint8_t erase[XIP_PART_ERASE_TYPES] = {0};
    uint32_t any = 0;
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        if (part->erase[i].size_bytes != 0u) {
            erase[i] = four_byte_erase(s, i, support);
        }
        any |= erase[i];
    }
    if (any == 0u || field(support, 6, 1) == 0u ||
            (!quad && field(support, 1, 1) == 0u)) {
        return false;
    }
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        part->erase[i].opcode = erase[i];
    }
    if (!quad) {
        part->read_lanes = 1;
        part->read_mode_clocks = 0;
        part->read_wait_clocks = 8;
    }
    part->read_opcode = quad ? 0xEC : 0x0C;
    if (!quad || part->program_lanes != 4u || field(support, 7, 1) == 0u) {
        part->program_lanes = 1;
    }
    part->program_opcode = part->program_lanes == 4u ? 0x34 : 0x12;
    part->addr_bytes = 4;
    return true;
}

// DW1[18:17]: 0 three bytes, 1 three or four, 2 four only, 3 reserved.
static bool choose_address(struct xip_sfdp_ *s) {
    struct xip_flash_part *const part = &s->part;
    const uint32_t mode = field(word(&s->basic, 1), 17, 2);
    part->addr_bytes = mode == 2u ? 4 : 3;
    if (mode != 2u && part->size_bytes > THREE_BYTE_LIMIT &&
            !use_four_byte(s)) {
        part->size_bytes = THREE_BYTE_LIMIT;
    }
    return mode != 3u;
}

// Smallest first, without those that have lost their opcode.
static bool sort_erase(struct xip_flash_part *part) {
    struct xip_part_erase sorted[XIP_PART_ERASE_TYPES] = {{0}};
    unsigned count = 0;
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        const struct xip_part_erase *const type = &part->erase[i];
        if (type->size_bytes == 0u || type->opcode == 0u) {
            continue;
        }
        unsigned at = count++;
        for (; at > 0u && sorted[at - 1u].size_bytes > type->size_bytes; at--) {
            sorted[at] = sorted[at - 1u];
        }
        sorted[at] = *type;
    }
    memcpy(part->erase, sorted, sizeof(sorted));
    // A region ends where a unit of the smallest type does.
    uint32_t ends = 0;
    for (unsigned i = 0; i < XIP_PART_REGIONS; i++) {
        ends |= part->region_end[i];
    }
    return count != 0u && part->page_bytes <= sorted[0].size_bytes &&
            (ends & (sorted[0].size_bytes - 1u)) == 0u;
}

// "JEDEC EF4018": a chip says what it is, never what it is called.
static void set_name(struct xip_flash_part *part) {
    memcpy(part->name, "JEDEC ", 6);
    for (unsigned i = 0; i < 6u; i++) {
        const unsigned digit = part->id[i / 2u] >> (i % 2u != 0u ? 0 : 4) & 15u;
        part->name[6u + i] =
                (char)(digit < 10u ? '0' + digit : 'A' + digit - 10u);
    }
}

int xip_part_from_sfdp_map(struct xip_flash_part *part, const uint8_t id[3],
        const uint8_t *sfdp, size_t len, uint32_t map) {
    struct xip_sfdp_ s;
    memset(&s, 0, sizeof(s));
    memcpy(s.part.id, id, sizeof(s.part.id));
    set_name(&s.part);

    if (!find_tables(&s, sfdp, len) || !decode_size(&s) || !decode_page(&s) ||
            !decode_sector_map(&s, map)) {
        return XIP_ERR_PART;
    }
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        if (!decode_erase(&s, i)) {
            return XIP_ERR_PART;
        }
    }
    decode_suspend(&s);
    decode_power_down(&s);
    decode_registers(&s);
    xip_quirk_apply_(&s);
    choose_suspend(&s.part.erase_suspend);
    choose_suspend(&s.part.program_suspend);
    choose_transfer(&s);
    if (s.refused || !choose_address(&s) || !sort_erase(&s.part)) {
        return XIP_ERR_PART;
    }
    *part = s.part;
    return XIP_OK;
}

int xip_part_from_sfdp(struct xip_flash_part *part, const uint8_t id[3],
        const uint8_t *sfdp, size_t len) {
    return xip_part_from_sfdp_map(part, id, sfdp, len, XIP_PART_ANY_MAP);
}
