/*
 * cmd_dump - `xipsafe image dumpinfo`
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/options.h"
#include "image/input.h"
#include "image/cmd_image.h"
#include "image/image_args.h"
#include "image/pack.h"
#include "image/trailer.h"
#include "xip_image.h"

static const char help_text[] = {
#include "image/dumpinfo.txt.inc"
};

static const struct {
    uint16_t type;
    const char *name;
} tlv_names[] = {
        {0x01, "KEYHASH"},
        {0x02, "PUBKEY"},
        {0x10, "SHA256"},
        {0x11, "SHA384"},
        {0x12, "SHA512"},
        {0x20, "RSA2048"},
        {0x22, "ECDSASIG"},
        {0x23, "RSA3072"},
        {0x24, "ED25519"},
        {0x25, "SIG_PURE"},
        {0x30, "ENCRSA2048"},
        {0x31, "ENCKW"},
        {0x32, "ENCEC256"},
        {0x33, "ENCX25519"},
        {0x34, "ENCX25519_SHA512"},
        {0x40, "DEPENDENCY"},
        {0x50, "SEC_CNT"},
        {0x60, "BOOT_RECORD"},
        {0x70, "DECOMP_SIZE"},
        {0x71, "DECOMP_SHA"},
        {0x72, "DECOMP_SIGNATURE"},
        {0x73, "COMP_DEC_SIZE"},
        {0x74, "UUID_VID"},
        {0x75, "UUID_CID"},
};

static const char *tlv_name(uint16_t type) {
    for (size_t i = 0; i < sizeof tlv_names / sizeof tlv_names[0]; i++) {
        if (tlv_names[i].type == type) {
            return tlv_names[i].name;
        }
    }
    return "vendor";
}

static void print_flags(uint32_t flags) {
    static const struct {
        uint32_t mask;
        const char *name;
    } names[] = {
            {0x001, "PIC"},
            {0x004, "ENCRYPTED_AES128"},
            {0x008, "ENCRYPTED_AES256"},
            {0x010, "NON_BOOTABLE"},
            {0x020, "RAM_LOAD"},
            {0x100, "ROM_FIXED"},
            {0x200, "COMPRESSED_LZMA1"},
            {0x400, "COMPRESSED_LZMA2"},
            {0x800, "COMPRESSED_ARM_THUMB"},
    };
    printf("  flags         0x%08x", flags);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (flags & names[i].mask) {
            printf(" %s", names[i].name);
        }
    }
    printf("\n");
}

static void print_header(const struct xip_image *img) {
    printf("header\n"
           "  version       %u.%u.%u+%u\n"
           "  header size   0x%x\n"
           "  payload size  0x%x\n"
           "  protected     0x%x\n",
            img->version.major, img->version.minor, img->version.revision,
            img->version.build, img->header_bytes, img->payload_bytes,
            img->protected_bytes);
    print_flags(img->flags);
    printf("  address       0x%08x\n", img->load_addr);
}

static void print_tlvs(const struct xip_image *img) {
    struct xip_image_tlv tlv = {0};
    while (xip_image_tlv_next(img, &tlv)) {
        printf("%s TLV 0x%04x %s, %u bytes\n ",
                tlv.is_protected ? "protected" : "unprotected", tlv.type,
                tlv_name(tlv.type), tlv.len_bytes);
        for (unsigned i = 0; i < tlv.len_bytes; i++) {
            printf("%s%02x",
                    i && i % 32 == 0 ? "\n "
                            : i % 4  ? ""
                                     : " ",
                    tlv.data[i]);
        }
        printf("\n");
    }
}

static const char *flag_text(uint8_t value) {
    return value == 0x01 ? "set" : value == 0xFF ? "unset" : "damaged";
}

// A file that fills a slot ends in MCUboot's trailer.
static void print_trailer(const struct xip_image *img, const uint8_t *data,
        size_t size) {
    if (size < (size_t)img->total_bytes + 3 * 32) {
        return;
    }
    const unsigned align = trailer_align(data + size - TRAILER_MAGIC_BYTES);
    printf("trailer         ");
    if (!align) {
        printf("none\n");
        return;
    }
    const unsigned cell =
            align > TRAILER_MAGIC_BYTES ? align : TRAILER_MAGIC_BYTES;
    const uint8_t *ok = data + size - cell - align;
    printf("magic set, align %u, image_ok %s, copy_done %s\n", align,
            flag_text(*ok), flag_text(*(ok - align)));
}

int cmd_dumpinfo(int argc, char **argv) {
    static const struct option options[] = {
            {"help", no_argument, NULL, 'h'},
            {0},
    };
    int option;
    while ((option = options_next(argc, argv, ":h", options, NULL)) != -1) {
        if (option == 'h') {
            return cli_print(help_text);
        }
        return CLI_TROUBLE;
    }
    const char *path = image_args_file(argc, argv, "image");
    if (!path) {
        return CLI_TROUBLE;
    }
    size_t size;
    uint8_t *data = file_read(path, INPUT_MAX_BYTES, &size);
    if (!data) {
        return CLI_TROUBLE;
    }
    if (pack_is(data, size)) {
        free(data);
        return pack_is_no_image(path);
    }
    struct xip_image img;
    int status = CLI_GOOD;
    if (xip_image_parse(&img, data, (uint32_t)size)) {
        status = cli_fail(CLI_BAD, "%s: bad: %s", path,
                image_args_reason(img.reason, size));
    } else {
        print_header(&img);
        print_tlvs(&img);
        print_trailer(&img, data, size);
    }
    free(data);
    return status;
}
