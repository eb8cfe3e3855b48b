/*
 * link - a TCP connection from gdb, on the loopback interface only
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/gdb/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cli.h"

static bool trouble(const char *what, uint16_t port) {
    cli_fail(CLI_TROUBLE, "--gdb: cannot %s 127.0.0.1:%u: %s%s", what,
            (unsigned)port, strerror(errno),
            errno == EADDRINUSE ? "; --gdb 0 takes a free port" : "");
    return false;
}

bool gdb_link_open(struct gdb_link *link, uint16_t port) {
    memset(link, 0, sizeof *link);
    link->fd = -1;
    link->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link->listener < 0) {
        return trouble("make a socket for", port);
    }
    const int on = 1;
    setsockopt(link->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in addr = {
            .sin_family = AF_INET,
            .sin_port = htons(port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t len = sizeof addr;
    if (bind(link->listener, (struct sockaddr *)&addr, sizeof addr) ||
            listen(link->listener, 1) ||
            getsockname(link->listener, (struct sockaddr *)&addr, &len)) {
        return trouble("listen on", port);
    }
    link->port = ntohs(addr.sin_port);
    return true;
}

bool gdb_link_accept(struct gdb_link *link) {
    do {
        link->fd = accept(link->listener, NULL, NULL);
    } while (link->fd < 0 && errno == ECONNABORTED);
    if (link->fd < 0) {
        return errno == EINTR ? false : trouble("accept at", link->port);
    }
    const int on = 1;
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    close(link->listener);
    link->listener = -1;
    return true;
}

int gdb_link_take(struct gdb_link *link, bool wait) {
    if (link->at == link->bytes && !link->closed) {
        const ssize_t got = recv(link->fd, link->buffer, sizeof link->buffer,
                wait ? 0 : MSG_DONTWAIT);
        const bool none = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
        link->at = 0;
        link->bytes = got > 0 ? (size_t)got : 0;
        link->closed = got <= 0 && !none;
    }
    return link->at < link->bytes ? link->buffer[link->at++] : -1;
}

void gdb_link_send(struct gdb_link *link, const void *bytes, size_t len) {
    const uint8_t *from = bytes;
    while (len && !link->closed) {
        const ssize_t sent = send(link->fd, from, len, MSG_NOSIGNAL);
        if (sent > 0) {
            from += sent;
            len -= (size_t)sent;
        } else if (errno != EINTR) {
            link->closed = true;
        }
    }
}

void gdb_link_close(struct gdb_link *link) {
    if (link->fd >= 0) {
        close(link->fd);
    }
    if (link->listener >= 0) {
        close(link->listener);
    }
}
