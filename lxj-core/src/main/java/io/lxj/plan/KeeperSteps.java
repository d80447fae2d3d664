package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.ProgramBuilder.Label;
import io.lxj.linux.Syscall;
import java.util.List;

/**
 * The keeper: the stage that stays as the parent of an init that may outlive the JVM. It copies the console's output to
 * console.log, rotates that file when it is full, and writes the init's wait status to a file when it has ended. It is
 * a loop of system calls in some kilobytes of memory.
 */
final class KeeperSteps {
    private static final int MASTER_NUMBER = FdNames.KEEPER_MASTER_NUMBER;
    /** The keeper's own end of the console, which keeps the master from reporting a hang-up. */
    private static final int SLAVE_NUMBER = 101;

    private static final List<Integer> STREAMS = List.of(1, 2);
    private static final int PIDFD_NUMBER = 102;
    private static final int LOG_NUMBER = 103;
    private static final int NOTIFY_NUMBER = FdNames.KEEPER_NOTIFY_NUMBER;

    static final List<String> FDS =
            List.of(FdNames.KEEPER, FdNames.RECORDED, FdNames.EXIT, FdNames.LOG, FdNames.LOG_FOLDER);

    /** siginfo_t, as waitid(2) fills it. */
    private static final int SIGINFO_SIZE = 128;

    private static final int BUFFER = 4096;
    private static final long TIOCGPTPEER = 0x5441;
    private static final int P_PIDFD = 3;
    private static final int WEXITED = 4;
    private static final int SIGKILL = 9;
    private static final int SEEK_DATA = 3;
    private static final int POLLIN = 1;
    private static final int F_SETFL = 4;
    private static final int PR_SET_NAME = 15;

    private final ProgramBuilder program;
    private final LaunchSpec.LogSpec log;
    private final ProcessSpec process;
    private final Arg pidfd;

    KeeperSteps(ProgramBuilder program, LaunchSpec.LogSpec log, ProcessSpec process, Arg pidfd) {
        this.program = program;
        this.log = log;
        this.process = process;
        this.pidfd = program.valueAt(pidfd);
    }

    void run() {
        Label abandon = program.label();
        Label loop = program.label();
        takeOver(abandon);
        loop(loop);
        program.place(abandon);
        program.step("end the init that nobody knows of", Syscall.PIDFD_SEND_SIGNAL, pidfd, SIGKILL, 0, 0)
                .mayFail();
        program.step("note that it gave up", Syscall.PWRITE64, program.fd(FdNames.EXIT), program.string("?"), 1, 0)
                .mayFail();
        program.step("leave", Syscall.EXIT_GROUP, 1);
    }

    /** Gets the console's master from the init, and goes on once the JVM has the container on record. */
    private void takeOver(Label abandon) {
        program.step("name the keeper", Syscall.PRCTL, Arg.of(PR_SET_NAME, "PR_SET_NAME"), program.string("lxj-keeper"))
                .mayFail();
        for (int number : STREAMS) {
            // Whoever reads what the JVM wrote would wait for its end as long as the container runs.
            program.step("let go of the JVM's output", Syscall.CLOSE, number).mayFail();
        }
        program.step("leave the init's end of the console's socket", Syscall.CLOSE, program.fd(FdNames.CONSOLE));
        FdMessage.Received received =
                FdMessage.receive(program, "get the console and the notify socket", program.fd(FdNames.KEEPER), 2);
        received.step().onZero(abandon).onError(abandon);
        program.step("keep the master", Syscall.DUP3, received.fds().get(0), MASTER_NUMBER, Open.O_CLOEXEC)
                .onError(abandon);
        program.step("keep the notify socket", Syscall.DUP3, received.fds().get(1), NOTIFY_NUMBER, Open.O_CLOEXEC)
                .onError(abandon);
        int flags = Open.O_RDWR | Open.O_NOCTTY | Open.O_CLOEXEC;
        Arg slave = program.step(
                        "open the other end", Syscall.IOCTL, MASTER_NUMBER, Arg.of(TIOCGPTPEER, "TIOCGPTPEER"), flags)
                .onError(abandon)
                .result();
        program.step("keep the other end", Syscall.DUP3, slave, SLAVE_NUMBER, Open.O_CLOEXEC)
                .onError(abandon);
        program.step("keep the init's pidfd", Syscall.DUP3, pidfd, PIDFD_NUMBER, Open.O_CLOEXEC)
                .onError(abandon);
        program.step("keep the log", Syscall.DUP3, program.fd(FdNames.LOG), LOG_NUMBER, Open.O_CLOEXEC)
                .onError(abandon);
        program.step(
                        "never wait for the console",
                        Syscall.FCNTL,
                        MASTER_NUMBER,
                        Arg.of(F_SETFL, "F_SETFL"),
                        Arg.of(Open.O_RDWR | Open.O_NONBLOCK, "O_RDWR|O_NONBLOCK"))
                .onError(abandon);
        ProgramEnd end = new ProgramEnd(program);
        end.letGoOf(List.of(FdNames.KEEPER));
        ExecPlan.letGoOfSurroundings(end, process);
        program.step("report", Syscall.CLOSE, program.fd(FdNames.REPORT));
        program.step(
                        "wait until the container is on record",
                        Syscall.READ,
                        program.fd(FdNames.RECORDED),
                        program.space(8, "byte"),
                        1)
                .onZero(abandon)
                .onError(abandon);
    }

    private void loop(Label loop) {
        Label write = program.label();
        Label check = program.label();
        Label idle = program.label();
        Label ended = program.label();
        Arg buffer = program.space(BUFFER, "buffer");
        Arg both = program.words("[console, init]", poll(MASTER_NUMBER), poll(PIDFD_NUMBER));
        Arg init = program.words("[init]", poll(PIDFD_NUMBER));
        Arg now = program.words("{0, 0}", 0, 0);

        program.place(loop);
        program.step("wait for output or the end", Syscall.PPOLL, both, 2, 0, 0, 8)
                .onError(loop);
        Arg count = program.step("read the console", Syscall.READ, MASTER_NUMBER, buffer, BUFFER)
                .onPositive(check)
                .onError(idle)
                .onZero(idle)
                .result();

        // A loop without arithmetic learns so that the log is full: there is data where a whole buffer would end too
        // late.
        program.place(check);
        program.step(
                        "see whether the log is full",
                        Syscall.LSEEK,
                        LOG_NUMBER,
                        Math.max(0, log.maxBytes() - BUFFER),
                        Arg.of(SEEK_DATA, "SEEK_DATA"))
                .onError(write);
        rotate();
        program.place(write);
        program.step("log it", Syscall.WRITE, LOG_NUMBER, buffer, count)
                .onPositive(loop)
                .onZero(loop)
                .onError(loop);

        program.place(idle);
        program.step("see whether the init has ended", Syscall.PPOLL, init, 1, now, 0, 8)
                .onPositive(ended)
                .onZero(loop)
                .onError(loop);

        program.place(ended);
        Arg status = program.space(SIGINFO_SIZE, "status");
        program.step("reap the init", Syscall.WAITID, Arg.of(P_PIDFD, "P_PIDFD"), PIDFD_NUMBER, status, WEXITED, 0)
                .onError(program.here());
        program.step("note how it ended", Syscall.PWRITE64, program.fd(FdNames.EXIT), status, SIGINFO_SIZE, 0)
                .mayFail();
        program.step("leave", Syscall.EXIT_GROUP, 0);
    }

    private static long poll(int fd) {
        return fd | ((long) POLLIN << 32);
    }

    private void rotate() {
        Arg folder = program.fd(FdNames.LOG_FOLDER);
        for (int i = log.rotations(); i >= 1; i--) {
            String from = i == 1 ? "console.log" : "console.log." + (i - 1);
            program.step(
                            "rotate " + from,
                            Syscall.RENAMEAT2,
                            folder,
                            program.string(from),
                            folder,
                            program.string("console.log." + i),
                            0)
                    .mayFail();
        }
        if (log.rotations() == 0) {
            program.step("drop the full log", Syscall.UNLINKAT, folder, program.string("console.log"), 0)
                    .mayFail();
        }
        Label end = program.label();
        int flags = Open.O_WRONLY | Open.O_CREAT | Open.O_APPEND | Open.O_NOFOLLOW | Open.O_CLOEXEC;
        Arg file = program.step(
                        "open a new log",
                        Syscall.OPENAT,
                        folder,
                        program.string("console.log"),
                        Arg.of(flags, "O_WRONLY|O_CREAT|O_APPEND|O_NOFOLLOW|O_CLOEXEC"),
                        Arg.of(0600, "0600"))
                .onError(end)
                .result();
        program.step("log there", Syscall.DUP3, file, LOG_NUMBER, Open.O_CLOEXEC)
                .mayFail();
        program.step("close the extra fd", Syscall.CLOSE, file).mayFail();
        program.place(end);
    }
}
