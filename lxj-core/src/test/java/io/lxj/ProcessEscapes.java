package io.lxj;

import static io.lxj.linux.CloneFlags.CLONE_NEWCGROUP;
import static io.lxj.linux.CloneFlags.CLONE_NEWNET;

import io.lxj.EscapeAttempt.Answers;
import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Attempts to get at processes of the host and of other containers, and at what they share with others. */
final class ProcessEscapes extends EscapeTopic {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;

    private ProcessEscapes() {}

    static List<EscapeAttempt> on(EscapeAttempts.Host host) {
        ProcessEscapes all = new ProcessEscapes();
        all.processes(host);
        all.communication(host);
        return all.attempts();
    }

    private void processes(EscapeAttempts.Host host) {
        String topic = "processes";
        Answers none = Answers.of("ESRCH");
        for (long pid : List.of(host.pid(), host.neighbour())) {
            String whose = pid == host.pid() ? "the host" : "another container";
            add(topic, "kill a process of " + whose, none, program -> program.step("kill", Syscall.KILL, pid, 0));
            add(
                    topic,
                    "trace a process of " + whose,
                    none,
                    program -> program.step("attach", Syscall.PTRACE, 16, pid, 0, 0));
            add(
                    topic,
                    "open a pidfd of a process of " + whose,
                    none,
                    program -> program.step("open", Syscall.PIDFD_OPEN, pid, 0));
            add(topic, "read the memory of a process of " + whose, none, program -> {
                Arg buffer = program.space(8, "bytes");
                program.step(
                        "read",
                        Syscall.PROCESS_VM_READV,
                        pid,
                        program.words("local", buffer, 8),
                        1,
                        program.words("remote", 0x400000, 8),
                        1,
                        0);
            });
        }
        add(topic, "trace the parent, whatever it is", none, program -> {
            Arg parent =
                    program.step("ask", Syscall.GETPPID).onZero(program.here()).result();
            program.step("attach", Syscall.PTRACE, 16, parent, 0, 0);
        });
        for (int fd = 3; fd < 6; fd++) {
            long number = fd;
            add(
                    topic,
                    "join namespaces by a descriptor " + fd + " that was left open",
                    Answers.of("EBADF"),
                    program -> program.step("join", Syscall.SETNS, number, CLONE_NEWNET | CLONE_NEWCGROUP));
        }
        harmless(
                topic,
                "push input into the terminal of whoever started it",
                Answers.of("EPERM"),
                program -> program.step("push", Syscall.IOCTL, 1, Arg.of(0x5412, "TIOCSTI"), program.string("x")));
        add(
                topic,
                "push input into the console of the host",
                Answers.of("EPERM"),
                program -> program.step("push", Syscall.IOCTL, 1, Arg.of(0x541c, "TIOCLINUX"), program.string("\3")));
        add(
                topic,
                "have what is written to the console of the host",
                Answers.of("EPERM"),
                program -> program.step("take", Syscall.IOCTL, 1, Arg.of(0x541d, "TIOCCONS"), 0));
        harmless(
                topic, "use a key of the host's root", Answers.of("ENOKEY"), program -> searchKey(program, host.key()));
        add(
                topic,
                "use a key of another container's root",
                Answers.of("ENOKEY"),
                program -> searchKey(program, host.neighbourKey()));
    }

    /** KEYCTL_SEARCH in the user's keyring. */
    static void searchKey(ProgramBuilder program, String name) {
        program.step("search", Syscall.KEYCTL, 10, -4, program.string("user"), program.string(name), 0);
    }

    private void communication(EscapeAttempts.Host host) {
        String topic = "communication";
        Answers none = Answers.of("ENOENT");
        add(topic, "connect to a Unix socket of the host", none, program -> connect(program, host.socket(), false));
        add(
                topic,
                "connect to an abstract Unix socket of the host",
                Answers.of("ECONNREFUSED"),
                program -> connect(program, host.abstractSocket(), true));
        add(topic, "attach shared memory of the host", none, program -> attach(program, host.sharedMemory()));
        add(
                topic,
                "attach shared memory of another container",
                none,
                program -> attach(program, host.neighbourSharedMemory()));
    }

    static void attach(ProgramBuilder program, int key) {
        Arg id = program.step("find", Syscall.SHMGET, key, 0, 0).result();
        program.step("attach", Syscall.SHMAT, id, 0, 010000);
    }

    private static void connect(ProgramBuilder program, String name, boolean inAbstract) {
        Arg socket =
                program.step("open", Syscall.SOCKET, AF_UNIX, SOCK_STREAM, 0).result();
        byte[] path = name.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer address = ByteBuffer.allocate(3 + path.length).order(ByteOrder.LITTLE_ENDIAN);
        address.putShort((short) AF_UNIX);
        if (inAbstract) {
            address.put((byte) 0);
        }
        address.put(path);
        int length = inAbstract ? address.capacity() : address.capacity() - 1;
        program.step("connect", Syscall.CONNECT, socket, program.bytes(address.array(), name), length);
    }
}
