/*
 * lfs - a stand-in for littlefs's header where littlefs itself is absent
 *
 * SPDX-License-Identifier: MIT
 *
 * The part that examples/littlefs/flash_lfs.c uses, with the names and types
 * that littlefs documents for version 2: enough to compile and to call the glue
 * code.
 */
#ifndef STANDIN_LFS_H
#define STANDIN_LFS_H

#include <stdint.h>

typedef uint32_t lfs_size_t;
typedef uint32_t lfs_off_t;
typedef uint32_t lfs_block_t;

enum lfs_error {
    LFS_ERR_OK = 0,
    LFS_ERR_IO = -5,
    LFS_ERR_CORRUPT = -84,
};

struct lfs_config {
    void *context;
    int (*read)(const struct lfs_config *c, lfs_block_t block, lfs_off_t off,
            void *buffer, lfs_size_t size);
    int (*prog)(const struct lfs_config *c, lfs_block_t block, lfs_off_t off,
            const void *buffer, lfs_size_t size);
    int (*erase)(const struct lfs_config *c, lfs_block_t block);
    int (*sync)(const struct lfs_config *c);
    lfs_size_t read_size;
    lfs_size_t prog_size;
    lfs_size_t block_size;
    lfs_size_t block_count;
    int32_t block_cycles;
    lfs_size_t cache_size;
    lfs_size_t lookahead_size;
    void *read_buffer;
    void *prog_buffer;
    void *lookahead_buffer;
};

#endif
