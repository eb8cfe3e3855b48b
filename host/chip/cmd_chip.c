/*
 * cmd_chip - the command `xipsafe chip`
 *
 * SPDX-License-Identifier: MIT
 */
#include "chip/cmd_chip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/options.h"
#include "chip/serprog.h"
#include "part/part_model.h"

static const char help_text[] = {
#include "chip/chip.txt.inc"
};

#define DEFAULT_PART "w25q128jv"
#define DEFAULT_SPEED 100u

enum {
    OPT_HELP = 256,
    OPT_SERPROG,
    OPT_PART,
    OPT_FLASH,
    OPT_SPEED,
    OPT_ONCE,
    OPT_MAX_TIMES,
    OPT_QUIET,
};

static const struct option long_options[] = {
        {"help", no_argument, NULL, OPT_HELP},
        {"serprog", required_argument, NULL, OPT_SERPROG},
        {"part", required_argument, NULL, OPT_PART},
        {"flash", required_argument, NULL, OPT_FLASH},
        {"speed", required_argument, NULL, OPT_SPEED},
        {"once", no_argument, NULL, OPT_ONCE},
        {"max-times", no_argument, NULL, OPT_MAX_TIMES},
        {"quiet", no_argument, NULL, OPT_QUIET},
        {NULL, 0, NULL, 0},
};

struct chip_command {
    const struct nor_part *part;
    const char *flash;
    uint32_t port, speed;
    struct part_model model; // of --part sfdp:FILE
    bool has_port, once, max_times, quiet;
    struct file_map map;
    struct serprog serprog;
};

static int take(struct chip_command *c, int id, const char *name) {
    switch (id) {
    case OPT_HELP:
        return cli_print(help_text);
    case OPT_SERPROG:
        c->has_port = true;
        return option_u32(name, optarg, 65535, &c->port) ? -1 : CLI_TROUBLE;
    case OPT_PART:
        c->part = part_choose(&c->model, optarg);
        return c->part ? -1 : CLI_TROUBLE;
    case OPT_FLASH:
        c->flash = optarg;
        return -1;
    case OPT_SPEED:
        if (!option_u32(name, optarg, 1000000, &c->speed)) {
            return CLI_TROUBLE;
        }
        return c->speed ? -1
                        : cli_fail(CLI_TROUBLE,
                                  "--speed 0: the chip would never be ready; "
                                  "give 1 or more");
    case OPT_ONCE:
        c->once = true;
        return -1;
    case OPT_MAX_TIMES:
        c->max_times = true;
        return -1;
    case OPT_QUIET:
        c->quiet = true;
        return -1;
    default:
        return CLI_TROUBLE;
    }
}

static int parse(struct chip_command *c, int argc, char **argv) {
    const char *name;
    int id;
    options_begin();
    options_once("serprog flash");
    while ((id = options_next(argc, argv, ":", long_options, &name)) != -1) {
        const int result = take(c, id, name);
        if (result >= 0) {
            return result;
        }
    }
    if (optind < argc || !c->has_port) {
        return cli_fail(CLI_TROUBLE,
                "give --serprog PORT and options only (%s)", cli_help_hint());
    }
    return -1;
}

static void on_report(void *ctx, const struct nor_report *report) {
    const struct chip_command *c = ctx;
    if (!c->quiet && report->kind < NOR_NOTES) {
        cli_say("the chip complains: %s", report->text);
    }
}

static int make_chip(struct chip_command *c) {
    const struct nor_options options = {
            .max_times = c->max_times,
            .seed = 1,
            .report = on_report,
            .ctx = c,
    };
    if (c->flash &&
            !file_map_open(&c->map, c->flash, c->part->size_bytes, 0xFF)) {
        return CLI_TROUBLE;
    }
    c->serprog.nor = nor_new(c->part, c->map.data, &options);
    c->serprog.speed = c->speed;
    return c->serprog.nor ? -1 : cli_no_memory();
}

// Only on the loopback: whoever connects can read and write the chip.
static int listen_on(uint32_t *port) {
    struct sockaddr_in at = {
            .sin_family = AF_INET,
            .sin_port = htons((uint16_t)*port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t size = sizeof at;
    const int one = 1;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
            bind(fd, (struct sockaddr *)&at, sizeof at) || listen(fd, 1) ||
            getsockname(fd, (struct sockaddr *)&at, &size)) {
        cli_fail(CLI_TROUBLE,
                "cannot listen on port %" PRIu32 ": %s; give another one, or 0",
                *port, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

static int serve(struct chip_command *c) {
    const int listening = listen_on(&c->port);
    if (listening < 0) {
        return CLI_TROUBLE;
    }
    signal(SIGPIPE, SIG_IGN);
    printf("%s on 127.0.0.1:%" PRIu32 ", its time runs %" PRIu32
           " times as fast: flashrom -p serprog:ip=127.0.0.1:%" PRIu32 "\n",
            c->part->name, c->port, c->speed, c->port);
    fflush(stdout);
    do {
        const int fd = accept(listening, NULL, NULL);
        if (fd < 0 && errno == EINTR) {
            continue;
        }
        if (fd < 0) {
            close(listening);
            return cli_fail(CLI_TROUBLE,
                    "the connection failed: %s; start again", strerror(errno));
        }
        if (!serprog_serve(&c->serprog, fd) && !c->quiet) {
            cli_say("the programmer broke off in the middle of a command");
        }
        close(fd);
    } while (!c->once);
    close(listening);
    return CLI_GOOD;
}

int cmd_chip(int argc, char **argv) {
    struct chip_command c = {
            .part = nor_part_find(DEFAULT_PART),
            .speed = DEFAULT_SPEED,
    };
    int result = parse(&c, argc, argv);
    if (result < 0) {
        result = make_chip(&c);
    }
    if (result < 0) {
        result = serve(&c);
    }
    if (c.serprog.nor) {
        nor_free(c.serprog.nor);
    }
    part_model_close(&c.model);
    file_map_close(&c.map);
    return result;
}
