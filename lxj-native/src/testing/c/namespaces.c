/* Which namespaces can be made, and how: a line for each attempt. Each is made by a child, which nothing is left of. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void attempt(const char *what, unsigned long flags, long (*make)(unsigned long)) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        long result = make(flags);
        printf("%s: %s\n", what, result < 0 ? strerrorname_np(errno) : "made");
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static long by_unshare(unsigned long flags) {
    return syscall(SYS_unshare, flags);
}

/* The child, which has a copy of all that this process has, ends at once. */
static long end_child(long pid) {
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return pid;
}

static long by_clone(unsigned long flags) {
    return end_child(syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0));
}

static long by_clone3(unsigned long flags) {
    struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};
    return end_child(syscall(SYS_clone3, &args, sizeof args));
}

int main(void) {
    attempt("unshare cgroup", CLONE_NEWCGROUP, by_unshare);
    attempt("unshare user and cgroup", CLONE_NEWUSER | CLONE_NEWCGROUP, by_unshare);
    attempt("clone cgroup", CLONE_NEWCGROUP, by_clone);
    attempt("clone user and cgroup", CLONE_NEWUSER | CLONE_NEWCGROUP, by_clone);
    attempt("clone3 cgroup", CLONE_NEWCGROUP, by_clone3);
    attempt("unshare uts", CLONE_NEWUTS, by_unshare);
    attempt("clone uts", CLONE_NEWUTS, by_clone);
    attempt("unshare user", CLONE_NEWUSER, by_unshare);
    return 0;
}
