/*
 * report_json - a check report as JSON; docs/CHECK.md describes the fields
 *
 * SPDX-License-Identifier: MIT
 *
 * The *_new functions of jansson steal their argument and accept NULL, and a
 * NULL anywhere makes the whole fail in the end: that is why nothing here
 * looks at results one by one.
 */
#include "check/assumptions.h"
#include "check/report/report_priv.h"

// Goes up when a field changes its meaning or is removed; not for new fields.
#define FORMAT_VERSION 1

static int set(json_t *object, const char *key, json_t *value) {
    return json_object_set_new(object, key, value);
}

static json_t *regions(const struct check_region *region, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_object();
        if (set(one, "address", report_addr_(region[i].addr)) ||
                set(one, "size_bytes", json_integer(region[i].size_bytes)) ||
                json_array_append_new(list, one)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *strings(const char *const *text) {
    json_t *list = json_array();
    for (size_t i = 0; text && text[i]; i++) {
        if (json_array_append_new(list, report_string_(text[i]))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/// Findings ///

// The names alone, as most readers want them, and the same with each step.
static int add_path(json_t *object, const struct check_finding *f) {
    json_t *path = json_array(), *steps = json_array();
    int bad = 0;
    for (size_t i = 0; i < f->path_count; i++) {
        const struct check_step *step = &f->path[i];
        json_t *one = json_object();
        bad |= json_array_append_new(path, report_string_(step->function));
        bad |= set(one, "function", report_string_(step->function));
        bad |= set(one, "via", report_string_(step->via));
        bad |= set(one, "address", report_addr_(step->addr));
        bad |= json_array_append_new(steps, one);
    }
    bad |= set(object, "path", path);
    bad |= set(object, "steps", steps);
    return bad;
}

static int add_target(json_t *object, const struct check_finding *f) {
    int bad = set(object, "target", report_string_(f->target));
    bad |= set(object, "target_address",
            f->target_known ? report_addr_(f->target_addr) : json_null());
    bad |= set(object, "target_offset", json_integer(f->target_offset));
    bad |= set(object, "alias", report_string_(f->alias));
    bad |= set(object, "target_object", report_string_(f->target_object));
    bad |= set(object, "target_section", report_string_(f->target_section));
    bad |= set(object, "load_image", json_boolean(f->load_image));
    return bad;
}

static json_t *finding(const struct check_finding *f) {
    json_t *o = json_object();
    int bad = set(o, "id", report_string_(f->id));
    bad |= set(o, "class", json_string(report_class_(f->class)));
    bad |= set(o, "rule", json_string(check_rule_key(f->rule)));
    bad |= set(o, "rule_name", json_string(check_rules[f->rule].name));
    bad |= set(o, "function", report_string_(f->function));
    bad |= set(o, "function_address", report_addr_(f->function_addr));
    bad |= add_target(o, f);
    bad |= set(o, "address", report_addr_(f->addr));
    bad |= set(o, "instruction", report_string_(f->instruction));
    bad |= set(o, "file", report_string_(f->file));
    bad |= set(o, "line", f->file ? json_integer(f->line) : json_null());
    bad |= set(o, "image", report_string_(f->image));
    bad |= set(o, "object", report_string_(f->object));
    bad |= set(o, "count", json_integer(f->count));
    bad |= set(o, "through_veneer", json_boolean(f->through_veneer));
    bad |= set(o, "in_data", json_boolean(f->stored_in_table));
    bad |= add_path(o, f);
    bad |= set(o, "candidates", strings(f->candidates));
    bad |= set(o, "detail", report_string_(f->detail));
    bad |= set(o, "cause", report_string_(f->cause));
    bad |= set(o, "fix", report_string_(f->fix));
    if (f->reason) {
        bad |= set(o, "reason", report_string_(f->reason));
    }
    if (bad) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static json_t *findings(const struct check_finding *f, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (json_array_append_new(list, finding(&f[i]))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/// The rest ///

static json_t *root(const struct check_root *r) {
    json_t *o = json_object();
    int bad = set(o, "function", report_string_(r->function));
    bad |= set(o, "address", report_addr_(r->addr));
    bad |= set(o, "image", report_string_(r->image));
    bad |= set(o, "why", report_string_(r->why));
    bad |= set(o, "stack_bytes", json_integer(r->stack_bytes));
    bad |= set(o, "stack_bounded", json_boolean(r->stack_bounded));
    bad |= set(o, "stack_why", report_string_(r->stack_why));
    if (bad) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static json_t *roots(const struct check_report *report) {
    json_t *list = json_array();
    for (size_t i = 0; i < report->root_count; i++) {
        if (json_array_append_new(list, root(&report->roots[i]))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *window_writes(const struct check_report *report) {
    json_t *list = json_array();
    for (size_t i = 0; i < report->window_write_count; i++) {
        const struct check_window_write *w = &report->window_writes[i];
        json_t *one = json_object();
        int bad = set(one, "function", report_string_(w->function));
        bad |= set(one, "address", report_addr_(w->addr));
        bad |= set(one, "registers", report_addr_(w->what));
        bad |= set(one, "name", report_string_(w->name));
        bad |= set(one, "as", report_string_(w->like));
        if (bad | json_array_append_new(list, one)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *images(const struct check_options *options) {
    json_t *list = json_array();
    for (size_t i = 0; i < options->image_count; i++) {
        if (json_array_append_new(list,
                    report_string_(options->image_paths[i]))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *layout(const struct check_report *report) {
    json_t *list = json_array();
    for (size_t i = 0; i < report->layout_count; i++) {
        const struct check_layout *l = &report->layout[i];
        json_t *o = json_object();
        int bad = set(o, "image", report_string_(l->image));
        bad |= set(o, "build_id",
                report_string_(*l->build_id ? l->build_id : NULL));
        bad |= set(o, "stripped", json_boolean(l->stripped));
        bad |= set(o, "window_bytes",
                json_integer((json_int_t)l->window_bytes));
        bad |= set(o, "ram_bytes", json_integer((json_int_t)l->ram_bytes));
        bad |= set(o, "other_bytes", json_integer((json_int_t)l->other_bytes));
        bad |= set(o, "assumed_internal",
                l->assumed ? report_addr_(l->assumed_addr) : json_null());
        if (bad || json_array_append_new(list, o)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *note(const struct check_note *n) {
    json_t *o = json_object();
    int bad = set(o, "file", report_string_(n->file));
    bad |= set(o, "line", json_integer(n->line));
    bad |= set(o, "verb", json_string(report_note_verb_(n->kind)));
    bad |= set(o, "rule", report_string_(n->rule));
    bad |= set(o, "place", report_string_(n->place));
    bad |= set(o, "targets", strings((const char *const *)n->targets));
    bad |= set(o, "reason", report_string_(n->reason));
    bad |= set(o, "used", json_integer(n->used));
    bad |= set(o, "number", json_integer(n->number));
    bad |= set(o, "covers", json_integer(n->covers));
    bad |= set(o, "refused", json_boolean(n->refused));
    bad |= set(o, "missing", report_string_(n->missing));
    if (bad) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static json_t *notes(const struct check_options *options) {
    json_t *list = json_array();
    for (size_t i = 0; i < options->note_count; i++) {
        if (json_array_append_new(list, note(&options->notes[i]))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *interrupts(const struct check_options *options) {
    if (options->interrupts_all) {
        return json_string("all");
    }
    json_t *list = json_array();
    for (unsigned n = 0; (n = report_interrupt_(options, n)) != 0; n++) {
        json_array_append_new(list, json_integer(n));
    }
    return list;
}

static int add_counters(json_t *o, const struct check_report *r) {
    json_t *counters = json_object();
    int bad = set(counters, "violations",
            json_integer((json_int_t)report_count_(r, CHECK_VIOLATION)));
    bad |= set(counters, "unknowns",
            json_integer((json_int_t)report_count_(r, CHECK_UNKNOWN)));
    bad |= set(counters, "warnings",
            json_integer((json_int_t)report_count_(r, CHECK_WARNING)));
    bad |= set(counters, "annotated",
            json_integer((json_int_t)r->annotated_count));
    bad |= set(counters, "functions",
            json_integer((json_int_t)r->function_count));
    bad |= set(counters, "instructions",
            json_integer((json_int_t)r->instruction_count));
    bad |= set(counters, "unknown_accesses",
            json_integer((json_int_t)r->unknown_loads));
    return bad | set(o, "counters", counters);
}

static json_t *assumed(const struct check_report *report) {
    json_t *list = json_array();
    for (int i = 0; i < ASSUME_COUNT; i++) {
        if (!(report->assumed >> i & 1)) {
            continue;
        }
        json_t *one = json_object();
        int bad = set(one, "id", json_string(assumptions[i].id));
        bad |= set(one, "name", json_string(assumptions[i].name));
        bad |= set(one, "text", json_string(assumptions[i].text));
        if (bad | json_array_append_new(list, one)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static int fill(json_t *o, const struct check_report *report,
        const struct check_options *options) {
    int bad = set(o, "format", json_string("xipsafe-check"));
    bad |= set(o, "version", json_integer(FORMAT_VERSION));
    bad |= set(o, "tool", json_string("xipsafe " XIPSAFE_VERSION));
    bad |= set(o, "verdict", json_string(report_verdict_(report->verdict)));
    bad |= add_counters(o, report);
    bad |= set(o, "images", images(options));
    bad |= set(o, "layout", layout(report));
    json_t *both = json_object();
    bad |= set(both, "xip", regions(options->xip, options->xip_count));
    bad |= set(both, "resident",
            regions(options->resident, options->resident_count));
    bad |= set(o, "regions", both);
    bad |= set(o, "writes_device", json_boolean(report->writes_device));
    bad |= set(o, "window_writes", window_writes(report));
    bad |= set(o, "vectors", report_string_(report->vectors));
    bad |= set(o, "interrupts", interrupts(options));
    bad |= set(o, "interrupt_handlers",
            report_interrupt_list_(report, options));
    bad |= set(o, "assumptions", assumed(report));
    bad |= set(o, "findings",
            findings(report->findings, report->finding_count));
    bad |= set(o, "annotated",
            findings(report->annotated, report->annotated_count));
    bad |= set(o, "roots", roots(report));
    bad |= set(o, "stack_room_bytes", json_integer(report->stack_room_bytes));
    bad |= set(o, "stack_nested_bytes",
            json_integer(report->stack_nested_bytes));
    bad |= set(o, "notes", notes(options));
    return bad;
}

int report_json(FILE *out, const struct check_report *report,
        const struct check_options *options) {
    json_t *o = json_object();
    int bad = fill(o, report, options);
    if (!bad) {
        // The caller finds a failed write by ferror(out).
        json_dumpf(o, out, JSON_INDENT(2));
        fputc('\n', out);
    }
    json_decref(o);
    return bad ? -1 : 0;
}
