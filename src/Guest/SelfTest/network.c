#define _GNU_SOURCE
#include "commands.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 1000, ADDRESS_LENGTH = 16 };

static struct sockaddr_in endpoint(in_addr_t address, const char *port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_addr.s_addr = address,
        .sin_port = htons((uint16_t)atoi(port)),
    };
}

/* The kernel writes each address as the number that its bytes make on this machine. */
static in_addr_t default_gateway(void)
{
    FILE *routes = fopen("/proc/net/route", "re");
    char line[256];
    in_addr_t found = INADDR_ANY;
    while (routes && found == INADDR_ANY && fgets(line, sizeof line, routes)) {
        char *columns = strchr(line, '\t');
        if (columns && strtoul(columns, &columns, 16) == 0)
            found = (in_addr_t)strtoul(columns, NULL, 16);
    }

    if (routes)
        fclose(routes);
    return found;
}

int show_gateway(char **arguments)
{
    (void)arguments;
    in_addr_t gateway = default_gateway();
    if (gateway == INADDR_ANY) {
        errno = ENETUNREACH;
        return fail("gateway");
    }

    /* Connecting sends nothing; it chooses the address that packets would leave from. */
    struct sockaddr_in there = endpoint(gateway, "53"), own;
    socklen_t length = sizeof own;
    int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0 || connect(probe, (struct sockaddr *)&there, sizeof there) < 0
        || getsockname(probe, (struct sockaddr *)&own, &length) < 0)
        return fail("own address");
    char mine[ADDRESS_LENGTH], its[ADDRESS_LENGTH];
    inet_ntop(AF_INET, &own.sin_addr, mine, sizeof mine);
    inet_ntop(AF_INET, &there.sin_addr, its, sizeof its);
    printf("%s %s\n", mine, its);
    return 0;
}

int listen_on(char **arguments)
{
    struct sockaddr_in here = endpoint(htonl(INADDR_ANY), arguments[0]);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, SOMAXCONN) < 0)
        return fail("listen");
    puts("listening");
    fflush(stdout);
    for (int connection; (connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;)
        close(connection);
    return fail("accept");
}

int connect_to(char **arguments)
{
    struct sockaddr_in there = endpoint(inet_addr(arguments[0]), arguments[1]);
    struct pollfd waiting = { .fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), .events = POLLOUT };
    if (waiting.fd < 0)
        return fail("socket");
    if (connect(waiting.fd, (struct sockaddr *)&there, sizeof there) == 0)
        return 0;
    if (errno == EINPROGRESS) {
        socklen_t length = sizeof errno;
        if (poll(&waiting, 1, PATIENCE_MS) == 0)
            errno = ETIMEDOUT;
        else if (getsockopt(waiting.fd, SOL_SOCKET, SO_ERROR, &errno, &length) == 0 && errno == 0)
            return 0;
    }

    return fail("connect");
}
