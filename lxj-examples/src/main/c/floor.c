/*
 * What the kernel takes for a container, without Java: the calls that a container's creation, start and end need, made by
 * one small process and its child. A measure for the case start-exit of the benchmark, which builds it where there is gcc:
 *
 *     floor ROOTFS FOLDER CGROUP [user]
 *
 * makes a container from nothing to reaped for each byte on its standard input, and answers with a byte. ROOTFS is the lower
 * layer, FOLDER where container folders are made, CGROUP the cgroup below which one is made for each container; "user" asks
 * for a user namespace. It leaves out what costs next to nothing: limits, masks of /proc, checks, locks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_ID 1000000000
#define IDS 65536
#define ATTRIBUTES (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static int user;
static int rootfs;
/* The last container's mount namespace: to unmount what was in it is not to hold up the end, as with lxj. */
static int held = -1;

static long check(long result, const char *what) {
    if (result < 0) {
        fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
        _exit(1);
    }
    return result;
}

static int directory(int parent, const char *name) {
    return check(openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), name);
}

static int make(int parent, const char *name) {
    check(mkdirat(parent, name, 0755), name);
    return directory(parent, name);
}

static void put(int parent, const char *name, const char *text) {
    int file = check(openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644), name);
    check(write(file, text, strlen(text)), name);
    close(file);
}

static void record(int parent, const char *name, const char *text) {
    put(parent, "new", text);
    check(renameat(parent, "new", parent, name), name);
}

static int context(const char *type) {
    return check(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC), type);
}

static void set(int fs, const char *key, const char *value) {
    check(syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0), key);
}

static int mounted(int fs, unsigned attributes) {
    check(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "create a file system");
    int mount = check(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes), "fsmount");
    close(fs);
    return mount;
}

static int simple(const char *type, unsigned attributes) {
    return mounted(context(type), attributes);
}

static void place(int mount, int parent, const char *name) {
    check(syscall(SYS_move_mount, mount, "", parent, name, MOVE_MOUNT_F_EMPTY_PATH), name);
}

static void restrict_to(int mount, uint64_t attributes, int namespace) {
    struct mount_attr attr = {.attr_set = attributes, .userns_fd = namespace};
    check(syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH, &attr, sizeof attr), "mount_setattr");
}

static int copy(int from, const char *name) {
    return check(syscall(SYS_open_tree, from, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH), name);
}

static void layer(int fs, const char *key, int folder) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
    set(fs, key, path);
}

static int overlay(int lower, int upper, int work) {
    int fs = context("overlay");
    layer(fs, "lowerdir", lower);
    layer(fs, "upperdir", upper);
    layer(fs, "workdir", work);
    check(syscall(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "userxattr", NULL, 0), "userxattr");
    set(fs, "redirect_dir", "nofollow");
    set(fs, "metacopy", "off");
    set(fs, "index", "off");
    return mounted(fs, 0);
}

/* For devices: only the host's root can make one that works. */
static int dev(void) {
    static const struct { const char *name; int major, minor; } nodes[] = {
        {"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};
    int fs = context("tmpfs");
    set(fs, "mode", "755");
    int mount = mounted(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    for (unsigned i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        check(mknodat(mount, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)), nodes[i].name);
        if (user) {
            check(fchownat(mount, nodes[i].name, FIRST_ID, FIRST_ID, 0), "chown");
        }
    }
    close(make(mount, "pts"));
    close(make(mount, "shm"));
    close(make(mount, "mqueue"));
    check(symlinkat("pts/ptmx", mount, "ptmx"), "ptmx");
    check(symlinkat("/proc/self/fd", mount, "fd"), "fd");
    check(symlinkat("/proc/self/fd/0", mount, "stdin"), "stdin");
    check(symlinkat("/proc/self/fd/1", mount, "stdout"), "stdout");
    check(symlinkat("/proc/self/fd/2", mount, "stderr"), "stderr");
    put(mount, "console", "");
    return mount;
}

static int run_host(void) {
    int mount = simple("tmpfs", ATTRIBUTES);
    put(mount, "container-manager", "floor\n");
    put(mount, "container-uuid", "3d6f7a86-6d9f-4a3c-9a54-3f6d5f7d4c11\n");
    put(mount, "os-release", "ID=floor\n");
    close(make(mount, "incoming"));
    close(make(mount, "unix-export"));
    int inaccessible = make(mount, "inaccessible");
    check(mknodat(inaccessible, "reg", S_IFREG, 0), "reg");
    check(mknodat(inaccessible, "fifo", S_IFIFO, 0), "fifo");
    check(mknodat(inaccessible, "chr", S_IFCHR, 0), "chr");
    check(mknodat(inaccessible, "blk", S_IFBLK, 0), "blk");
    check(mkdirat(inaccessible, "dir", 0), "dir");
    close(inaccessible);
    return mount;
}

static void up(void) {
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int socket_fd = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    check(ioctl(socket_fd, SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
    close(socket_fd);
}

static void console(int dev_mount, int pts, int master_to) {
    int zero = 0;
    int master = check(openat(pts, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), "ptmx");
    check(ioctl(master, TIOCSPTLCK, &zero), "TIOCSPTLCK");
    int slave = check(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "TIOCGPTPEER");
    place(copy(slave, ""), dev_mount, "console");
    for (int i = 0; i < 3; i++) {
        check(dup2(slave, i), "dup2");
    }
    union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control;
    struct iovec word = {.iov_base = &zero, .iov_len = 1};
    struct msghdr message = {.msg_iov = &word, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &master, sizeof master);
    check(sendmsg(master_to, &message, 0), "sendmsg");
}

/* The container's first process. */
static void init(int root, int dev_mount, int host, int lower, int layers, int parent) {
    char byte;
    if (user) {
        check(read(parent, &byte, 1), "wait for ids");
        check(setresgid(0, 0, 0), "setresgid");
        check(setresuid(0, 0, 0), "setresuid");
    }
    check(setsid(), "setsid");
    check(unshare(CLONE_NEWCGROUP | CLONE_NEWIPC), "unshare");
    up();
    struct mount_attr private = {.propagation = 1 << 18};
    check(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &private, sizeof private), "MS_PRIVATE");
    if (user) {
        /* Before Linux 6.15 an overlay takes no layers that have no place. */
        place(lower, AT_FDCWD, "/dev");
        place(layers, AT_FDCWD, "/dev");
        root = overlay(lower, directory(layers, "upper"), directory(layers, "work"));
    }
    int proc = simple("proc", ATTRIBUTES);
    int sys = simple("sysfs", ATTRIBUTES);
    place(root, AT_FDCWD, "/proc");
    check(fchdir(root), "fchdir");
    check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
    check(syscall(SYS_umount2, ".", 2), "umount2");
    check(chdir("/"), "chdir");
    place(proc, root, "proc");
    static const char *const read_only[] = {"sys", "irq", "bus", "fs"};
    for (unsigned i = 0; i < sizeof read_only / sizeof *read_only; i++) {
        int part = copy(proc, read_only[i]);
        restrict_to(part, MOUNT_ATTR_RDONLY, 0);
        place(part, proc, read_only[i]);
    }
    place(sys, root, "sys");
    place(simple("cgroup2", ATTRIBUTES), sys, "fs/cgroup");
    restrict_to(sys, MOUNT_ATTR_RDONLY, 0);
    place(dev_mount, root, "dev");
    int fs = context("devpts");
    set(fs, "ptmxmode", "0666");
    set(fs, "mode", "0620");
    int pts = mounted(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    place(pts, dev_mount, "pts");
    place(simple("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV), dev_mount, "shm");
    place(simple("mqueue", ATTRIBUTES), dev_mount, "mqueue");
    console(dev_mount, pts, parent);
    int run = simple("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    check(mkdirat(run, "host", 0755), "host");
    place(run, root, "run");
    place(host, run, "host");
    place(simple("tmpfs", ATTRIBUTES), host, "unix-export");
    restrict_to(host, MOUNT_ATTR_RDONLY, 0);
    check(sethostname("floor", 5), "sethostname");
    check(syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
    char *argv[] = {"/bin/true", NULL};
    char *environment[] = {"PATH=/bin", "container=floor", NULL};
    execve(argv[0], argv, environment);
    check(-1, "execve");
}

static void map(int pid, const char *file) {
    char path[64], text[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    int fd = check(open(path, O_WRONLY | O_CLOEXEC), path);
    check(write(fd, text, snprintf(text, sizeof text, "0 %d %d", FIRST_ID, IDS)), path);
    close(fd);
}

static void own_ids(int pid, int lower, int layers, int child) {
    char path[64];
    map(pid, "uid_map");
    map(pid, "gid_map");
    snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
    int namespace = check(open(path, O_RDONLY | O_CLOEXEC), path);
    restrict_to(lower, MOUNT_ATTR_IDMAP, namespace);
    restrict_to(layers, MOUNT_ATTR_IDMAP, namespace);
    close(namespace);
    check(write(child, "", 1), "say that ids are there");
}

static void container(int folder, int cgroup) {
    int new = make(folder, "new-container");
    int upper = make(new, "upper");
    int work = make(new, "work");
    int etc = make(upper, "etc");
    put(etc, "hostname", "floor\n");
    put(etc, "hosts", "127.0.0.1 localhost\n127.0.1.1 floor\n");
    put(etc, "machine-id", "3d6f7a866d9f4a3c9a543f6d5f7d4c11\n");
    put(etc, "resolv.conf", "nameserver 192.0.2.1\n");
    put(new, "container.json", "{\"image\": \"busybox\"}\n");
    check(renameat(folder, "new-container", folder, "container"), "rename");

    int own = make(cgroup, "container");
    int payload = make(own, "payload");
    int dev_mount = dev();
    int host = run_host();
    int lower = user ? copy(rootfs, "") : -1;
    int layers = user ? copy(new, "") : -1;
    int root = user ? -1 : overlay(rootfs, upper, work);
    int sockets[2];
    check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), "socketpair");
    int pidfd;
    struct clone_args clone = {
        .flags = CLONE_PIDFD | CLONE_INTO_CGROUP | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS
            | (user ? CLONE_NEWUSER : 0),
        .pidfd = (uintptr_t) &pidfd, .exit_signal = SIGCHLD, .cgroup = payload};
    int pid = check(syscall(SYS_clone3, &clone, sizeof clone), "clone3");
    if (pid == 0) {
        init(root, dev_mount, host, lower, layers, sockets[1]);
    }
    close(sockets[1]);
    if (user) {
        own_ids(pid, lower, layers, sockets[0]);
    }
    char mounts[64];
    snprintf(mounts, sizeof mounts, "/proc/%d/ns/mnt", pid);
    /* It may have ended already. */
    held = open(mounts, O_RDONLY | O_CLOEXEC);
    record(new, "run.json", "{\"init\": 1}\n");
    siginfo_t end;
    check(waitid(P_PIDFD, pidfd, &end, WEXITED), "waitid");
    if (end.si_code != CLD_EXITED || end.si_status != 0) {
        errno = ECHILD;
        check(-1, "the init failed");
    }
    record(new, "exit.json", "{\"status\": 0}\n");
    check(unlinkat(own, "payload", AT_REMOVEDIR), "payload");
    check(unlinkat(cgroup, "container", AT_REMOVEDIR), "cgroup");
    check(unlinkat(new, "run.json", 0), "run.json");
    int all[] = {new, upper, work, etc, own, payload, dev_mount, host, lower, layers, root, sockets[0], pidfd};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        close(all[i]);
    }
}

int main(int argc, char **argv) {
    if (argc < 4) {
        return 2;
    }
    rootfs = directory(AT_FDCWD, argv[1]);
    int folder = directory(AT_FDCWD, argv[2]);
    int cgroup = directory(AT_FDCWD, argv[3]);
    user = argc > 4;
    char byte;
    while (read(0, &byte, 1) == 1) {
        container(folder, cgroup);
        check(write(1, &byte, 1), "answer");
        close(held);
    }
    return 0;
}
