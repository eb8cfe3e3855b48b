/*
 * measure - processor time and peak memory of a command
 *
 * SPDX-License-Identifier: MIT
 *
 * usage: measure COMMAND ARGS...
 *
 * Prints "STATUS MILLISECONDS KILOBYTES" to file descriptor 3, since the
 * command uses the others. Measures processor time, since other programs run
 * too.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: measure COMMAND ARGS... 3>RESULT\n");
        return 2;
    }
    const pid_t child = fork();
    if (child == 0) {
        execvp(argv[1], argv + 1);
        _exit(127);
    }
    int status = 0;
    struct rusage used;
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        perror("measure");
        return 2;
    }
    const long ms = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
            (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    dprintf(3, "%d %ld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128,
            ms, used.ru_maxrss);
    return 0;
}
