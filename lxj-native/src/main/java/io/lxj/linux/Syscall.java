package io.lxj.linux;

import java.util.Locale;

/**
 * The system calls that lxj makes, under the names of their man pages, with the number each has on every supported
 * architecture. Only calls that all of them have are listed, so that one plan serves every architecture. The numbers
 * are those of the kernel's {@code asm/unistd_64.h} (x86-64) and {@code asm-generic/unistd.h} (aarch64). Immutable and
 * thread-safe.
 */
public enum Syscall {
    /** read(2). */
    READ(0, 63),
    /** write(2). */
    WRITE(1, 64),
    /** close(2). */
    CLOSE(3, 57),
    /** lseek(2). */
    LSEEK(8, 62),
    /** mmap(2). */
    MMAP(9, 222),
    /** mprotect(2). */
    MPROTECT(10, 226),
    /** munmap(2). */
    MUNMAP(11, 215),
    /** rt_sigaction(2). */
    RT_SIGACTION(13, 134),
    /** rt_sigprocmask(2). */
    RT_SIGPROCMASK(14, 135),
    /** ioctl(2). */
    IOCTL(16, 29),
    /** pread64(2). */
    PREAD64(17, 67),
    /** pwrite64(2). */
    PWRITE64(18, 68),
    /** sched_yield(2). */
    SCHED_YIELD(24, 124),
    /** shmget(2). */
    SHMGET(29, 194),
    /** shmat(2). */
    SHMAT(30, 196),
    /** shmctl(2). */
    SHMCTL(31, 195),
    /** nanosleep(2). */
    NANOSLEEP(35, 101),
    /** getpid(2). */
    GETPID(39, 172),
    /** sendfile(2). */
    SENDFILE(40, 71),
    /** socket(2). */
    SOCKET(41, 198),
    /** connect(2). */
    CONNECT(42, 203),
    /** sendto(2). */
    SENDTO(44, 206),
    /** recvfrom(2). */
    RECVFROM(45, 207),
    /** sendmsg(2). */
    SENDMSG(46, 211),
    /** recvmsg(2). */
    RECVMSG(47, 212),
    /** bind(2). */
    BIND(49, 200),
    /** listen(2). */
    LISTEN(50, 201),
    /** socketpair(2). */
    SOCKETPAIR(53, 199),
    /** setsockopt(2). */
    SETSOCKOPT(54, 208),
    /** getsockopt(2). */
    GETSOCKOPT(55, 209),
    /** execve(2). */
    EXECVE(59, 221),
    /** wait4(2). */
    WAIT4(61, 260),
    /** kill(2). */
    KILL(62, 129),
    /** uname(2). */
    UNAME(63, 160),
    /** semget(2). */
    SEMGET(64, 190),
    /** msgget(2). */
    MSGGET(68, 186),
    /** fcntl(2). */
    FCNTL(72, 25),
    /** flock(2). */
    FLOCK(73, 32),
    /** fsync(2). */
    FSYNC(74, 82),
    /** fdatasync(2). */
    FDATASYNC(75, 83),
    /** ftruncate(2). */
    FTRUNCATE(77, 46),
    /** chdir(2). */
    CHDIR(80, 49),
    /** fchdir(2). */
    FCHDIR(81, 50),
    /** fchmod(2). */
    FCHMOD(91, 52),
    /** fchown(2). */
    FCHOWN(93, 55),
    /** umask(2). */
    UMASK(95, 166),
    /** syslog(2). */
    SYSLOG(103, 116),
    /** ptrace(2). */
    PTRACE(101, 117),
    /** getuid(2). */
    GETUID(102, 174),
    /** getgid(2). */
    GETGID(104, 176),
    /** geteuid(2). */
    GETEUID(107, 175),
    /** getegid(2). */
    GETEGID(108, 177),
    /** setpgid(2). */
    SETPGID(109, 154),
    /** getppid(2). */
    GETPPID(110, 173),
    /** setsid(2). */
    SETSID(112, 157),
    /** setgroups(2). */
    SETGROUPS(116, 159),
    /** setresuid(2). */
    SETRESUID(117, 147),
    /** setresgid(2). */
    SETRESGID(119, 149),
    /** getsid(2). */
    GETSID(124, 156),
    /** setfsuid(2). */
    SETFSUID(122, 151),
    /** setfsgid(2). */
    SETFSGID(123, 152),
    /** capget(2). */
    CAPGET(125, 90),
    /** capset(2). */
    CAPSET(126, 91),
    /** personality(2). */
    PERSONALITY(135, 92),
    /** statfs(2). */
    STATFS(137, 43),
    /** fstatfs(2). */
    FSTATFS(138, 44),
    /** pivot_root(2). */
    PIVOT_ROOT(155, 41),
    /** prctl(2). */
    PRCTL(157, 167),
    /** chroot(2). */
    CHROOT(161, 51),
    /** acct(2). */
    ACCT(163, 89),
    /** settimeofday(2). */
    SETTIMEOFDAY(164, 170),
    /** mount(2). */
    MOUNT(165, 40),
    /** umount2(2). */
    UMOUNT2(166, 39),
    /** swapon(2). */
    SWAPON(167, 224),
    /** reboot(2). */
    REBOOT(169, 142),
    /** sethostname(2). */
    SETHOSTNAME(170, 161),
    /** setdomainname(2). */
    SETDOMAINNAME(171, 162),
    /** init_module(2). */
    INIT_MODULE(175, 105),
    /** delete_module(2). */
    DELETE_MODULE(176, 106),
    /** quotactl(2). */
    QUOTACTL(179, 60),
    /** gettid(2). */
    GETTID(186, 178),
    /** setxattr(2). */
    SETXATTR(188, 5),
    /** lsetxattr(2). */
    LSETXATTR(189, 6),
    /** fsetxattr(2). */
    FSETXATTR(190, 7),
    /** getxattr(2). */
    GETXATTR(191, 8),
    /** lgetxattr(2). */
    LGETXATTR(192, 9),
    /** fgetxattr(2). */
    FGETXATTR(193, 10),
    /** listxattr(2). */
    LISTXATTR(194, 11),
    /** llistxattr(2). */
    LLISTXATTR(195, 12),
    /** flistxattr(2). */
    FLISTXATTR(196, 13),
    /** removexattr(2). */
    REMOVEXATTR(197, 14),
    /** lremovexattr(2). */
    LREMOVEXATTR(198, 15),
    /** fremovexattr(2). */
    FREMOVEXATTR(199, 16),
    /** sched_setaffinity(2). */
    SCHED_SETAFFINITY(203, 122),
    /** sched_getaffinity(2). */
    SCHED_GETAFFINITY(204, 123),
    /** getdents64(2). */
    GETDENTS64(217, 61),
    /** clock_settime(2). */
    CLOCK_SETTIME(227, 112),
    /** clock_gettime(2). */
    CLOCK_GETTIME(228, 113),
    /** exit_group(2). */
    EXIT_GROUP(231, 94),
    /** epoll_ctl(2). */
    EPOLL_CTL(233, 21),
    /** tgkill(2). */
    TGKILL(234, 131),
    /** kexec_load(2). */
    KEXEC_LOAD(246, 104),
    /** waitid(2). */
    WAITID(247, 95),
    /** add_key(2). */
    ADD_KEY(248, 217),
    /** keyctl(2). */
    KEYCTL(250, 219),
    /** inotify_add_watch(2). */
    INOTIFY_ADD_WATCH(254, 27),
    /** inotify_rm_watch(2). */
    INOTIFY_RM_WATCH(255, 28),
    /** openat(2). */
    OPENAT(257, 56),
    /** mkdirat(2). */
    MKDIRAT(258, 34),
    /** mknodat(2). */
    MKNODAT(259, 33),
    /** fchownat(2). */
    FCHOWNAT(260, 54),
    /** unlinkat(2). */
    UNLINKAT(263, 35),
    /** linkat(2). */
    LINKAT(265, 37),
    /** symlinkat(2). */
    SYMLINKAT(266, 36),
    /** readlinkat(2). */
    READLINKAT(267, 78),
    /** fchmodat(2). */
    FCHMODAT(268, 53),
    /** ppoll(2). */
    PPOLL(271, 73),
    /** unshare(2). */
    UNSHARE(272, 97),
    /** sync_file_range(2). */
    SYNC_FILE_RANGE(277, 84),
    /** utimensat(2). */
    UTIMENSAT(280, 88),
    /** epoll_pwait(2). */
    EPOLL_PWAIT(281, 22),
    /** timerfd_create(2). */
    TIMERFD_CREATE(283, 85),
    /** fallocate(2). */
    FALLOCATE(285, 47),
    /** timerfd_settime(2). */
    TIMERFD_SETTIME(286, 86),
    /** accept4(2). */
    ACCEPT4(288, 242),
    /** eventfd2(2). */
    EVENTFD2(290, 19),
    /** epoll_create1(2). */
    EPOLL_CREATE1(291, 20),
    /** dup3(2). */
    DUP3(292, 24),
    /** pipe2(2). */
    PIPE2(293, 59),
    /** inotify_init1(2). */
    INOTIFY_INIT1(294, 26),
    /** perf_event_open(2). */
    PERF_EVENT_OPEN(298, 241),
    /** fanotify_init(2). */
    FANOTIFY_INIT(300, 262),
    /** prlimit64(2). */
    PRLIMIT64(302, 261),
    /** name_to_handle_at(2). */
    NAME_TO_HANDLE_AT(303, 264),
    /** open_by_handle_at(2). */
    OPEN_BY_HANDLE_AT(304, 265),
    /** clock_adjtime(2). */
    CLOCK_ADJTIME(305, 266),
    /** syncfs(2). */
    SYNCFS(306, 267),
    /** setns(2). */
    SETNS(308, 268),
    /** process_vm_readv(2). */
    PROCESS_VM_READV(310, 270),
    /** finit_module(2). */
    FINIT_MODULE(313, 273),
    /** renameat2(2). */
    RENAMEAT2(316, 276),
    /** seccomp(2). */
    SECCOMP(317, 277),
    /** getrandom(2). */
    GETRANDOM(318, 278),
    /** memfd_create(2). */
    MEMFD_CREATE(319, 279),
    /** bpf(2). */
    BPF(321, 280),
    /** execveat(2). */
    EXECVEAT(322, 281),
    /** userfaultfd(2). */
    USERFAULTFD(323, 282),
    /** copy_file_range(2). */
    COPY_FILE_RANGE(326, 285),
    /** statx(2). */
    STATX(332, 291),
    /** pidfd_send_signal(2). */
    PIDFD_SEND_SIGNAL(424, 424),
    /** io_uring_setup(2). */
    IO_URING_SETUP(425, 425),
    /** open_tree(2). */
    OPEN_TREE(428, 428),
    /** move_mount(2). */
    MOVE_MOUNT(429, 429),
    /** fsopen(2). */
    FSOPEN(430, 430),
    /** fsconfig(2). */
    FSCONFIG(431, 431),
    /** fsmount(2). */
    FSMOUNT(432, 432),
    /** fspick(2). */
    FSPICK(433, 433),
    /** pidfd_open(2). */
    PIDFD_OPEN(434, 434),
    /** clone3(2). */
    CLONE3(435, 435),
    /** close_range(2). */
    CLOSE_RANGE(436, 436),
    /** openat2(2). */
    OPENAT2(437, 437),
    /** pidfd_getfd(2). */
    PIDFD_GETFD(438, 438),
    /** faccessat2(2). */
    FACCESSAT2(439, 439),
    /** mount_setattr(2). */
    MOUNT_SETATTR(442, 442);

    private final int x86;
    private final int aarch;

    Syscall(int x86, int aarch) {
        this.x86 = x86;
        this.aarch = aarch;
    }

    /**
     * The number of this call.
     *
     * @param architecture where the call is made
     * @return the number that goes into the system call register
     */
    public int number(Architecture architecture) {
        return architecture == Architecture.X86_64 ? x86 : aarch;
    }

    /**
     * The name as it stands in section 2 of the manual.
     *
     * @return the name in lower case
     */
    public String manName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
