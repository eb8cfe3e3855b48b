/*
 * part_model - a part for the chip model, from a dump of its SFDP tables
 *
 * SPDX-License-Identifier: MIT
 */
#include "part/part_model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cli.h"

#define MODEL_MAX_BYTES 0x10000000u // 256 MB, the window

static void assume(struct part_model *m, const char *what) {
    if (m->assumed_count < PART_ASSUMED_MAX) {
        m->assumed[m->assumed_count++] = what;
    }
}

static uint32_t round_up(double us) {
    return (uint32_t)ceil(us);
}

static const struct sfdp_read *read_of(const struct sfdp *s,
        const char *lanes) {
    for (unsigned i = 0; s->read[i].lanes; i++) {
        if (!strcmp(s->read[i].lanes, lanes)) {
            return &s->read[i];
        }
    }
    return NULL;
}

static void take_family(struct part_model *m) {
    struct nor_part *p = &m->part;
    const struct sfdp *s = &m->sfdp;
    if (m->dump.has_id) {
        memcpy(p->id, m->dump.id, 3);
    } else {
        assume(m,
                "the id, which reads FFFFFF: give a line '# jedec-id: ef4018'");
        memset(p->id, 0xFF, 3);
    }
    const bool micron =
            p->id[0] == 0x20 && (p->id[1] == 0xBA || p->id[1] == 0xBB);
    p->family = micron            ? NOR_MICRON
            : p->id[0] == 0xC2    ? NOR_MACRONIX
            : p->id[0] == 0x9D    ? NOR_ISSI
            : p->id[0] == 0xC8    ? NOR_GIGA
            : s->quad_enable == 2 ? NOR_MACRONIX
                                  : NOR_WINBOND;
    p->flag_status = micron;
    p->volatile_config = micron;
    assume(m,
            "the register that shows a suspension, and the layout of the "
            "status registers: those of the maker's known parts");
}

static void take_quad_enable(struct part_model *m) {
    struct nor_part *p = &m->part;
    const int qe = m->sfdp.quad_enable;
    if (qe < 0) {
        p->qe = p->family == NOR_MICRON ? NOR_QE_NONE
                : p->family == NOR_MACRONIX || p->family == NOR_ISSI
                ? NOR_QE_SR1_BIT6
                : NOR_QE_SR2_BIT1;
        assume(m, "where quad enable is: the table ends before DW15");
    } else {
        p->qe = qe == 0 || qe == 7 ? NOR_QE_NONE
                : qe == 2          ? NOR_QE_SR1_BIT6
                                   : NOR_QE_SR2_BIT1;
    }
    if (p->qe != NOR_QE_NONE) {
        assume(m, "quad enable is not set as delivered");
    }
    p->volatile_sr = m->sfdp.volatile_sr;
    p->sr_write_typ_us = 15000;
    p->sr_write_max_us = 50000;
    p->nvcr_write_typ_us = 200000;
    p->nvcr_write_max_us = 3000000;
    assume(m, "status writes of 15 ms, at most 50 ms");
}

static void take_times(struct part_model *m) {
    struct nor_part *p = &m->part;
    const struct sfdp *s = &m->sfdp;
    for (unsigned i = 0; i < 4; i++) {
        const struct sfdp_erase *e = &s->erase[i];
        const bool small = e->size_bytes <= 4096;
        p->erase[i].size_bytes = e->size_bytes;
        p->erase[i].opcode = e->opcode;
        p->erase[i].typ_us = e->typ_ms ? e->typ_ms * 1000
                : small                ? 250000
                                       : 1000000;
        p->erase[i].max_us = e->max_ms ? e->max_ms * 1000
                : small                ? 2500000
                                       : 10000000;
        p->erase_4byte_opcode[i] = s->erase_four_byte[i];
    }
    p->page_typ_us = s->page_typ_us ? s->page_typ_us : 1000;
    p->page_max_us = s->page_max_us ? s->page_max_us : 10000;
    p->chip_typ_ms = s->chip_typ_ms ? s->chip_typ_ms : 200000;
    p->chip_max_ms = s->chip_max_ms ? s->chip_max_ms : 1000000;
    assume(m,
            s->page_typ_us
                    ? "typical times are those of the table, which rounds up: "
                      "the data sheet's are shorter"
                    : "all times (4 KB erase 0.25 s, others 1 s, page 1 ms, "
                      "ten times as much at most): the table has none");
}

static void take_suspend(struct part_model *m) {
    struct nor_part *p = &m->part;
    const struct sfdp *s = &m->sfdp;
    if (!s->has_suspend) {
        assume(m, "no suspension: the table names no command");
        return;
    }
    p->suspend_opcode = s->suspend_opcode;
    p->resume_opcode = s->resume_opcode;
    const double latency = s->erase_latency_us > s->program_latency_us
            ? s->erase_latency_us
            : s->program_latency_us;
    p->suspend_latency_us = round_up(latency);
    p->erase_interval_us = s->erase_interval_us;
    p->program_interval_us = s->program_interval_us;
    p->resume_gap_ns = 1000;
    p->resume_loss_us = 2 * p->suspend_latency_us;
    assume(m,
            "a run below the table's resume-to-suspend interval brings "
            "nothing, and a suspension costs twice its latency: the hard "
            "minimum is in the data sheet only");
}

static void take_rest(struct part_model *m) {
    struct nor_part *p = &m->part;
    const struct sfdp *s = &m->sfdp;
    p->reset_us = 100;
    p->reset_erase_us = 100000;
    assume(m, "a reset takes 100 us, and 100 ms in an operation");
    if (s->has_sleep) {
        p->dpd_exit_us = round_up(s->wake_us);
        p->dpd_enter_us = 30;
        assume(m, "30 us from B9h to deep power-down");
    }
    p->power_up_us = 2500;
    p->power_up_write_us = 10000;
    assume(m, "2.5 ms from power-up to the first command, 10 ms to a write");
    p->read_mhz = 33;
    p->other_mhz = 80;
    p->high_read_ns = 20;
    p->high_other_ns = 50;
    assume(m,
            "03h up to 33 MHz and all else up to 80 MHz, nCS high 20 ns "
            "between reads and 50 ns otherwise");
}

static void take_reads(struct part_model *m) {
    struct nor_part *p = &m->part;
    const struct sfdp *s = &m->sfdp;
    const struct sfdp_read *quad = read_of(s, "1-4-4");
    p->read_144_mode_clocks = quad ? quad->mode_clocks : 2;
    p->read_144_wait_clocks = quad ? quad->wait_clocks : 4;
    p->four_byte = s->four_byte_count != 0;
    p->chip_opcode[0] = 0xC7;
    p->chip_opcode[1] = p->family == NOR_MICRON ? 0 : 0x60;
    p->program_144_opcode = p->family == NOR_MACRONIX ? 0x38 : 0;
}

// What the registers say that tell which map holds: the one that was chosen.
static void take_detect(struct part_model *m) {
    const struct sfdp *s = &m->sfdp;
    unsigned used = 0;
    for (unsigned i = 0; i < s->detects; i++) {
        const struct sfdp_detect *d = &s->detect[i];
        const bool set = s->map_id >> (s->detects - 1 - i) & 1;
        struct nor_detect *to = NULL;
        for (unsigned k = 0; k < used; k++) {
            const struct nor_detect *one = &m->part.detect[k];
            if (one->opcode == d->opcode && one->addr == d->addr) {
                to = &m->part.detect[k];
            }
        }
        if (!to) {
            to = &m->part.detect[used++];
            to->opcode = d->opcode;
            to->addr = d->addr;
            // The chip's mode is that after power-up: three address bytes.
            to->addr_bytes = d->addr_bytes == SFDP_VARIABLE ? 3 : d->addr_bytes;
            to->clocks = d->clocks == SFDP_VARIABLE ? 8 : d->clocks;
        }
        to->answer |= set ? d->mask : 0;
    }
}

static void take_regions(struct part_model *m) {
    const struct sfdp *s = &m->sfdp;
    for (unsigned i = 0; i < s->region_count; i++) {
        m->part.region[i].size_bytes = (uint32_t)s->region[i].size_bytes;
        m->part.region[i].types = s->region[i].types;
    }
    if (s->region_count && s->maps > 1 && m->dump.map_id < 0) {
        assume(m,
                "the first sector map of several, and registers that say so; "
                "give a line '# sector-map: 1' with the number of another");
    } else if (!s->region_count && (s->sector_map || !s->uniform_4k)) {
        assume(m,
                "every erase size everywhere: the table says that sizes "
                "depend on the address, and has no sector map that could be "
                "followed");
    }
}

bool part_model_open(struct part_model *m, const char *path,
        char why[SFDP_WHY_BYTES]) {
    memset(m, 0, sizeof *m);
    why[0] = '\0';
    if (!sfdp_read_file(&m->dump, path)) {
        return false;
    }
    if (!sfdp_decode(&m->sfdp, m->dump.bytes, m->dump.len, m->dump.map_id,
                why)) {
        part_model_close(m);
        return false;
    }
    const uint64_t size = m->sfdp.size_bytes;
    if (size > MODEL_MAX_BYTES || (size & (size - 1)) || size < 0x10000 ||
            m->sfdp.page_bytes > 512) {
        snprintf(why, SFDP_WHY_BYTES,
                "a chip of %llu bytes with pages of %u cannot be modelled: 64K "
                "to 256M, a power of 2, pages of 512 at most",
                (unsigned long long)size, (unsigned)m->sfdp.page_bytes);
        part_model_close(m);
        return false;
    }
    const char *slash = strrchr(path, '/');
    snprintf(m->name, sizeof m->name, "sfdp:%s", slash ? slash + 1 : path);
    m->part.name = m->name;
    m->part.size_bytes = (uint32_t)size;
    m->part.page_bytes = m->sfdp.page_bytes;
    m->part.sfdp_bytes = m->dump.bytes;
    m->part.sfdp_len = (uint32_t)m->dump.len;
    take_family(m);
    take_quad_enable(m);
    take_times(m);
    take_suspend(m);
    take_reads(m);
    take_regions(m);
    take_detect(m);
    take_rest(m);
    return true;
}

void part_model_close(struct part_model *m) {
    sfdp_free(&m->dump);
}

const struct nor_part *part_choose(struct part_model *model, const char *name) {
    if (!strncmp(name, "sfdp:", 5)) {
        char why[SFDP_WHY_BYTES];
        part_model_close(model); // given twice
        if (!part_model_open(model, name + 5, why)) {
            if (*why) {
                cli_fail(CLI_TROUBLE, "--part %s: %s", name, why);
            }
            return NULL;
        }
        return &model->part;
    }
    const struct nor_part *part = nor_part_find(name);
    if (part) {
        return part;
    }
    char names[400] = "";
    for (size_t i = 0; (part = nor_part_at(i)); i++) {
        const size_t at = strlen(names);
        snprintf(names + at, sizeof names - at, "%s%s", i ? ", " : "",
                part->name);
    }
    cli_fail(CLI_TROUBLE,
            "--part '%s' is not known; give one of %s, or sfdp:FILE with a "
            "dump of the chip's SFDP tables",
            name, names);
    return NULL;
}
