/*
 * test_output - a report appears whole, or what was there stays
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/output.h"

static char folder[] = "/tmp/xipsafe_output_XXXXXX";
static char path[64];

static int signal_at_birth;

// That of the C library, and a signal that comes when the file has just been
// made.
int fchmod(int fd, mode_t mode) {
    if (signal_at_birth) {
        raise(signal_at_birth);
    }
    return (int)syscall(SYS_fchmod, fd, mode);
}

static void write_old(mode_t mode) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("old", file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void assert_holds(const char *wanted) {
    char text[32] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    const size_t bytes = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[bytes] = '\0';
    assert_string_equal(text, wanted);
}

// Nothing else is left in the folder.
static void assert_files(unsigned wanted) {
    unsigned count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(dir);
    assert_int_equal(count, wanted);
}

static void test_replaces(void **state) {
    (void)state;
    write_old(0640);
    struct output o = output_of(path);
    assert_true(output_open(&o));
    fputs("new", o.file);
    fflush(o.file);
    assert_holds("old"); // a process that ends here leaves it so
    assert_true(output_close(&o, true));
    assert_holds("new");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_files(1);
    unlink(path);
}

static void test_keeps(void **state) {
    (void)state;
    for (int discard = 0; discard < 2; discard++) {
        write_old(0600);
        struct output o = output_of(path);
        assert_true(output_open(&o));
        fputs("half", o.file);
        if (discard) {
            output_discard(&o);
        } else {
            errno = ENOSPC;
            assert_false(output_close(&o, false));
        }
        assert_holds("old");
        assert_files(1);
        unlink(path);
    }
}

static void test_new_file(void **state) {
    (void)state;
    struct output o = output_of(path);
    assert_true(output_open(&o));
    assert_int_not_equal(access(path, F_OK), 0);
    fputs("new", o.file);
    assert_true(output_close(&o, true));
    assert_holds("new");
    assert_files(1);
    unlink(path);
}

// A symbolic link stays one: the file behind it is replaced.
static void test_link(void **state) {
    (void)state;
    char link[80];
    snprintf(link, sizeof link, "%s/link", folder);
    write_old(0644);
    assert_int_equal(symlink(path, link), 0);
    struct output o = output_of(link);
    assert_true(output_open(&o));
    fputs("new", o.file);
    assert_true(output_close(&o, true));
    assert_holds("new");
    struct stat st;
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_files(2);
    unlink(path);
    o = output_of(link); // leads to nothing
    assert_false(output_open(&o));
    unlink(link);
    assert_int_equal(symlink(link, link), 0);
    o = output_of(link); // in circles
    assert_false(output_open(&o));
    assert_int_equal(lstat(link, &st), 0);
    unlink(link);
}

// Others read a log while it is written.
static void test_live(void **state) {
    (void)state;
    struct output o = output_of(path);
    o.live = true;
    assert_true(output_open(&o));
    fputs("so far", o.file);
    fflush(o.file);
    assert_holds("so far");
    assert_true(output_close(&o, true));
    unlink(path);
}

static void test_device(void **state) {
    (void)state;
    struct output o = output_of("/dev/full");
    assert_true(output_open(&o));
    fputs("lost", o.file);
    assert_false(output_close(&o, true));
    struct stat st;
    assert_int_equal(stat("/dev/full", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

// A process that a signal ends leaves what was there, and nothing else.
static void test_signals(void **state) {
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        write_old(0644);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (!child) {
            struct output o = output_of(path);
            if (output_open(&o)) {
                fputs("new", o.file);
                raise(signals[i]);
            }
            _exit(9);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i]);
        assert_holds("old");
        assert_files(1);
    }
    unlink(path);
}

static void write_whole(void) {
    file_write(path, "new", 3);
}

static void open_report(void) {
    struct output o = output_of(path);
    output_open(&o);
}

// Also one that comes before whoever made the file knows of it.
static void test_signal_at_birth(void **state) {
    (void)state;
    void (*const makes[])(void) = {write_whole, open_report};
    for (size_t i = 0; i < sizeof makes / sizeof makes[0]; i++) {
        write_old(0644);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (!child) {
            signal_at_birth = SIGTERM;
            makes[i]();
            _exit(9);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_holds("old");
        assert_files(1);
        unlink(path);
    }
}

// What a process has under way is not its child's to remove.
static void test_child(void **state) {
    (void)state;
    struct output o = output_of(path);
    assert_true(output_open(&o));
    fflush(o.file);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        raise(SIGTERM);
        _exit(9);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_files(1);
    assert_true(output_close(&o, true));
    assert_files(1);
    unlink(path);
}

// An ignored one stays ignored.
static void test_ignored_signal(void **state) {
    (void)state;
    write_old(0644);
    signal(SIGPIPE, SIG_IGN);
    struct output o = output_of(path);
    assert_true(output_open(&o));
    raise(SIGPIPE);
    output_discard(&o);
    assert_files(1);
    unlink(path);
}

int main(void) {
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/report", folder);
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_replaces),
            cmocka_unit_test(test_keeps),
            cmocka_unit_test(test_new_file),
            cmocka_unit_test(test_link),
            cmocka_unit_test(test_live),
            cmocka_unit_test(test_device),
            cmocka_unit_test(test_signals),
            cmocka_unit_test(test_signal_at_birth),
            cmocka_unit_test(test_child),
            cmocka_unit_test(test_ignored_signal),
    };
    const int result = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return result;
}
