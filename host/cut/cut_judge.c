/*
 * cut_judge - boots after a cut, and the verdict
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_judge.h"

#include <stdio.h>
#include <string.h>

const struct cut_verdict_row cut_verdicts[CUT_VERDICTS] = {
        [CUT_GOOD] = {"boots-approved", "boots a verified image"},
        [CUT_NOTHING] = {"boots-nothing", "boots nothing"},
        [CUT_UNAPPROVED] = {"boots-unapproved",
                "boots an image that was never approved"},
        [CUT_UNSTABLE] = {"boots-unstable",
                "boots an image with bits that read differently each time"},
        [CUT_FORBIDDEN] = {"forbidden-text", "prints a forbidden text"},
        [CUT_CHANGED] = {"running-changed", "the running image changed"},
        [CUT_LOST] = {"update-lost", "the update is lost silently"},
        [CUT_OLD] = {"old-after-confirm",
                "an old image comes back after a confirm"},
        [CUT_UNSETTLED] = {"not-settled", "does not converge within 3 boots"},
        [CUT_STUCK] = {"update-stuck",
                "the update can be neither resumed nor restarted"},
};

struct cut_before cut_before(const struct cut_machine *m) {
    return (struct cut_before){
            .running = m->marks.running,
            .running_off = m->marks.running_off,
            .sent = cut_line_sent(&m->line),
            .confirmed = (m->line.ever & m->options->confirms) != 0,
            .forbidden = (m->line.ever & m->options->forbids) != 0,
    };
}

/// Boots ///

// Up to the decision, and the texts that follow it. false: *stop says why not.
static bool boot(struct cut_machine *m, enum cut_stop *stop) {
    const uint32_t expects = m->options->expects;
    const uint32_t forbids = m->options->forbids;
    bool has_decided = false;
    m->marks.running = CUT_NO_IMAGE;
    cut_machine_limit(m, m->options->boot_limit);
    do {
        *stop = cut_machine_run(m);
        has_decided |= *stop == CUT_DECIDED;
        if (m->line.seen & forbids) {
            *stop = CUT_TEXT;
            has_decided = false;
            break;
        }
        if (*stop != CUT_DECIDED && *stop != CUT_TEXT) {
            has_decided = false;
            break;
        }
    } while (!has_decided || (m->line.seen & expects) != expects);
    cut_machine_limit(m, SIM_NEVER);
    return has_decided;
}

static uint64_t hash_now(struct cut_machine *m) {
    struct sim_snapshot *s = sim_save(m->sim);
    const uint64_t hash = s ? cut_machine_hash(m, s) : 0;
    sim_snapshot_free(s);
    return hash;
}

struct boots {
    unsigned count;
    bool booted, settled;
    // Has started the update, then does not, though no boot has written. The
    // other way round it comes late, and nobody was told that it was there.
    bool flipped;
    enum cut_stop stop;
};

// Until two boots in a row decide alike, or the flash is as it was before.
static struct boots boot_all(struct cut_machine *m, uint64_t hash,
        bool powered) {
    struct boots b = {.count = 0};
    int image = CUT_NO_IMAGE;
    bool changed_flash = false;
    while (b.count < CUT_BOOTS_MAX) {
        if (!powered || b.count) {
            if (b.count) {
                cut_machine_power_off(m, b.count);
            }
            cut_machine_power_on(m);
        }
        b.count++;
        b.booted = boot(m, &b.stop);
        if (!b.booted) {
            break; // it would take somebody who switches it off and on
        }
        m->told = NULL; // a second level is about the first boot
        const uint64_t now = b.count < CUT_BOOTS_MAX ? hash_now(m) : 0;
        const bool same = b.count > 1 && m->marks.running == image;
        b.flipped |= b.count > 1 && image >= 0 && m->images.at[image].sent &&
                m->marks.running != image && !changed_flash;
        changed_flash |= m->marks.operations != 0;
        image = m->marks.running;
        b.settled = same ||
                (now == hash &&
                        !nor_unstable(m->chip.nor, 0,
                                (uint32_t)m->files.chip_bytes));
        if (b.settled && b.count >= m->options->boots) {
            break;
        }
        hash = now;
    }
    return b;
}

/// The verdict ///

static bool is_changed(const struct cut_machine *m,
        const struct cut_before *before) {
    if (before->running < 0 || m->options->swaps) {
        return false;
    }
    const struct cut_image *image = &m->images.at[before->running];
    return !cut_image_is_at(image, m->files.chip, m->files.chip_bytes,
                   before->running_off) ||
            nor_unstable(m->chip.nor, before->running_off,
                    (uint32_t)image->bytes);
}

static enum cut_verdict verdict_of(struct cut_machine *m,
        const struct cut_before *before, const struct boots *b,
        struct cut_outcome *out) {
    const struct cut_marks *marks = &m->marks;
    if (before->forbidden) {
        snprintf(out->why, sizeof out->why,
                "a text of --forbid was printed before the power failed");
        return CUT_FORBIDDEN;
    }
    if (!b->booted) {
        cut_machine_why(m, b->stop, out->why, sizeof out->why);
        return b->stop == CUT_TEXT ? CUT_FORBIDDEN : CUT_NOTHING;
    }
    if (marks->running == CUT_NO_IMAGE || marks->unstable) {
        snprintf(out->why, sizeof out->why, "it starts at 0x%08x",
                (unsigned)marks->decided_pc);
        return marks->unstable ? CUT_UNSTABLE : CUT_UNAPPROVED;
    }
    if (is_changed(m, before)) {
        snprintf(out->why, sizeof out->why,
                "the flash at 0x%06x no longer holds %s",
                (unsigned)before->running_off,
                m->images.at[before->running].name);
        return CUT_CHANGED;
    }
    const bool old = marks->running >= 0 && !m->images.at[marks->running].sent;
    if (old && (before->confirmed || before->sent)) {
        snprintf(out->why, sizeof out->why, "%s starts",
                m->images.at[marks->running].name);
        return before->confirmed ? CUT_OLD : CUT_LOST;
    }
    if (b->flipped) {
        snprintf(out->why, sizeof out->why,
                "the update started, and not at the next boot, though nothing "
                "was written");
    }
    return b->settled && !b->flipped ? CUT_GOOD : CUT_UNSETTLED;
}

void cut_judge(struct cut_machine *m, const struct cut_before *before,
        uint64_t hash, bool powered, struct cut_outcome *out) {
    const struct boots b = boot_all(m, hash, powered);
    out->why[0] = '\0';
    out->boots = b.count;
    out->verdict = verdict_of(m, before, &b, out);
    out->image = b.booted ? m->marks.running : CUT_NO_IMAGE;
}
