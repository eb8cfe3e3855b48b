/*
 * test_file - whole files: what is on disk after success and after failure
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/file.h"

#define LOG "stderr"

static char dir[] = "/tmp/test_file.XXXXXX";
static int saved_stderr;

// What was said on stderr since the last call.
static const char *said(void) {
    static char text[1200];
    fflush(stderr);
    FILE *f = fopen(LOG, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    assert_int_equal(truncate(LOG, 0), 0);
    return text;
}

static void assert_said(const char *path, const char *what) {
    const char *line = said();
    if (strncmp(line, "xipsafe: ", 9) != 0 || !strstr(line, path) ||
            !strstr(line, what) || !strchr(line, '\n') ||
            strchr(line, '\n')[1]) {
        fail_msg("'%s' is not one line about %s and '%s'", line, path, what);
    }
}

static int count_files(void) {
    DIR *d = opendir(".");
    assert_non_null(d);
    int count = 0;
    for (struct dirent *e; (e = readdir(d));) {
        count += e->d_name[0] != '.' && strcmp(e->d_name, LOG) != 0;
    }
    closedir(d);
    return count;
}

static void assert_holds(const char *path, const void *data, size_t size) {
    size_t got;
    uint8_t *bytes = file_read(path, 1000000, &got);
    assert_non_null(bytes);
    assert_int_equal(got, size);
    assert_memory_equal(bytes, data, size);
    free(bytes);
}

/// Read ///

static void read_refuses_what_is_no_file(void **state) {
    (void)state;
    size_t size;
    assert_null(file_read("nothing", 10, &size));
    assert_said("nothing", "No such file");
    assert_null(file_read(".", 10, &size));
    assert_said(".", "not a regular file");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_null(file_read("fifo", 10, &size)); // and does not wait
    assert_said("fifo", "not a regular file");
    unlink("fifo");
}

static void read_has_a_limit(void **state) {
    (void)state;
    assert_true(file_write("a", "12345", 5));
    assert_holds("a", "12345", 5);
    size_t size;
    uint8_t *data = file_read("a", 5, &size);
    assert_non_null(data);
    free(data);
    assert_null(file_read("a", 4, &size));
    assert_said("a", "5 bytes");
    assert_true(file_write("a", "", 0));
    assert_holds("a", "", 0);
    unlink("a");
}

/// Replace ///

static void write_keeps_the_mode(void **state) {
    (void)state;
    assert_true(file_write("a", "old", 3));
    struct stat st;
    const mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat("a", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0666 & ~mask);
    assert_int_equal(chmod("a", 0640), 0);
    assert_true(file_write("a", "newer", 5));
    assert_int_equal(stat("a", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_holds("a", "newer", 5);
    assert_int_equal(count_files(), 1);
    unlink("a");
}

// A limit on the file size stands for the full disk here.
static void failed_write_leaves_the_old_file(void **state) {
    (void)state;
    static const uint8_t large[100000];
    assert_true(file_write("a", "old", 3));
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 5000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const bool ok = file_write("a", large, sizeof large);
    const bool created = file_write("b", large, sizeof large);
    struct file_map map;
    const bool mapped = file_map_open(&map, "c", sizeof large, 0xff);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(ok);
    assert_false(created);
    assert_false(mapped);
    said();
    assert_holds("a", "old", 3);
    assert_int_equal(count_files(), 1); // no b, no c, nothing temporary
    unlink("a");
}

static void full_and_missing_places_are_named(void **state) {
    (void)state;
    assert_false(file_write("/dev/full", "x", 1));
    assert_said("/dev/full", "No space left on device; free some space");
    assert_false(file_write("no/such/dir", "x", 1));
    assert_said("no/such/dir", "No such file or directory; check the path");
    assert_false(file_write(".", "x", 1));
    assert_said(".", "Is a directory");
}

/// Map ///

static void map_creates_and_keeps(void **state) {
    (void)state;
    struct file_map map;
    assert_true(file_map_open(&map, "chip", 8192, 0xff));
    assert_true(map.created);
    assert_int_equal(map.data[0], 0xff);
    assert_int_equal(map.data[8191], 0xff);
    map.data[5] = 0x12;
    file_map_close(&map);
    file_map_close(&map); // a second time does nothing
    assert_true(file_map_open(&map, "chip", 8192, 0xff));
    assert_false(map.created);
    assert_int_equal(map.data[5], 0x12);
    file_map_close(&map);
    unlink("chip");
}

static void map_wants_the_exact_size(void **state) {
    (void)state;
    struct file_map map;
    assert_true(file_write("chip", "12345", 5));
    assert_false(file_map_open(&map, "chip", 4, 0));
    assert_said("chip", "5 bytes, must be exactly 4");
    assert_false(file_map_open(&map, "chip", 6, 0));
    assert_said("chip", "5 bytes, must be exactly 6");
    assert_holds("chip", "12345", 5);
    unlink("chip");
}

static void map_has_one_user(void **state) {
    (void)state;
    struct file_map first, second;
    assert_true(file_map_open(&first, "chip", 4096, 0));
    assert_false(file_map_open(&second, "chip", 4096, 0));
    assert_said("chip", "in use by another program");
    file_map_close(&first);
    assert_true(file_map_open(&second, "chip", 4096, 0));
    file_map_close(&second);
    unlink("chip");
}

static void errors_stay_on_one_line(void **state) {
    (void)state;
    assert_int_equal(cli_fail(CLI_BAD, "%s", "a\nb\033[31m"), CLI_BAD);
    assert_string_equal(said(), "xipsafe: a?b?[31m\n");
}

/// Main ///

static int set_up(void **state) {
    (void)state;
    if (!mkdtemp(dir) || chdir(dir)) {
        return -1;
    }
    saved_stderr = dup(2);
    return freopen(LOG, "a", stderr) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    fflush(stderr);
    dup2(saved_stderr, 2);
    close(saved_stderr);
    unlink(LOG);
    return chdir("/") || rmdir(dir);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(read_refuses_what_is_no_file),
            cmocka_unit_test(read_has_a_limit),
            cmocka_unit_test(write_keeps_the_mode),
            cmocka_unit_test(failed_write_leaves_the_old_file),
            cmocka_unit_test(full_and_missing_places_are_named),
            cmocka_unit_test(map_creates_and_keeps),
            cmocka_unit_test(map_wants_the_exact_size),
            cmocka_unit_test(map_has_one_user),
            cmocka_unit_test(errors_stay_on_one_line),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
