/*
 * command - picks one command of several by its name
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/command.h"

#include <string.h>

#include "base/cli.h"
#include "base/options.h"

int command_run(const struct command *commands, size_t count,
        const char *help_text, int argc, char **argv) {
    if (argc < 2) {
        return cli_fail(CLI_TROUBLE, "no command given; %s lists them",
                cli_help_hint());
    }
    const char *name = argv[1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h") ||
            !strcmp(name, "help")) {
        return cli_print(help_text);
    }
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(name, commands[i].name)) {
            cli_set_command(commands[i].full_name);
            options_begin();
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    return cli_fail(CLI_TROUBLE, "no command '%s'; %s lists them", name,
            cli_help_hint());
}
