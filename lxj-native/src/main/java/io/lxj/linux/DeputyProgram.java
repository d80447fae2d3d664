package io.lxj.linux;

/**
 * What a {@link Deputy} runs: it makes a user namespace and waits until it has ids, or joins one; opens a folder as the user
 * that it still is, becomes root there, and then makes the calls that it is sent, one after the other, until nobody is there
 * any more who could send one. A message brings the step itself: its number, arguments and where to go on.
 */
final class DeputyProgram {
    static final String SOCKET = "socket";
    static final String NAMESPACE = "namespace";
    /** Where the fds of a call are while it is made, and where its result is while it is sent. */
    static final int FIRST_CARRIED = 100;

    static final int CARRIED = 3;
    /** How much may be sent with a call: as long as an attribute can be, and more than any path. */
    static final int ROOM = 96 * 1024;
    /** Two iovecs, for the reply. */
    static final int REPLY = 32;

    private static final int RESULT = FIRST_CARRIED + CARRIED;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int CMSG_HEADER = 16;
    private static final int NUMBER = 4;
    private static final int SAME = -1;
    private static final int SIGXFSZ = 25;
    private static final int SIG_IGN = 1;

    final SyscallProgram program;
    /** Where the message is stored, behind the step. */
    final Arg room;
    /** Where the result of the call stands. */
    final long result;
    /** The step that replies with a number, and the one that replies with an fd. */
    final long withNumber;

    final long withFd;

    /** How it comes to namespaces. */
    enum Namespaces {
        /** It makes a user and a mount namespace. */
        MAKE,
        /** It makes a user namespace only: it mounts nothing, and keeps nothing mounted. */
        MAKE_USER,
        /** It is given a user namespace, and makes a mount namespace. */
        JOIN,
        /** It is given a user namespace only. */
        JOIN_USER
    }

    DeputyProgram(byte[] folder, Namespaces namespaces) {
        boolean joins = namespaces == Namespaces.JOIN || namespaces == Namespaces.JOIN_USER;
        ProgramBuilder builder = joins ? SyscallProgram.builder(SOCKET, NAMESPACE) : SyscallProgram.builder(SOCKET);
        Arg socket = builder.fd(SOCKET);
        ProgramBuilder.Label end = builder.label();
        builder.step("leave the JVM's session", Syscall.SETSID);
        // A write beyond a limit of the JVM's is to fail, as it does there, see setrlimit(2).
        builder.step(
                "fail at limits",
                Syscall.RT_SIGACTION,
                Arg.of(SIGXFSZ, "SIGXFSZ"),
                builder.words("{SIG_IGN}", SIG_IGN, 0, 0, 0),
                0,
                8);
        if (joins) {
            join(builder, namespaces == Namespaces.JOIN);
        } else {
            boolean mounts = namespaces == Namespaces.MAKE;
            make(builder, socket, end, CloneFlags.CLONE_NEWUSER | (mounts ? CloneFlags.CLONE_NEWNS : 0));
        }
        begin(builder, socket, folder);

        ProgramBuilder.Label receive = builder.label();
        builder.step("go on", Syscall.GETPID).onPositive(receive);
        ProgramBuilder.Label call = builder.here();
        Arg called = builder.step("make the call", Syscall.GETPID).mayFail().result();
        result = called.value();
        builder.place(receive);
        room = builder.space(ROOM, "message");
        Arg step = builder.words(
                "[the call, message]", result - SyscallProgram.RESULT, SyscallProgram.STEP_SIZE, room, ROOM);
        int controlSize = CMSG_HEADER + CARRIED * NUMBER;
        Arg control = builder.space(controlSize + NUMBER, "control");
        Arg message =
                builder.words("{iov=" + step + ", control=" + control + "}", 0, 0, step, 2, control, controlSize, 0);
        builder.step("wait for a call", Syscall.RECVMSG, socket, message, 0)
                .onZero(end)
                .onError(end);
        for (int i = 0; i < CARRIED; i++) {
            Arg received = builder.valueAt(control.plus(CMSG_HEADER + i * NUMBER));
            builder.step("take an fd", Syscall.DUP3, received, FIRST_CARRIED + i, Open.O_CLOEXEC)
                    .mayFail();
            builder.step("close the extra fd", Syscall.CLOSE, received).mayFail();
        }
        builder.step("go on", Syscall.GETPID).onPositive(call);

        Arg number = replying(builder, "reply with the result", socket, end, 0, 0);
        withNumber = number.value() - SyscallProgram.RESULT;
        ProgramBuilder.Label tidy = builder.label();
        builder.step("go on", Syscall.GETPID).onPositive(tidy);
        Arg taken = builder.step(
                        "put the result where the message names it", Syscall.DUP3, called, RESULT, Open.O_CLOEXEC)
                .onError(end)
                .result();
        withFd = taken.value() - SyscallProgram.RESULT;
        Arg rights = builder.words(
                "{SCM_RIGHTS, [" + RESULT + "]}", CMSG_HEADER + NUMBER, SOL_SOCKET | ((long) SCM_RIGHTS << 32), RESULT);
        ProgramBuilder.Label refused = builder.label();
        Arg sent = replying(builder, "reply with the fd", socket, refused, rights, CMSG_HEADER + NUMBER);
        ProgramBuilder.Label close = builder.here();
        builder.step("close the result", Syscall.CLOSE, called).mayFail();
        builder.step("close its other number", Syscall.CLOSE, RESULT).mayFail();
        builder.place(tidy);
        for (int i = 0; i < CARRIED; i++) {
            builder.step("close what was carried", Syscall.CLOSE, FIRST_CARRIED + i)
                    .mayFail();
        }
        builder.step("go on", Syscall.GETPID).onPositive(receive);
        builder.place(refused);
        Arg why = builder.words("[why]", sent.value(), 8);
        builder.step(
                        "reply with why there is no fd",
                        Syscall.SENDMSG,
                        socket,
                        builder.words("{reply}", 0, 0, why, 1, 0, 0, 0),
                        MSG_NOSIGNAL)
                .onError(end);
        builder.step("go on", Syscall.GETPID).onPositive(close);
        builder.place(end);
        builder.step("end", Syscall.EXIT_GROUP, 0);
        program = builder.build();
    }

    private static void join(ProgramBuilder builder, boolean mounts) {
        Arg namespace = builder.fd(NAMESPACE);
        builder.step("enter the user namespace", Syscall.SETNS, namespace, CloneFlags.CLONE_NEWUSER);
        builder.step("close its fd", Syscall.CLOSE, namespace);
        if (mounts) {
            builder.step("make a mount namespace", Syscall.UNSHARE, Arg.of(CloneFlags.CLONE_NEWNS, "CLONE_NEWNS"));
        }
    }

    private static void make(ProgramBuilder builder, Arg socket, ProgramBuilder.Label end, long flags) {
        Arg word = builder.space(8, "byte");
        builder.step("make a user namespace", Syscall.UNSHARE, Arg.hex(flags));
        // newuidmap(1) asks whether the process is its caller's; procfs says root's of one that is hidden.
        builder.step("be seen to be the user's", Syscall.PRCTL, Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), 1);
        builder.step("say that it is there", Syscall.WRITE, socket, word, 1);
        builder.step("wait for ids", Syscall.READ, socket, word, 1).onZero(end);
    }

    private static void begin(ProgramBuilder builder, Arg socket, byte[] folder) {
        Arg word = builder.space(8, "byte");
        builder.step("hide", Syscall.PRCTL, Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), 0);
        int flags = Open.O_RDONLY | Open.O_DIRECTORY | Open.O_NOFOLLOW | Open.O_CLOEXEC;
        Arg opened = builder.step("open the folder", Syscall.OPENAT, Open.AT_FDCWD, builder.string(folder), flags, 0)
                .result();
        builder.step("put it where the message names it", Syscall.DUP3, opened, RESULT, Open.O_CLOEXEC);
        builder.step("close the extra fd", Syscall.CLOSE, opened);
        // Who has a single id can't change groups.
        builder.step("have no other groups", Syscall.SETGROUPS, 0, 0).mayFail();
        // The real ids stay the user's. By them the kernel counts what a process has in flight, see unix(7): the root
        // of a container, who may be the same, uses none of it up. And a FUSE is open only to who mounted it in all
        // ids.
        builder.step("become root's group", Syscall.SETRESGID, SAME, 0, SAME);
        builder.step("become root", Syscall.SETRESUID, SAME, 0, SAME);
        builder.step("hide", Syscall.PRCTL, Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), 0);
        Arg rights = builder.words(
                "{SCM_RIGHTS, [" + RESULT + "]}", CMSG_HEADER + NUMBER, SOL_SOCKET | ((long) SCM_RIGHTS << 32), RESULT);
        Arg byteToSend = builder.words("[byte]", word, 1);
        Arg message = builder.words("{control=" + rights + "}", 0, 0, byteToSend, 1, rights, CMSG_HEADER + NUMBER, 0);
        builder.step("hand the folder over", Syscall.SENDMSG, socket, message, MSG_NOSIGNAL);
        builder.step("close it", Syscall.CLOSE, RESULT);
    }

    private Arg replying(
            ProgramBuilder builder,
            String what,
            Arg socket,
            ProgramBuilder.Label end,
            Object control,
            int controlSize) {
        Arg message = builder.words("{reply}", 0, 0, room, 2, control, controlSize, 0);
        return builder.step(what, Syscall.SENDMSG, socket, message, MSG_NOSIGNAL)
                .onError(end)
                .result();
    }
}
