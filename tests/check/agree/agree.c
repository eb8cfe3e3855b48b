/*
 * agree - does the checker's report hold what the simulator saw?
 *
 * SPDX-License-Identifier: MIT
 *
 * usage: agree ELF CHECK.json SIM.json [stuck]
 *
 * Prints "VERDICT OUTCOME", and on disagreement a line that says which:
 *   trapped  a violation. The checker must not have proved the firmware, and a
 *            finding, not a warning, must name what the simulator names: by
 *            name or by address, as function, as target or on its path
 *   ended    fine with every verdict
 *   stuck    neither of both: not with a proof, but for the last argument
 * Exit 0 they agree, 1 they do not, 2 no comparison.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

// What may stand in a finding: functions by name and by address.
struct seen {
    const char *names[4];
    uint32_t addresses[4];
    size_t count;
};

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void see(struct seen *seen, const char *name, uint32_t address) {
    if (seen->count < sizeof seen->names / sizeof *seen->names) {
        seen->names[seen->count] = name;
        seen->addresses[seen->count++] = address & ~1u;
    }
}

static void see_frame(struct seen *seen, const json_t *stack, size_t i) {
    const json_t *frame = json_array_get(stack, i);
    if (frame) {
        const json_int_t pc = json_integer_value(json_object_get(frame, "pc"));
        const json_int_t offset =
                json_integer_value(json_object_get(frame, "offset"));
        see(seen, text_of(frame, "function"), (uint32_t)(pc - offset));
    }
}

// The object around an address, from nm; NULL: none.
static const char *object_at(const char *elf, uint32_t address) {
    static char name[256];
    char command[512], line[512], found[256] = "", kind;
    snprintf(command, sizeof command, "arm-none-eabi-nm -S '%s'", elf);
    FILE *nm = popen(command, "r");
    while (nm && fgets(line, sizeof line, nm)) {
        unsigned start, size;
        if (sscanf(line, "%x %x %c %255s", &start, &size, &kind, found) == 4 &&
                address >= start && address - start < size) {
            snprintf(name, sizeof name, "%s", found);
        }
    }
    if (nm) {
        pclose(nm);
    }
    return *name ? name : NULL;
}

// A fetch failed at the callee: the caller counts as well, where only that it
// calls something unknown can be known. A read: who reads, and what.
static struct seen what_was_seen(const char *elf, const json_t *violation) {
    struct seen seen = {.count = 0};
    const json_t *stack = json_object_get(violation, "stack");
    const char *rule = text_of(violation, "rule");
    const uint32_t address =
            (uint32_t)json_integer_value(json_object_get(violation, "address"));
    if (!strcmp(rule, "window-vector")) {
        see(&seen, "", address);
        return seen;
    }
    see_frame(&seen, stack, 0);
    const char *object = object_at(elf, address);
    see(&seen, object ? object : "", address);
    if (!strcmp(rule, "window-fetch")) {
        see_frame(&seen, stack, 1);
    }
    return seen;
}

static bool is_seen(const struct seen *seen, const char *name,
        const char *address) {
    for (size_t i = 0; i < seen->count; i++) {
        if ((*name && !strcmp(name, seen->names[i])) ||
                (*address &&
                        (strtoul(address, NULL, 0) & ~1ul) ==
                                seen->addresses[i])) {
            return true;
        }
    }
    return false;
}

static bool names_it(const json_t *finding, const struct seen *seen) {
    if (!strcmp(text_of(finding, "class"), "warning")) {
        return false;
    }
    if (is_seen(seen, text_of(finding, "function"),
                text_of(finding, "function_address")) ||
            is_seen(seen, text_of(finding, "target"),
                    text_of(finding, "target_address"))) {
        return true;
    }
    size_t i;
    const json_t *step;
    json_array_foreach(json_object_get(finding, "path"), i, step) {
        if (is_seen(seen, json_string_value(step), "")) {
            return true;
        }
    }
    return false;
}

// An exception found in its table, in RAM, what nobody has copied there.
static bool took_no_vector(const json_t *sim) {
    const json_t *fault = json_object_get(sim, "fault");
    return !strcmp(text_of(fault, "kind"), "lockup") &&
            strstr(text_of(fault, "what"), ", whose vector 0x");
}

static bool speaks_of_table(const json_t *finding) {
    const char *kind = text_of(finding, "rule");
    return strcmp(text_of(finding, "class"), "warning") != 0 &&
            (!strcmp(kind, "vector-table") || !strcmp(kind, "vector-runtime") ||
                    !strcmp(kind, "copy-unknown") || !strcmp(kind, "no-copy"));
}

static bool trapped(const char *elf, const json_t *check, const json_t *sim) {
    const json_t *violation = json_object_get(sim, "violation");
    const char *rule = text_of(violation, "rule");
    const bool not_copied = !strcmp(rule, "ram-not-copied");
    const bool no_vector = took_no_vector(sim);
    const struct seen seen = what_was_seen(elf, violation);
    size_t i;
    const json_t *finding;
    json_array_foreach(json_object_get(check, "findings"), i, finding) {
        const char *kind = text_of(finding, "rule");
        // Concerns a section or a table, not one function.
        if (not_copied ? !strcmp(kind, "no-copy")
                       : names_it(finding, &seen) ||
                                (no_vector && speaks_of_table(finding)) ||
                                (!strcmp(rule, "window-vector") &&
                                        !strcmp(kind, "vector-table"))) {
            return true;
        }
    }
    printf("the simulator: %s, in %s; no finding names it\n",
            text_of(violation, "what"), seen.count ? seen.names[0] : "?");
    return false;
}

int main(int argc, char **argv) {
    json_t *check = argc > 3 ? json_load_file(argv[2], 0, NULL) : NULL;
    json_t *sim = argc > 3 ? json_load_file(argv[3], 0, NULL) : NULL;
    if (!check || !sim) {
        fprintf(stderr, "usage: agree ELF CHECK.json SIM.json [stuck]\n");
        return 2;
    }
    const json_t *violation = json_object_get(sim, "violation");
    const char *verdict = text_of(check, "verdict");
    const bool proved = !strcmp(verdict, "proved");
    const bool ended = !json_integer_value(json_object_get(sim, "exit"));
    bool good = true;
    if (json_is_object(violation)) {
        printf("%s trapped\n", verdict);
        if (proved) {
            printf("the simulator: %s, and the checker proved it\n",
                    text_of(violation, "what"));
        }
        good = !proved && trapped(argv[1], check, sim);
    } else {
        printf("%s %s\n", verdict, ended ? "ended" : "stuck");
        good = ended || !proved || argc > 4;
        if (!good) {
            printf("did not end: %s\n", text_of(sim, "result"));
        }
    }
    json_decref(check);
    json_decref(sim);
    return good ? 0 : 1;
}
