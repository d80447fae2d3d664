/*
 * Puts as many descriptors in flight as the kernel lets it, see unix(7), says "in flight" or why it can't, and stays.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AT_ONCE = 253 };

int main(void) {
    struct rlimit limit;
    union {
        char bytes[CMSG_SPACE(AT_ONCE * sizeof(int))];
        struct cmsghdr header;
    } control;
    struct iovec data = {"x", 1};
    struct msghdr message = {0};
    int ends[2];

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    memset(&control, 0, sizeof control);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(AT_ONCE * sizeof(int));
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    while (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0) {
        while (sendmsg(ends[0], &message, 0) > 0) {
        }
        if (errno == ETOOMANYREFS) {
            puts("in flight");
            fflush(stdout);
            pause();
        }
        if (errno != EAGAIN) {
            break;
        }
    }
    perror("inflight");
    return 1;
}
