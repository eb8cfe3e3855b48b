/*
 * xipsafe - the command: picks the subcommand
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "base/command.h"
#include "base/inputs.h"
#include "board/command/cmd_board.h"
#include "check/command/cmd_check.h"
#include "chip/cmd_chip.h"
#include "device/cmd_device.h"
#include "crash/cmd_crash.h"
#include "cut/cmd_cut.h"
#include "image/cmd_image.h"
#include "loader/cmd_loader.h"
#include "part/cmd_part.h"
#include "sim/command/cmd_sim.h"
#include "slots/cmd_slots.h"

static const char help_text[] = {
#include "xipsafe.txt.inc"
};

static const struct command commands[] = {
        {"sim", "sim", cmd_sim},
        {"check", "check", cmd_check},
        {"image", "image", cmd_image},
        {"board", "board", cmd_board},
        {"device", "device", cmd_device},
        {"crash", "crash", cmd_crash},
        {"chip", "chip", cmd_chip},
        {"loader", "loader", cmd_loader},
        {"cut", "cut", cmd_cut},
        {"slots", "slots", cmd_slots},
        {"part", "part", cmd_part},
        {"sfdp", "sfdp", cmd_sfdp},
};

int main(int argc, char **argv) {
    inputs_of(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "--version")) {
        printf("xipsafe %s\n", XIPSAFE_VERSION);
        return cli_finish(CLI_GOOD);
    }
    return cli_finish(command_run(commands,
            sizeof commands / sizeof commands[0], help_text, argc, argv));
}
