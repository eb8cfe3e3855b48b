/*
 * json - the report as JSON, and the finding of a checker's report
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/cli.h"
#include "crash/crash.h"
#include "fault/fault_words.h"
#include "xip_fault.h"

static json_t *address(uint32_t addr) {
    char text[16];
    snprintf(text, sizeof text, "0x%08" PRIx32, addr);
    return json_string(text);
}

// Names come from ELF files, which may hold anything.
static json_t *text(const char *s) {
    json_t *j = s ? json_string(s) : json_null();
    return j ? j : json_string("?");
}

static json_t *frames(const struct backtrace *bt) {
    json_t *list = json_array();
    for (size_t i = 0; i < bt->count; i++) {
        const struct frame *f = &bt->frames[i];
        json_t *inlined = json_array();
        for (size_t k = 0; k < f->inlined_count; k++) {
            const char *into = k + 1 < f->inlined_count ? f->inlined[k + 1].name
                                                        : f->place.function;
            json_array_append_new(inlined,
                    json_pack("{s:o, s:o, s:i}", "into", text(into), "file",
                            text(f->inlined[k].call_file), "line",
                            f->inlined[k].call_line));
        }
        json_array_append_new(list,
                json_pack("{s:o, s:o, s:o, s:i, s:s, s:s, s:o}", "address",
                        address(f->pc), "function", text(frame_function(f)),
                        "file", text(f->place.file), "line", f->place.line,
                        "method", frame_method_name(f->method), "confidence",
                        frame_confidence(f->method), "inlined_into", inlined));
    }
    return list;
}

static json_t *registers(const struct record *r) {
    json_t *j = json_object();
    char name[8];
    for (unsigned i = 0; i < 17; i++) {
        static const char *const last[] = {"sp", "lr", "pc", "xpsr"};
        const bool lost =
                !r->frame_known && (i < 4 || i == 12 || i >= RECORD_LR);
        snprintf(name, sizeof name, "r%u", i);
        json_object_set_new(j, i < RECORD_SP ? name : last[i - RECORD_SP],
                lost ? json_null() : address(r->r[i]));
    }
    const struct {
        const char *name;
        uint32_t value;
    } more[] = {
            {"msp", r->msp},
            {"psp", r->psp},
            {"control", r->control},
            {"primask", r->primask},
            {"basepri", r->basepri},
            {"faultmask", r->faultmask},
            {"exc_return", r->exc_return},
            {"cfsr", r->scb[SCB_CFSR]},
            {"hfsr", r->scb[SCB_HFSR]},
            {"dfsr", r->scb[SCB_DFSR]},
            {"mmfar", r->scb[SCB_MMFAR]},
            {"bfar", r->scb[SCB_BFAR]},
            {"afsr", r->scb[SCB_AFSR]},
            {"shcsr", r->scb[SCB_SHCSR]},
            {"vtor", r->scb[SCB_VTOR]},
            {"cpuid", r->scb[SCB_CPUID]},
            {"sfsr", r->sfsr},
            {"sfar", r->sfar},
            {"abfsr", r->abfsr},
    };
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        json_object_set_new(j, more[i].name, address(more[i].value));
    }
    return j;
}

bool crash_json(const struct crash *c, FILE *out) {
    const struct record *r = &c->record;
    const struct verdict *v = &c->verdict;
    char name[32] = "none", bits[200] = "", id[41] = "";
    json_t *notes = json_array();
    for (size_t i = 0; i < v->note_count; i++) {
        json_array_append_new(notes, text(v->notes[i]));
    }
    json_t *j = json_pack("{s:s, s:i, s:s, s:b, s:b, s:s, s:o, s:o, s:o, s:o, "
                          "s:o, s:o}",
            "format", "xipsafe-crash", "version", 1, "tool",
            "xipsafe " XIPSAFE_VERSION, "record", c->has_record, "doubtful",
            c->doubtful, "verdict", verdict_name(v->kind), "what",
            text(v->what), "why", text(v->why), "fix", text(v->fix), "outage",
            text(v->outage[0] ? v->outage : NULL), "finding",
            text(c->finding[0] ? c->finding : NULL), "notes", notes);
    if (j && c->has_record) {
        crash_exception(r, name, sizeof name);
        fault_bits_text(r->scb[SCB_CFSR], r->scb[SCB_HFSR], bits, sizeof bits);
        for (unsigned i = 0; i < sizeof r->build_id; i++) {
            snprintf(id + 2 * i, 3, "%02x", r->build_id[i]);
        }
        json_object_set_new(j, "exception", json_string(name));
        json_object_set_new(j, "status", json_string(bits));
        json_object_set_new(j, "build_id",
                text(r->flags & XIP_FAULT_HAS_BUILD_ID ? id : NULL));
        json_object_set_new(j, "reset_cause",
                r->reset_cause == XIP_FAULT_NO_CAUSE ? json_null()
                                                     : address(r->reset_cause));
        json_object_set_new(j, "later_faults", json_integer(r->later));
        json_object_set_new(j, "stack", frames(&c->bt));
        json_object_set_new(j, "stack_is_cut", json_boolean(c->bt.cut));
        json_object_set_new(j, "registers", registers(r));
    }
    const bool ok =
            j && !json_dumpf(j, out, JSON_INDENT(2)) && fputc('\n', out) != EOF;
    json_decref(j);
    return ok;
}

/// The checker's report ///

static bool same(const json_t *finding, const char *key, const char *name) {
    const char *value = json_string_value(json_object_get(finding, key));
    return name && value && !strcmp(value, name);
}

static bool on_stack(const struct crash *c, const json_t *finding) {
    for (size_t i = 0; i < c->bt.count; i++) {
        if (same(finding, "function", c->bt.frames[i].place.function)) {
            return true;
        }
    }
    return false;
}

bool crash_take_check(struct crash *c, const char *path) {
    json_error_t error;
    json_t *j = json_load_file(path, 0, &error);
    const char *format = json_string_value(json_object_get(j, "format"));
    if (!j || !format || strcmp(format, "xipsafe-check")) {
        cli_fail(CLI_TROUBLE, "%s: not a report of `xipsafe check --json`: %s",
                path, j ? "another format" : error.text);
        json_decref(j);
        return false;
    }
    size_t i;
    json_t *finding;
    json_array_foreach(json_object_get(j, "findings"), i, finding) {
        const bool match = same(finding, "target", c->verdict.target) &&
                (same(finding, "function", c->verdict.function) ||
                        on_stack(c, finding));
        const char *id = json_string_value(json_object_get(finding, "id"));
        const char *rule = json_string_value(json_object_get(finding, "rule"));
        if (match && id && rule) {
            snprintf(c->finding, sizeof c->finding, "%s", id);
            snprintf(c->finding_rule, sizeof c->finding_rule, "%s", rule);
            break;
        }
    }
    json_decref(j);
    return true;
}
