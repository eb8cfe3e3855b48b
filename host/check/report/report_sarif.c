/*
 * report_sarif - a check report as SARIF 2.1.0 (OASIS standard, March 2020)
 *
 * SPDX-License-Identifier: MIT
 *
 * Clauses in the comments are those of the standard.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "check/assumptions.h"
#include "check/report/report_priv.h"

#define SCHEMA \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/" \
    "sarif-schema-2.1.0.json"

// Memory ran out since report_sarif() began. It is checked once, at the end, so
// that the builders below stay readable.
static bool failed;

static void set(json_t *object, const char *key, json_t *value) {
    failed |= json_object_set_new(object, key, value) != 0;
}

static void add(json_t *list, json_t *value) {
    failed |= json_array_append_new(list, value) != 0;
}

static json_t *message(const char *text) {
    json_t *o = json_object();
    set(o, "text", report_string_(text));
    return o;
}

static const char *what_of(const struct check_finding *f) {
    return f->detail ? f->detail : check_rules[f->rule].what;
}

// 3.27.10
static const char *level(enum check_class class) {
    switch (class) {
    case CHECK_VIOLATION:
        return "error";
    case CHECK_UNKNOWN:
        return "warning";
    case CHECK_WARNING:
        break;
    }
    return "note";
}

/// Places ///

// A path as a URI reference (RFC 3986): relative where that is possible, so
// that a code host finds the file in its checkout.
static json_t *uri(const char *path) {
    path = report_path_(path);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return NULL;
    }
    fputs(path[0] == '/' ? "file://" : "", out);
    for (; *path; path++) {
        const unsigned char c = (unsigned char)*path;
        if ((c < 0x80 && isalnum(c)) || strchr("-._~/+", c)) {
            fputc(c, out);
        } else {
            fprintf(out, "%%%02X", c); // ':' too: "a:b" would be a scheme
        }
    }
    fclose(out);
    json_t *string = json_string(text);
    free(text);
    return string;
}

// 3.29. Without a source line it is the ELF, and the address in it.
static json_t *physical(const char *file, int line, const char *image,
        uint32_t addr) {
    json_t *o = json_object(), *artifact = json_object();
    set(artifact, "uri", uri(file ? file : image ? image : "unknown"));
    set(o, "artifactLocation", artifact);
    if (file && line > 0) {
        json_t *region = json_object();
        set(region, "startLine", json_integer(line));
        set(o, "region", region);
    }
    json_t *address = json_object();
    set(address, "absoluteAddress", json_integer(addr));
    set(o, "address", address);
    return o;
}

static json_t *logical(const char *function) {
    json_t *list = json_array(), *o = json_object();
    set(o, "name", report_string_(function));
    set(o, "kind", json_string("function"));
    add(list, o);
    return list;
}

static json_t *location(const struct check_finding *f) {
    json_t *o = json_object();
    set(o, "physicalLocation", physical(f->file, f->line, f->image, f->addr));
    if (f->function) {
        set(o, "logicalLocations", logical(f->function));
    }
    return o;
}

// The address is that of the instruction that leads to the step, which lies in
// the function before it.
static json_t *step_location(const struct check_finding *f, size_t i) {
    const struct check_step *step = &f->path[i];
    const char *holder = f->path[i ? i - 1 : 0].function;
    json_t *place = json_object(), *o = json_object();
    char text[300];
    snprintf(text, sizeof text, "%s%s (%s)",
            i ? "" : "root: ", step->function ? step->function : "?",
            step->via ? step->via : "call");
    set(place, "physicalLocation", physical(NULL, 0, f->image, step->addr));
    if (holder) {
        set(place, "logicalLocations", logical(holder));
    }
    set(place, "message", message(text));
    set(o, "location", place);
    return o;
}

// 3.36: the path from the root, and the place of the finding at its end.
static json_t *code_flows(const struct check_finding *f) {
    json_t *places = json_array();
    for (size_t i = 0; i < f->path_count; i++) {
        add(places, step_location(f, i));
    }
    json_t *last = json_object(), *place = location(f);
    set(place, "message", message(what_of(f)));
    set(last, "location", place);
    add(places, last);

    json_t *thread = json_object(), *threads = json_array();
    set(thread, "locations", places);
    add(threads, thread);
    json_t *flow = json_object(), *flows = json_array();
    set(flow, "threadFlows", threads);
    add(flows, flow);
    return flows;
}

/// Results ///

static json_t *result_message(const struct check_finding *f) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) {
        return NULL;
    }
    fprintf(out, "%s: ", f->function ? f->function : "?");
    fprintf(out, "%s", what_of(f));
    if (f->instruction) {
        fprintf(out, "\n0x%08x  %s", (unsigned)f->addr, f->instruction);
    }
    if (f->cause) {
        fprintf(out, "\n%s", f->cause);
    }
    if (f->fix) {
        fprintf(out, "\nFix: %s", f->fix);
    }
    fclose(out);
    json_t *o = message(text);
    free(text);
    return o;
}

static json_t *result(const struct check_finding *f) {
    json_t *o = json_object(), *places = json_array();
    set(o, "ruleId", json_string(check_rule_key(f->rule)));
    set(o, "ruleIndex", json_integer(f->rule));
    set(o, "level", json_string(level(f->class)));
    set(o, "message", result_message(f));
    add(places, location(f));
    set(o, "locations", places);
    if (f->path_count) {
        set(o, "codeFlows", code_flows(f));
    }
    json_t *prints = json_object(), *bag = json_object();
    set(prints, "xipsafeId/v1", report_string_(f->id));
    set(o, "partialFingerprints", prints);
    set(bag, "rule_name", json_string(check_rules[f->rule].name));
    set(bag, "instruction", report_string_(f->instruction));
    set(o, "properties", bag);
    if (f->reason) { // 3.35
        json_t *list = json_array(), *one = json_object();
        set(one, "kind", json_string("external"));
        set(one, "justification", report_string_(f->reason));
        add(list, one);
        set(o, "suppressions", list);
    }
    return o;
}

static json_t *results(const struct check_report *report) {
    json_t *list = json_array();
    for (size_t i = 0; i < report->finding_count; i++) {
        add(list, result(&report->findings[i]));
    }
    for (size_t i = 0; i < report->annotated_count; i++) {
        add(list, result(&report->annotated[i]));
    }
    return list;
}

static json_t *rules(void) {
    json_t *list = json_array();
    for (int i = 0; i < CHECK_RULE_COUNT; i++) {
        const struct check_rule *rule = &check_rules[i];
        json_t *o = json_object(), *configuration = json_object();
        set(o, "id", json_string(check_rule_key((enum check_rule_id)i)));
        set(o, "name", json_string(rule->name));
        set(o, "shortDescription", message(rule->what));
        set(o, "fullDescription", message(rule->why));
        set(o, "help", message(rule->cure));
        set(configuration, "level", json_string(level(rule->class)));
        set(o, "defaultConfiguration", configuration);
        add(list, o);
    }
    return list;
}

static json_t *assumed(const struct check_report *report) {
    json_t *list = json_array();
    for (int i = 0; i < ASSUME_COUNT; i++) {
        if (report->assumed >> i & 1) {
            add(list, json_string(assumptions[i].id));
        }
    }
    return list;
}

static json_t *run(const struct check_report *report,
        const struct check_options *options) {
    json_t *driver = json_object(), *tool = json_object(), *o = json_object();
    set(driver, "name", json_string("xipsafe check"));
    set(driver, "version", json_string(XIPSAFE_VERSION));
    set(driver, "rules", rules());
    set(tool, "driver", driver);
    set(o, "tool", tool);
    set(o, "columnKind", json_string("utf16CodeUnits"));
    set(o, "results", results(report));
    json_t *bag = json_object();
    set(bag, "verdict", json_string(report_verdict_(report->verdict)));
    set(bag, "assumptions", assumed(report));
    set(bag, "interrupts",
            options->interrupts_all ? json_string("all")
                                    : report_interrupt_list_(report, options));
    set(o, "properties", bag);
    return o;
}

int report_sarif(FILE *out, const struct check_report *report,
        const struct check_options *options) {
    failed = false;
    json_t *log = json_object(), *runs = json_array();
    add(runs, run(report, options));
    set(log, "$schema", json_string(SCHEMA));
    set(log, "version", json_string("2.1.0"));
    set(log, "runs", runs);
    if (!failed) {
        json_dumpf(log, out, JSON_INDENT(2));
        fputc('\n', out);
    }
    json_decref(log);
    return failed ? -1 : 0;
}
