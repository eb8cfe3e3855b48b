/*
 * cmd_factory - `xipsafe image factory`: one file for the production line
 *
 * SPDX-License-Identifier: MIT
 *
 * A board that leaves the line with a file of this command starts: the boot
 * program's own checks are made here, with the key that is inside it, before
 * anything is written.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/options.h"
#include "board/board.h"
#include "image/hex.h"
#include "image/input.h"
#include "image/key.h"
#include "image/cmd_image.h"
#include "image/image_args.h"
#include "xip_boot.h"
#include "xip_image.h"

#define KEYS_MAX 8
#define JOURNAL_SECTOR_BYTES 0x1000u

enum {
    OPT_BOOT = 256,
    OPT_APP,
    OPT_GOLDEN,
    OPT_SLOT,
    OPT_BOARD,
    OPT_OUT,
    OPT_NO_KEY,
    OPT_KEEP,
    OPT_LOADERS,
};

static const struct option long_options[] = {
        {"boot", required_argument, NULL, OPT_BOOT},
        {"app", required_argument, NULL, OPT_APP},
        {"golden", required_argument, NULL, OPT_GOLDEN},
        {"slot", required_argument, NULL, OPT_SLOT},
        {"board", required_argument, NULL, OPT_BOARD},
        {"board-file", required_argument, NULL, OPT_BOARD},
        {"out", required_argument, NULL, OPT_OUT},
        {"key", required_argument, NULL, 'k'},
        {"no-key", no_argument, NULL, OPT_NO_KEY},
        {"keep", no_argument, NULL, OPT_KEEP},
        {"loaders", required_argument, NULL, OPT_LOADERS},
        {"help", no_argument, NULL, 'h'},
        {0},
};

// An image in its slot; path NULL: none.
struct placed {
    const char *path;
    uint8_t *data;
    size_t size;
    struct xip_image image;
    uint32_t slot, addr;
};

struct factory {
    const char *boot_path, *key_path, *out_path, *loaders;
    const struct board *board; // of choice
    struct board_choice choice;
    bool no_key, keep;
    struct input boot; // addr set, fits
    struct placed app, golden;
    const uint8_t *keys[KEYS_MAX]; // inside boot
    unsigned key_count;
};

static const char help_text[] = {
#include "image/factory.txt.inc"
};

/// The boot program ///

static uint32_t word_at(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static bool in_ram(const struct board *board, uint32_t stack) {
    for (unsigned i = 0; i < board->ram_count; i++) {
        const struct board_region *const ram = &board->ram[i];
        // It may point one past the end.
        if (stack > ram->addr && stack - ram->addr <= ram->bytes) {
            return true;
        }
    }
    return false;
}

// Where the core begins after a reset: it would find no program otherwise.
static int check_reset(const struct factory *f) {
    const struct input *const boot = &f->boot;
    const uint32_t stack = word_at(boot->data);
    const uint32_t entry = word_at(boot->data + 4);
    if (!in_ram(f->board, stack)) {
        return cli_fail(CLI_BAD,
                "%s: its first word 0x%08" PRIx32
                " is no stack in RAM; is this a boot program of %s?",
                f->boot_path, stack, f->board->name);
    }
    if (!(entry & 1u) || entry - 1u - boot->addr >= boot->size) {
        return cli_fail(CLI_BAD,
                "%s: its reset vector 0x%08" PRIx32
                " is not Thumb code of its own; is this a "
                "boot program?",
                f->boot_path, entry);
    }
    return CLI_GOOD;
}

static int load_boot(struct factory *f) {
    if (!input_read(&f->boot, f->boot_path, 0xFF)) {
        return CLI_TROUBLE;
    }
    const struct board *const board = f->board;
    struct input *const boot = &f->boot;
    if (!boot->has_addr) {
        boot->addr = board->internal.addr;
    }
    if (boot->addr != board->internal.addr) {
        return cli_fail(CLI_BAD,
                "%s: begins at 0x%08" PRIx32 ", and %s starts from 0x%08" PRIx32
                "; name the boot program",
                f->boot_path, boot->addr, board->name, board->internal.addr);
    }
    if (boot->size > board->boot.bytes) {
        return cli_fail(CLI_BAD,
                "%s: %zu bytes, and the boot program has %" PRIu32
                " on %s (LAYOUT_BOOT_BYTES)",
                f->boot_path, boot->size, board->boot.bytes, board->name);
    }
    if (boot->size < 8) {
        return cli_fail(CLI_BAD, "%s: %zu bytes are no boot program",
                f->boot_path, boot->size);
    }
    return check_reset(f);
}

/// Keys ///

// The begin of every P-256 SubjectPublicKeyInfo (RFC 5480) up to the byte that
// says "uncompressed point".
static const uint8_t key_head[27] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A,
        0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE,
        0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

// Begin of the point of boot/keys/test_p256.pem, whose secret is public.
static const uint8_t test_point[8] = {
        0x80, 0x9C, 0x58, 0x6C, 0x22, 0xAC, 0xE1, 0x26};

static void find_keys(struct factory *f) {
    const struct input *const boot = &f->boot;
    for (size_t at = 0;
            at + XIP_IMAGE_KEY_BYTES <= boot->size && f->key_count < KEYS_MAX;
            at++) {
        if (!memcmp(boot->data + at, key_head, sizeof key_head)) {
            f->keys[f->key_count++] = boot->data + at;
        }
    }
}

static int check_named_key(const struct factory *f) {
    struct key key;
    if (!key_load(&key, f->key_path, false)) {
        return CLI_TROUBLE;
    }
    bool found = false;
    for (unsigned i = 0; i < f->key_count; i++) {
        found |= !memcmp(f->keys[i], key.spki, sizeof key.spki);
    }
    key_wipe(&key);
    return found ? CLI_GOOD
                 : cli_fail(CLI_BAD,
                           "%s: does not hold the key %s; put it in with "
                           "`xipsafe image getpub` and build again",
                           f->boot_path, f->key_path);
}

static int check_keys(struct factory *f) {
    find_keys(f);
    if (f->key_path) {
        const int status = check_named_key(f);
        if (status != CLI_GOOD) {
            return status;
        }
    }
    if (f->no_key && f->key_count) {
        return cli_fail(CLI_BAD, "%s: holds a key; leave --no-key out",
                f->boot_path);
    }
    if (!f->no_key && !f->key_count) {
        return cli_fail(CLI_BAD,
                "%s: holds no public key and would start unsigned images; say "
                "--no-key if that is meant",
                f->boot_path);
    }
    return CLI_GOOD;
}

/// The image ///

static int bad_image(const struct factory *f, const struct placed *p) {
    const struct xip_image *const img = &p->image;
    switch (img->reason) {
    case XIP_REASON_UNKNOWN_KEY:
        return cli_fail(CLI_BAD,
                "%s: not signed by a key that %s holds; sign it with that key",
                p->path, f->boot_path);
    case XIP_REASON_ADDRESS:
        return cli_fail(CLI_BAD,
                "%s: linked for 0x%08" PRIx32 ", and slot %" PRIu32
                " is at 0x%08" PRIx32 "; choose another --slot or link again",
                p->path, img->load_addr, p->slot, p->addr);
    case XIP_REASON_NO_MAGIC:
        return cli_fail(CLI_BAD,
                "%s: not an MCUboot image; make one with `xipsafe image sign`",
                p->path);
    default:
        return cli_fail(CLI_BAD, "%s: would not start: %s", p->path,
                xip_image_reason_text(img->reason));
    }
}

static int load_image(const struct factory *f, struct placed *p) {
    const struct board *const board = f->board;
    p->data = file_read(p->path, INPUT_MAX_BYTES, &p->size);
    if (!p->data) {
        return CLI_TROUBLE;
    }
    if (p->size > board->slot[0].bytes) {
        return cli_fail(CLI_BAD,
                "%s: %zu bytes, and a slot has %" PRIu32
                " on %s (LAYOUT_SLOT_BYTES)",
                p->path, p->size, board->slot[0].bytes, board->name);
    }
    p->addr = board->window.addr + board->slot[p->slot].addr;
    struct xip_boot_ram ram[BOARD_RAMS_MAX];
    for (unsigned i = 0; i < board->ram_count; i++) {
        ram[i] = (struct xip_boot_ram){board->ram[i].addr, board->ram[i].bytes};
    }
    const struct xip_boot_config config = {
            .ram = ram,
            .ram_count = (uint8_t)board->ram_count,
            .vector_count = board->vector_count,
    };
    const struct xip_image_trust trust = {
            .keys = f->keys, .key_count = f->key_count};
    struct xip_image *const img = &p->image;
    int err = xip_image_parse(img, p->data, (uint32_t)p->size);
    err = err ? err : xip_image_check_place(img, p->addr);
    err = err ? err : xip_image_verify(img, &trust);
    err = err ? err : xip_boot_check_vectors(img, p->addr, &config);
    return err ? bad_image(f, p) : CLI_GOOD;
}

static int load_images(struct factory *f) {
    const int status = load_image(f, &f->app);
    return status == CLI_GOOD && f->golden.path ? load_image(f, &f->golden)
                                                : status;
}

/// Files ///

// A row of blanks makes a programmer erase the sector that it stands in: a
// header or journal of an earlier life would win over what is programmed now.
static void put_blank(struct hex_writer *w, uint32_t addr) {
    uint8_t row[HEX_ROW_BYTES];
    memset(row, 0xFF, sizeof row);
    hex_data(w, addr, row, sizeof row);
}

// NULL: none goes to this slot.
static const struct placed *image_in(const struct factory *f, unsigned slot) {
    return slot == f->app.slot                         ? &f->app
            : f->golden.path && slot == f->golden.slot ? &f->golden
                                                       : NULL;
}

static void put_all(const struct factory *f, struct hex_writer *w) {
    const struct board *const board = f->board;
    hex_data(w, f->boot.addr, f->boot.data, f->boot.size);
    for (unsigned i = 0; i < board->slot_count; i++) {
        const struct placed *p = image_in(f, i);
        if (p) {
            hex_data(w, p->addr, p->data, p->size);
        } else if (!f->keep) {
            put_blank(w, board->window.addr + board->slot[i].addr);
        }
    }
    for (uint32_t at = 0; !f->keep && at < board->journal.bytes;
            at += JOURNAL_SECTOR_BYTES) {
        put_blank(w, board->window.addr + board->journal.addr + at);
    }
    hex_end(w);
}

static bool write_hex(const struct factory *f) {
    char *text = NULL;
    size_t size = 0;
    struct hex_writer w = {.out = open_memstream(&text, &size)};
    bool ok = w.out;
    if (ok) {
        put_all(f, &w);
        ok = !fclose(w.out);
    }
    if (!ok) {
        cli_no_memory();
    }
    ok = ok && file_write(f->out_path, text, size);
    free(text);
    return ok;
}

// factory.hex: factory-0x08000000.bin. To be freed.
static char *bin_path(const struct factory *f, uint32_t addr) {
    const char *const dot = strrchr(f->out_path, '.');
    char *path = NULL;
    if (asprintf(&path, "%.*s-0x%08" PRIx32 ".bin", (int)(dot - f->out_path),
                f->out_path, addr) < 0) {
        return NULL;
    }
    return path;
}

static bool write_bin(const struct factory *f, uint32_t addr,
        const uint8_t *data, size_t size) {
    char *const path = bin_path(f, addr);
    if (!path) {
        cli_no_memory();
        return false;
    }
    const bool ok = file_write(path, data, size);
    if (ok) {
        printf("  %s\n", path);
    }
    free(path);
    return ok;
}

/// Words ///

static void print_image(const struct factory *f, const struct placed *p) {
    const struct xip_image_version *const v = &p->image.version;
    printf("  0x%08" PRIx32 "  slot %" PRIu32
           "%s: v%u.%u.%u+%u, %zu bytes, %s\n",
            p->addr, p->slot, p == &f->golden ? ", golden" : "", v->major,
            v->minor, v->revision, v->build, p->size,
            f->key_count ? "signed by a key of the boot program"
                         : "NOT signed: the boot program asks for no key");
}

static void print_contents(const struct factory *f) {
    const struct board *const board = f->board;
    printf("factory image for %s:\n", board->name);
    printf("  0x%08" PRIx32 "  boot program, %zu bytes\n", f->boot.addr,
            f->boot.size);
    for (unsigned i = 0; i < board->slot_count; i++) {
        const struct placed *p = image_in(f, i);
        if (p) {
            print_image(f, p);
        } else if (!f->keep) {
            printf("  0x%08" PRIx32 "  slot %u: erased\n",
                    board->window.addr + board->slot[i].addr, i);
        }
    }
    if (!f->keep && board->journal.bytes) {
        printf("  0x%08" PRIx32 "  journal: erased\n",
                board->window.addr + board->journal.addr);
    }
    for (unsigned i = 0; i < f->key_count; i++) {
        if (!memcmp(f->keys[i] + sizeof key_head, test_point,
                    sizeof test_point)) {
            printf("note: the boot program trusts the public test key: "
                   "not for sale\n");
        }
    }
}

// text, of which file NULL is left out, and then a word for a shell.
static void print_word(const char *text, const char *file) {
    fputs(text, stdout);
    if (file) {
        cli_put_word(stdout, file);
    }
}

// The board's folder, which may be outside of the repository, and a file in it.
static void print_board_file(const char *text, const struct board *board,
        const char *name) {
    const char *const end = strrchr(board->file, '/');
    const int folder = end ? (int)(end - board->file) + 1 : 0;
    char *path = NULL;
    if (asprintf(&path, "%.*s%s", folder, board->file, name) < 0) {
        path = NULL;
    }
    print_word(text, path ? path : name);
    free(path);
}

static void print_commands(const struct factory *f) {
    const struct board *const board = f->board;
    char loader[BOARD_NAME_BYTES + 10];
    board_loader(board, loader);
    const char *const chip = *board->chip ? board->chip : board->mcu;
    char *algorithm = NULL;
    if (asprintf(&algorithm, "%s/%s.stldr", f->loaders, loader) < 0) {
        algorithm = NULL;
    }
    printf("to a board, by one of:\n");
    print_word("  STM32_Programmer_CLI -c port=SWD mode=UR reset=HWrst -el ",
            algorithm);
    free(algorithm);
    print_word(" -w ", f->out_path);
    printf(" -v -rst\n");
    print_board_file("  openocd -f ", board, "openocd.cfg");
    // A word of Tcl in a word of the shell.
    const bool braces = strpbrk(f->out_path, " \t[]$\"\\;");
    char *call = NULL;
    if (asprintf(&call, braces ? "xipsafe_factory {%s}" : "xipsafe_factory %s",
                f->out_path) < 0) {
        call = NULL;
    }
    print_word(" -c ", call);
    free(call);
    print_board_file("\n  pyocd load --script ", board, "pyocd.py");
    print_word(" --target ", chip);
    print_word(" ", f->out_path);
    printf("\n  probe-rs download --chip-description-path %s.yaml",
            board->name);
    print_word(" --chip ", chip);
    print_word(" --binary-format hex ", f->out_path);
    printf("\ndocs/PROGRAMMING.md says what each of them needs.\n");
}

/// The command ///

static int make(struct factory *f) {
    int status = load_boot(f);
    status = status == CLI_GOOD ? check_keys(f) : status;
    status = status == CLI_GOOD ? load_images(f) : status;
    if (status != CLI_GOOD) {
        return status;
    }
    print_contents(f);
    printf("written:\n");
    // The HEX last: who sees it sees all of it.
    if (!write_bin(f, f->boot.addr, f->boot.data, f->boot.size) ||
            !write_bin(f, f->app.addr, f->app.data, f->app.size) ||
            (f->golden.path &&
                    !write_bin(f, f->golden.addr, f->golden.data,
                            f->golden.size)) ||
            !write_hex(f)) {
        return CLI_TROUBLE;
    }
    printf("  %s\n", f->out_path);
    print_commands(f);
    return CLI_GOOD;
}

static bool take_option(struct factory *f, int option, const char *name) {
    switch (option) {
    case OPT_BOOT:
        f->boot_path = optarg;
        return true;
    case OPT_APP:
        f->app.path = optarg;
        return true;
    case OPT_GOLDEN:
        f->golden.path = optarg;
        return true;
    case OPT_SLOT:
        return option_u32("slot", optarg, BOARD_SLOTS_MAX - 1, &f->app.slot);
    case OPT_BOARD:
        return board_choose(&f->choice, name, optarg);
    case OPT_OUT:
        f->out_path = optarg;
        return true;
    case 'k':
        f->key_path = optarg;
        return true;
    case OPT_NO_KEY:
        f->no_key = true;
        return true;
    case OPT_KEEP:
        f->keep = true;
        return true;
    case OPT_LOADERS:
        f->loaders = optarg;
        return true;
    default:
        return false;
    }
}

static int complete_board(struct factory *f) {
    if (!f->choice.board && !board_choose(&f->choice, "board", BOARD_DEFAULT)) {
        return CLI_TROUBLE;
    }
    f->board = f->choice.board;
    const char *const lacks = board_lacks(f->board);
    if (lacks) {
        return cli_fail(CLI_TROUBLE,
                "board '%s' is known, and no factory file can be made for it: "
                "no '%s' line in %s; docs/BOARDS.md has the format",
                f->board->name, lacks, f->board->file);
    }
    if (f->app.slot >= f->board->slot_count) {
        return cli_fail(CLI_TROUBLE, "%s has %u slots", f->board->name,
                f->board->slot_count);
    }
    f->golden.slot = f->board->golden - 1;
    if (f->golden.path && !f->board->golden) {
        return cli_fail(CLI_TROUBLE,
                "--golden: %s has no golden slot; docs/BOARDS.md has the word",
                f->board->name);
    }
    if (f->golden.path && f->golden.slot == f->app.slot) {
        return cli_fail(CLI_TROUBLE,
                "--golden: slot %" PRIu32 " is the golden one; choose another "
                "--slot for --app",
                f->app.slot);
    }
    return CLI_GOOD;
}

static int complete(struct factory *f, int argc, char **argv) {
    if (optind < argc) {
        return cli_fail(CLI_TROUBLE, "'%s' is one argument too many",
                argv[optind]);
    }
    if (!f->boot_path || !f->app.path || !f->out_path) {
        return cli_fail(CLI_TROUBLE, "name the %s; see --help",
                !f->boot_path          ? "boot program with --boot FILE"
                        : !f->app.path ? "signed image with --app FILE"
                                       : "result with --out FILE.hex");
    }
    const char *const end = strrchr(f->out_path, '.');
    if (!end || strcmp(end, ".hex") || end == f->out_path || end[-1] == '/') {
        return cli_fail(CLI_TROUBLE,
                "'%s' does not end in .hex; give --out FILE.hex", f->out_path);
    }
    if (f->key_path && f->no_key) {
        return cli_fail(CLI_TROUBLE, "--key and --no-key: choose one");
    }
    return complete_board(f);
}

// Returns -1 to go on.
static int read_options(struct factory *f, int argc, char **argv) {
    int option;
    const char *name;
    while ((option = options_next(argc, argv, ":k:h", long_options, &name)) !=
            -1) {
        if (option == 'h') {
            return cli_print(help_text);
        }
        if (!take_option(f, option, name)) {
            return CLI_TROUBLE;
        }
    }
    const int status = complete(f, argc, argv);
    return status == CLI_GOOD ? -1 : status;
}

int cmd_factory(int argc, char **argv) {
    struct factory f = {.loaders = "build/extloader"};
    int status = read_options(&f, argc, argv);
    if (status < 0) {
        status = make(&f);
    }
    board_choice_free(&f.choice);
    input_free(&f.boot);
    free(f.app.data);
    free(f.golden.data);
    return status;
}
