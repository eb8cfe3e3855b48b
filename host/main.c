/*
 * xipsafe - the command: picks the subcommand
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "check/command/cmd_check.h"
#include "image/cmd_image.h"
#include "sim/command/cmd_sim.h"
#include "base/cli.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv); // argv[0] is the subcommand's name
    const char *text;
} commands[] = {
        {"sim", cmd_sim, "run firmware on a simulated board and flash chip"},
        {"check", cmd_check, "prove from an ELF that an outage is safe"},
        {"image", cmd_image, "make keys; sign, verify and show images"},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static int usage(void) {
    printf("xipsafe: firmware that erases and programs the flash it runs "
           "from\n\n"
           "usage: xipsafe COMMAND [options]\n\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        printf("  %-8s %s\n", commands[i].name, commands[i].text);
    }
    printf("\n"
           "  xipsafe COMMAND --help   options of one command\n"
           "  xipsafe --version\n\n"
           "example: xipsafe sim --internal build/firmware/boot.elf "
           "--help\n\n"
           "exit: 0 good, 1 the checked thing is bad, 2 the tool could not "
           "work,\n"
           "      3 it cannot tell\n");
    return cli_finish(CLI_GOOD);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        return cli_fail(CLI_TROUBLE,
                "no command; try `xipsafe --help`, or `xipsafe sim --help`");
    }
    const char *name = argv[1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h") ||
            !strcmp(name, "help")) {
        return usage();
    }
    if (!strcmp(name, "--version")) {
        printf("xipsafe %s\n", XIPSAFE_VERSION);
        return cli_finish(CLI_GOOD);
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (!strcmp(name, commands[i].name)) {
            return cli_finish(commands[i].run(argc - 1, argv + 1));
        }
    }
    return cli_fail(CLI_TROUBLE, "no command '%s'; `xipsafe --help` lists them",
            name);
}
