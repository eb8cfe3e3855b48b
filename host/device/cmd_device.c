/*
 * cmd_device - the command `xipsafe device`
 *
 * SPDX-License-Identifier: MIT
 */
#include "device/cmd_device.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/number.h"
#include "base/options.h"
#include "base/output.h"
#include "board/board.h"
#include "crash/crash.h"
#include "device/client.h"
#include "device/faults.h"
#include "device/image_file.h"
#include "device/show.h"
#include "device/slots.h"
#include "device/upload.h"

static const char help_text[] = {
#include "device/device.txt.inc"
};

#define PS_PER_MS 1000000000u
#define FILES_MAX 16
#define ERASE_MS 60000
#define HASH_DIGITS_MIN 4u

enum { OS_GROUP = 0, IMAGE_GROUP = 1 };
enum { OS_ECHO = 0, OS_RESET = 5, OS_INFO = 7, OS_BOOTLOADER = 8 };
enum { IMAGE_STATE = 0, IMAGE_ERASE = 5 };

enum {
    OPT_HELP = 256,
    OPT_TIMEOUT,
    OPT_JSON,
    OPT_KEY,
    OPT_RESET,
    OPT_QUIET,
    OPT_SAVE,
    OPT_CLEAR,
    OPT_AGE,
    OPT_FORCE,
};

static const struct option long_options[] = {
        {"help", no_argument, NULL, OPT_HELP},
        {"port", required_argument, NULL, 'p'},
        {"baud", required_argument, NULL, 'b'},
        {"timeout", required_argument, NULL, OPT_TIMEOUT},
        {"json", optional_argument, NULL, OPT_JSON},
        {"key", required_argument, NULL, OPT_KEY},
        {"reset", no_argument, NULL, OPT_RESET},
        {"quiet", no_argument, NULL, OPT_QUIET},
        {"save", required_argument, NULL, OPT_SAVE},
        {"clear", no_argument, NULL, OPT_CLEAR},
        {"age", required_argument, NULL, OPT_AGE},
        {"force", no_argument, NULL, OPT_FORCE},
        {NULL, 0, NULL, 0},
};

struct device {
    const char *port, *key;
    uint32_t baud;
    int64_t timeout_ms;
    struct output json;
    bool reset, quiet;
    // Of crash.
    const char *save;
    uint32_t age;
    bool has_age, clear, force;
    char **arguments;
    int argument_count;
    struct client client;
};

/// Requests ///

struct map {
    uint8_t data[CLIENT_PACKET_MAX];
    struct xip_cbor_writer w;
};

static struct xip_cbor_writer *begin_map(struct map *map, uint32_t pairs) {
    map->w = (struct xip_cbor_writer){
            map->data, map->data + sizeof map->data, false};
    xip_cbor_put(&map->w, XIP_CBOR_MAP, pairs);
    return &map->w;
}

static int ask(struct device *d, enum client_op op, unsigned group,
        unsigned command, const struct map *map, int64_t timeout_ms,
        struct client_answer *answer) {
    const struct client_request request = {
            .op = op,
            .group = group,
            .command = command,
            .map = map->data,
            .map_bytes = (size_t)(map->w.next - map->data),
            .timeout_ms = timeout_ms,
            .tries = timeout_ms ? 1 : 0,
    };
    return client_ask(&d->client, &request, answer);
}

// A text of the answer; empty if there is none.
static int ask_text(struct device *d, unsigned command, const char *query,
        const char *key, char *text, size_t room) {
    struct map map;
    struct client_answer answer;
    struct xip_cbor_item item;
    struct xip_cbor_writer *const w = begin_map(&map, query ? 1 : 0);
    if (query) {
        xip_cbor_put_text(w, "format");
        xip_cbor_put_text(w, query);
    }
    text[0] = '\0';
    const int status = ask(d, CLIENT_READ, OS_GROUP, command, &map, 0, &answer);
    if (status == CLI_GOOD && xip_cbor_find(&answer.map, key, &item)) {
        slots_text(text, room, &item);
    }
    return status;
}

/// list, info, echo, reset ///

static int show(struct device *d, const struct show_info *info,
        const struct slots *slots) {
    if (!d->json.wanted) {
        if (info) {
            show_info(info, slots);
        } else {
            show_list(slots);
        }
        return CLI_GOOD;
    }
    if (!output_open(&d->json)) {
        return CLI_TROUBLE;
    }
    const bool ok = show_json(d->json.file, d->port, info, slots);
    return output_close(&d->json, ok) ? CLI_GOOD : CLI_TROUBLE;
}

static int list(struct device *d) {
    struct slots slots;
    const int status = slots_read(&d->client, &slots);
    return status == CLI_GOOD ? show(d, NULL, &slots) : status;
}

static int info(struct device *d) {
    struct slots slots;
    struct show_info i = {
            .packet_bytes = d->client.packet_bytes,
            .version = d->client.version + 1u,
    };
    struct map map;
    struct client_answer answer;
    struct xip_cbor_item item;
    int status =
            ask_text(d, OS_INFO, "a", "output", i.firmware, sizeof i.firmware);
    if (status == CLI_GOOD) {
        status = ask_text(d, OS_BOOTLOADER, NULL, "bootloader", i.bootloader,
                sizeof i.bootloader);
    }
    if (status == CLI_GOOD && *i.bootloader) {
        struct xip_cbor_writer *const w = begin_map(&map, 1);
        xip_cbor_put_text(w, "query");
        xip_cbor_put_text(w, "mode");
        status = ask(d, CLIENT_READ, OS_GROUP, OS_BOOTLOADER, &map, 0, &answer);
        if (status == CLI_GOOD && xip_cbor_find(&answer.map, "mode", &item)) {
            i.mode = item.value;
            i.mode_known = true;
        }
    }
    status = status == CLI_GOOD ? slots_read(&d->client, &slots) : status;
    return status == CLI_GOOD ? show(d, &i, &slots) : status;
}

static int echo(struct device *d) {
    const char *const text = d->arguments[0];
    struct map map;
    struct client_answer answer;
    struct xip_cbor_item item;
    if (strlen(text) + 32 > d->client.packet_bytes) {
        return cli_fail(CLI_TROUBLE,
                "the text is too long: a packet of this device has %" PRIu32
                " bytes",
                d->client.packet_bytes);
    }
    struct xip_cbor_writer *const w = begin_map(&map, 1);
    xip_cbor_put_text(w, "d");
    xip_cbor_put_text(w, text);
    const int status =
            ask(d, CLIENT_WRITE, OS_GROUP, OS_ECHO, &map, 0, &answer);
    if (status != CLI_GOOD) {
        return status;
    }
    if (client_has_code(&answer)) {
        return client_refused(&d->client, "echo", &answer);
    }
    if (!xip_cbor_find(&answer.map, "r", &item) || !xip_cbor_is(&item, text)) {
        return cli_fail(CLI_BAD, "%s: another text came back", d->port);
    }
    printf("%s\n", text);
    return CLI_GOOD;
}

static int reset(struct device *d) {
    struct map map;
    struct client_answer answer;
    begin_map(&map, 0);
    const int status =
            ask(d, CLIENT_WRITE, OS_GROUP, OS_RESET, &map, 0, &answer);
    if (status == CLI_GOOD && client_has_code(&answer)) {
        return client_refused(&d->client, "reset itself", &answer);
    }
    return status;
}

static int reset_if_wanted(struct device *d, int status) {
    return status == CLI_GOOD && d->reset ? reset(d) : status;
}

/// test, confirm, erase ///

static bool hex_matches(const struct slots_image *image, const char *text) {
    char hash[2 * SLOTS_HASH_BYTES + 1];
    show_hex(hash, image->hash, image->hash_bytes);
    return !strncasecmp(hash, text, strlen(text));
}

static bool is_hex(const char *text) {
    for (const char *c = text; *c; c++) {
        if (!isxdigit((unsigned char)*c)) {
            return false;
        }
    }
    return strlen(text) >= HASH_DIGITS_MIN;
}

static bool is_one_of(const struct slots_image *image,
        const struct image_file *files, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        const struct xip_image *const its = &files[i].image;
        if (image->hash_bytes == sizeof its->digest &&
                !memcmp(image->hash, its->digest, image->hash_bytes)) {
            return true;
        }
    }
    return false;
}

// The image that the argument names, by its file, by a pack that has it, or by
// the beginning of its hash.
static int find_image(struct device *d, const char *text,
        struct slots_image *found) {
    struct slots slots;
    struct image_file files[FILES_MAX] = {0};
    unsigned file_count = 0;
    const bool is_file = !access(text, R_OK);
    unsigned count = 0;
    int status = slots_read(&d->client, &slots);
    if (status == CLI_GOOD && is_file) {
        status = image_file_read(files, &file_count, FILES_MAX, text, NULL);
    } else if (status == CLI_GOOD && !is_hex(text)) {
        status = cli_fail(CLI_TROUBLE,
                "'%s' is no file that can be read and no hash; give the file "
                "of an image, or %u digits or more of its hash",
                text, HASH_DIGITS_MIN);
    }
    for (unsigned i = 0; status == CLI_GOOD && i < slots.image_count; i++) {
        const struct slots_image *const image = &slots.images[i];
        if (is_file ? is_one_of(image, files, file_count)
                    : hex_matches(image, text)) {
            *found = *image;
            count++;
        }
    }
    for (unsigned i = 0; i < file_count; i++) {
        image_file_free(&files[i]);
    }
    if (status != CLI_GOOD) {
        return status;
    }
    if (count != 1) {
        return cli_fail(CLI_BAD,
                "%s: %s image '%s'; `xipsafe device list` has "
                "their hashes",
                d->port, count ? "more than one" : "no", text);
    }
    return CLI_GOOD;
}

static int set_state(struct device *d, bool confirm) {
    struct slots_image image = {0};
    if (d->argument_count) {
        const int status = find_image(d, d->arguments[0], &image);
        if (status != CLI_GOOD) {
            return status;
        }
    }
    struct map map;
    struct client_answer answer;
    struct xip_cbor_writer *const w = begin_map(&map, image.hash_bytes ? 2 : 1);
    if (image.hash_bytes) {
        xip_cbor_put_text(w, "hash");
        xip_cbor_put_string(w, XIP_CBOR_BYTES, image.hash,
                (uint32_t)image.hash_bytes);
    }
    xip_cbor_put_text(w, "confirm");
    xip_cbor_put_bool(w, confirm);
    int status =
            ask(d, CLIENT_WRITE, IMAGE_GROUP, IMAGE_STATE, &map, 0, &answer);
    if (status == CLI_GOOD && client_has_code(&answer)) {
        status = client_refused(&d->client,
                confirm ? "confirm the image" : "test the image", &answer);
    }
    return reset_if_wanted(d, status == CLI_GOOD ? list(d) : status);
}

static int test(struct device *d) {
    return set_state(d, false);
}

static int confirm(struct device *d) {
    return set_state(d, true);
}

static int erase(struct device *d) {
    uint32_t slot;
    if (!option_u32("slot", d->arguments[0], SLOTS_MAX - 1, &slot)) {
        return CLI_TROUBLE;
    }
    struct map map;
    struct client_answer answer;
    struct xip_cbor_writer *const w = begin_map(&map, 1);
    xip_cbor_put_text(w, "slot");
    xip_cbor_put(w, XIP_CBOR_UINT, slot);
    const int status = ask(d, CLIENT_WRITE, IMAGE_GROUP, IMAGE_ERASE, &map,
            ERASE_MS, &answer);
    if (status == CLI_GOOD && client_has_code(&answer)) {
        return client_refused(&d->client, "erase the slot", &answer);
    }
    return status;
}

/// upload ///

static int send_file(struct device *d, const struct image_file *file,
        const struct slots *slots, int slot) {
    const struct xip_image_version *const v = &file->image.version;
    const struct upload_options options = {
            .quiet = d->quiet,
            .patient = slot < 0,
    };
    char count[NUMBER_TEXT_BYTES];
    size_t resumed;
    const struct slots_image *const there =
            slot < 0 ? NULL : slots_image_in(slots, (unsigned)slot);
    if (there && there->hash_bytes == sizeof file->image.digest &&
            !memcmp(there->hash, file->image.digest, there->hash_bytes)) {
        printf("%s is in slot %d already\n", file->path, slot);
        return CLI_GOOD;
    }
    const int status = upload(&d->client, file, &options, &resumed);
    if (status != CLI_GOOD) {
        return status;
    }
    printf("%s: v%u.%u.%u+%" PRIu32 ", %s bytes", file->path, v->major,
            v->minor, v->revision, v->build,
            number_format_count(count, file->size));
    if (slot >= 0) {
        printf(", in slot %d", slot);
    }
    if (resumed) {
        printf("; %s were there already", number_format_count(count, resumed));
    }
    if (d->client.repeated) {
        printf("; %u packets sent again", d->client.repeated);
    }
    printf("\n");
    return CLI_GOOD;
}

static int upload_one_of(struct device *d) {
    struct image_file files[FILES_MAX] = {0};
    struct slots slots;
    unsigned count = 0;
    unsigned choice = 0;
    int slot = -1;
    int status = CLI_GOOD;
    for (int i = 0; i < d->argument_count && status == CLI_GOOD; i++) {
        status = image_file_read(files, &count, FILES_MAX, d->arguments[i],
                d->key);
    }
    // A file that is no image is refused without a device.
    if (status == CLI_GOOD) {
        status = client_open(&d->client, d->port, d->baud, d->timeout_ms);
    }
    if (status == CLI_GOOD) {
        status = slots_read(&d->client, &slots);
    }
    if (status == CLI_GOOD) {
        status = image_file_choose(files, count, &slots, d->port, &choice,
                &slot);
    }
    if (status == CLI_GOOD) {
        status = send_file(d, &files[choice], &slots, slot);
    }
    for (unsigned i = 0; i < count; i++) {
        image_file_free(&files[i]);
    }
    return reset_if_wanted(d, status);
}

/// crash ///

// Each record in a line.
static int list_faults(struct device *d) {
    for (uint32_t age = 0; age < FAULTS_MAX; age++) {
        uint8_t *data;
        size_t size;
        char text[CRASH_LINE_BYTES];
        const int status = faults_fetch(&d->client, age, &data, &size);
        if (status != CLI_GOOD) {
            return status;
        }
        if (!size) {
            if (!age) {
                printf("no fault records\n");
            }
            break;
        }
        crash_line(data, size, text);
        printf("%" PRIu32 "  %s\n", age, text);
        free(data);
    }
    return CLI_GOOD;
}

// With the window of the board that the device says it is.
static int decode_fault(struct device *d, const uint8_t *data, size_t size) {
    struct slots slots;
    const int status = slots_read(&d->client, &slots);
    if (status != CLI_GOOD) {
        return status;
    }
    const struct board *const board =
            *slots.board ? board_find(slots.board) : NULL;
    struct crash_options options = {
            .data = data,
            .size = size,
            .name = d->port,
            .elfs = d->arguments,
            .elf_count = d->argument_count,
            .board = board ? board : board_find(BOARD_DEFAULT),
            .force = d->force,
            .json = d->json,
    };
    return crash_decode(&options);
}

static int one_fault(struct device *d) {
    uint8_t *data;
    size_t size;
    int status = faults_fetch(&d->client, d->age, &data, &size);
    if (status != CLI_GOOD) {
        return status;
    }
    if (!size) {
        return cli_fail(CLI_BAD,
                "%s: the device has no fault record of age %" PRIu32, d->port,
                d->age);
    }
    // First: nothing that goes wrong with the ELF loses it.
    if (d->save && !file_write(d->save, data, size)) {
        status = CLI_TROUBLE;
    }
    if (status == CLI_GOOD && d->argument_count) {
        status = decode_fault(d, data, size);
    }
    free(data);
    return status;
}

static int crash(struct device *d) {
    int status = CLI_GOOD;
    if (d->argument_count || d->save) {
        status = one_fault(d);
    } else if (!d->clear) {
        status = list_faults(d);
    }
    return status == CLI_GOOD && d->clear ? faults_forget(&d->client) : status;
}

/// The command ///

enum {
    TAKES_JSON = 1 << 0,
    TAKES_KEY = 1 << 1,
    TAKES_RESET = 1 << 2,
    TAKES_SAVE = 1 << 3,
    TAKES_CLEAR = 1 << 4,
    TAKES_AGE = 1 << 5,
    TAKES_FORCE = 1 << 6,
};
#define TAKES_FAULTS \
    (TAKES_JSON | TAKES_SAVE | TAKES_CLEAR | TAKES_AGE | TAKES_FORCE)

static const struct command_of {
    const char *name;
    const char *argument; // what is missing; NULL: needs none
    int max;              // arguments
    unsigned takes;       // of the options that not all take
    bool opens;           // it opens the port itself
    int (*run)(struct device *d);
} commands[] = {
        {"list", NULL, 0, TAKES_JSON, false, list},
        {"info", NULL, 0, TAKES_JSON, false, info},
        {"upload", "the file of an image", FILES_MAX, TAKES_KEY | TAKES_RESET,
                true, upload_one_of},
        {"test", "the file or hash of an image", 1, TAKES_RESET, false, test},
        {"confirm", NULL, 1, TAKES_RESET, false, confirm},
        {"erase", "a slot", 1, 0, false, erase},
        {"crash", NULL, FILES_MAX, TAKES_FAULTS, false, crash},
        {"reset", NULL, 0, 0, false, reset},
        {"echo", "a text", 1, 0, false, echo},
};

static const struct command_of *find_command(const char *name) {
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!strcmp(name, commands[i].name)) {
            return &commands[i];
        }
    }
    return NULL;
}

static int take(struct device *d, int id, const char *name) {
    uint64_t ps;
    switch (id) {
    case OPT_HELP:
        return cli_print(help_text);
    case 'p':
        d->port = optarg;
        return -1;
    case 'b':
        return option_u32("baud", optarg, 4000000, &d->baud) ? -1 : CLI_TROUBLE;
    case OPT_TIMEOUT:
        if (!option_time(name, optarg, &ps)) {
            return CLI_TROUBLE;
        }
        d->timeout_ms = (int64_t)(ps / PS_PER_MS);
        d->timeout_ms += d->timeout_ms == 0;
        return -1;
    case OPT_JSON:
        d->json = output_of(optarg);
        return -1;
    case OPT_KEY:
        d->key = optarg;
        return -1;
    case OPT_RESET:
        d->reset = true;
        return -1;
    case OPT_QUIET:
        d->quiet = true;
        return -1;
    case OPT_SAVE:
        d->save = optarg;
        return -1;
    case OPT_CLEAR:
        d->clear = true;
        return -1;
    case OPT_AGE:
        d->has_age = true;
        return option_u32("age", optarg, FAULTS_MAX - 1, &d->age) ? -1
                                                                  : CLI_TROUBLE;
    case OPT_FORCE:
        d->force = true;
        return -1;
    default:
        return CLI_TROUBLE;
    }
}

static int check_arguments(const struct device *d,
        const struct command_of *command) {
    const struct {
        const char *name;
        unsigned flag;
        bool given;
    } options[] = {
            {"json", TAKES_JSON, d->json.wanted},
            {"key", TAKES_KEY, d->key},
            {"reset", TAKES_RESET, d->reset},
            {"save", TAKES_SAVE, d->save},
            {"clear", TAKES_CLEAR, d->clear},
            {"age", TAKES_AGE, d->has_age},
            {"force", TAKES_FORCE, d->force},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (options[i].given && !(options[i].flag & command->takes)) {
            return cli_fail(CLI_TROUBLE, "%s does not take --%s; leave it out",
                    command->name, options[i].name);
        }
    }
    if (command->run == crash && !d->argument_count &&
            (d->json.wanted || d->force)) {
        return cli_fail(CLI_TROUBLE,
                "crash --%s: give the ELF that the device runs",
                d->force ? "force" : "json");
    }
    if (command->argument && !d->argument_count) {
        return cli_fail(CLI_TROUBLE, "%s: give %s (%s)", command->name,
                command->argument, cli_help_hint());
    }
    if (d->argument_count > command->max) {
        return cli_fail(CLI_TROUBLE, "'%s' is one argument too many",
                d->arguments[command->max]);
    }
    if (!d->port) {
        return cli_fail(CLI_TROUBLE,
                "give --port DEV, as --port /dev/ttyACM0 (%s)",
                cli_help_hint());
    }
    return -1;
}

static int run(struct device *d, const struct command_of *command) {
    int status = CLI_GOOD;
    if (!command->opens) {
        status = client_open(&d->client, d->port, d->baud, d->timeout_ms);
    }
    if (status == CLI_GOOD) {
        status = command->run(d);
    }
    client_close(&d->client);
    return status;
}

int cmd_device(int argc, char **argv) {
    struct device d = {.baud = 115200, .timeout_ms = 5000};
    const struct command_of *command = NULL;
    const char *name;
    int id;
    d.client.line.fd = -1;
    options_begin();
    while ((id = options_next(argc, argv, ":p:b:h", long_options, &name)) !=
            -1) {
        const int result = take(&d, id == 'h' ? OPT_HELP : id, name);
        if (result >= 0) {
            return result;
        }
    }
    if (optind == argc) {
        return cli_fail(CLI_TROUBLE, "no command given; %s lists them",
                cli_help_hint());
    }
    command = find_command(argv[optind]);
    if (!command) {
        return cli_fail(CLI_TROUBLE, "no command '%s'; %s lists them",
                argv[optind], cli_help_hint());
    }
    d.arguments = argv + optind + 1;
    d.argument_count = argc - optind - 1;
    const int status = check_arguments(&d, command);
    return status < 0 ? run(&d, command) : status;
}
