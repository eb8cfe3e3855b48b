/*
 * littlefs - count the starts of a firmware in a file beside the program
 *
 * SPDX-License-Identifier: MIT
 */
#include "board.h"
#include "flash_lfs.h"
#include "startup.h"

#define REGION_OFF 0x00200000u // after both slots
#define REGION_BYTES 0x00100000u

static struct xip_flash flash;
static struct xip_region region;
static struct flash_lfs files;
static uint8_t bounce[256];
static lfs_t lfs;

static int open_region(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
    };
    const int err = xip_flash_attach(&flash, &config);
    return err != 0
            ? err
            : xip_region_init(&region, &flash, REGION_OFF, REGION_BYTES, 0);
}

static int mount(void) {
    flash_lfs_init(&files, &region);
    int err = lfs_mount(&lfs, &files.config);
    if (err != 0) { // the first start
        err = lfs_format(&lfs, &files.config);
        err = err != 0 ? err : lfs_mount(&lfs, &files.config);
    }
    return err;
}

static int count_start(uint32_t *starts) {
    static uint8_t buffer[FLASH_LFS_CACHE_BYTES];
    static const struct lfs_file_config config = {.buffer = buffer};
    lfs_file_t file;
    int err = lfs_file_opencfg(&lfs, &file, "starts", LFS_O_RDWR | LFS_O_CREAT,
            &config);
    if (err != 0) {
        return err;
    }
    *starts = 0;
    (void)lfs_file_read(&lfs, &file, starts, sizeof(*starts));
    (*starts)++;
    (void)lfs_file_rewind(&lfs, &file);
    const lfs_ssize_t n = lfs_file_write(&lfs, &file, starts, sizeof(*starts));
    err = lfs_file_close(&lfs, &file);
    return n < 0 ? (int)n : err;
}

int main(void) {
    board_uart_init(BOARD_BAUD);
    uint32_t starts = 0;
    int err = open_region();
    if (err != 0) {
        board_uart_puts(xip_err_name(err));
        board_uart_puts("\n");
        return 0;
    }
    err = mount();
    if (err == 0) {
        err = count_start(&starts);
    }
    board_uart_puts(err == 0 ? "littlefs: start " : "littlefs: failed, -");
    board_uart_put_dec(err == 0 ? starts : (uint32_t)-err);
    board_uart_puts("\n");
    return 0;
}
