/*
 * Waits for processes that others start, and tries to get hold of each, as long as it isn't yet the program that it is
 * to become; the first two arguments are that program's name and its file. Ends when each way was denied as often as the
 * third argument says, by a process that runs as root of the user namespace but isn't that program yet, or as soon as
 * one was not denied. Says what came of it. Built by the tests with gcc -static.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRACE, MEMORY, MAPS, ENVIRONMENT, PROGRAM, PROGRAM_NAME, FOLDER, DESCRIPTORS, WAYS };
enum { GONE, EARLY, ENTERING, EXECUTED };
enum { PATIENCE = 2000 };

static const char *const FILES[] = {"trace", "mem", "maps", "environ", "exe", "link exe", "link cwd", "fd"};

static int read_at(const char *path, char *text, int size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    int length = read(fd, text, size - 1);
    close(fd);
    text[length < 0 ? 0 : length] = 0;
    return length > 0;
}

/* The process that was made last in this PID namespace, see proc_loadavg(5). */
static int last_pid(void)
{
    char text[128];
    return read_at("/proc/loadavg", text, sizeof text) ? atoi(strrchr(text, ' ') + 1) : 0;
}

/* How far it is, by what everybody may read. */
static int stage_of(int pid, const char *program)
{
    char path[64];
    char text[4096];
    char name[64];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    snprintf(name, sizeof name, "Name:\t%s\n", program);
    if (!read_at(path, text, sizeof text) || strstr(text, "State:\tZ")) {
        return GONE;
    }
    if (strncmp(text, name, strlen(name)) == 0) {
        return EXECUTED;
    }
    return strstr(text, "\nUid:\t0\t0\t") ? ENTERING : EARLY;
}

/* In the middle of execve(2) a process has its old name with its new memory, and may be reached again. */
static int runs(int pid, const char *program)
{
    char path[64];
    char target[256];
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    int length = readlink(path, target, sizeof target);
    return length < 0 ? errno == ENOENT || errno == ESRCH
                      : length == (int)strlen(program) && memcmp(target, program, length) == 0;
}

/* An error number, or 0 if it succeeded. */
static int try(int way, int pid)
{
    char path[64];
    char target[256];
    long result;
    const char *file = FILES[way];
    int link = strncmp(file, "link ", 5) == 0;
    if (way == TRACE) {
        result = ptrace(PTRACE_SEIZE, pid, 0, 0);
    } else {
        snprintf(path, sizeof path, "/proc/%d/%s", pid, link ? file + 5 : file);
        result = link ? readlink(path, target, sizeof target)
                      : open(path, (way == MEMORY ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    }
    if (result < 0) {
        return errno;
    }
    if (way != TRACE && !link) {
        close(result);
    }
    return 0;
}

/* A process that is traced ends only when its tracer has seen it. */
static void see_off(int pid)
{
    int status;
    while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
        int signal = WSTOPSIG(status);
        ptrace(PTRACE_CONT, pid, 0, signal == SIGTRAP ? 0 : signal);
    }
}

int main(int count, char **arguments)
{
    int errors[WAYS] = {0};
    int way = 0;
    int denied = 0;
    if (count != 4) {
        return 2;
    }
    int wanted = atoi(arguments[3]);
    int seen = last_pid();
    puts("ready");
    fflush(stdout);
    while (way < WAYS) {
        if (seen >= last_pid()) {
            continue;
        }
        int pid = ++seen;
        for (int i = 0; i < PATIENCE && kill(pid, 0) < 0 && errno == ESRCH; i++) {
        }
        int met = 0;
        int stage;
        do {
            int error = try(way, pid);
            /* Whatever it is now, it was not further than that. */
            stage = stage_of(pid, arguments[1]);
            if (error == 0 && (stage == EARLY || stage == ENTERING) && !runs(pid, arguments[2])) {
                printf("%s: SUCCEEDED\n", FILES[way]);
                return 1;
            }
            if (error == 0 && way == TRACE) {
                see_off(pid);
                break;
            }
            if ((error == EPERM || error == EACCES) && stage == ENTERING) {
                met = 1;
                errors[way] = error;
            }
        } while (stage == EARLY || stage == ENTERING);
        if (met && ++denied == wanted) {
            denied = 0;
            way++;
        }
    }
    for (int i = 0; i < WAYS; i++) {
        printf("%s: %s\n", FILES[i], strerrorname_np(errors[i]));
    }
    return 0;
}
