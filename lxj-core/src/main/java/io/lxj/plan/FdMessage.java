package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;

/**
 * The message by which an init hands two fds to whoever looks after the container: the master of its console, and the
 * socket on which it says that it has booted. See unix(7) for SCM_RIGHTS and cmsg(3) for the layout.
 */
final class FdMessage {
    /** The number of the console's master while it is sent. */
    static final int MASTER_NUMBER = 100;
    /** The number of the notify socket while it is sent. */
    static final int NOTIFY_NUMBER = 101;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    /** struct cmsghdr of 16 bytes and two numbers of 4. */
    private static final int CONTROL_SIZE = 24;

    private FdMessage() {}

    /**
     * What was received, as arguments for later steps.
     *
     * @param step the step that receives
     * @param master the console's master
     * @param notifySocket the notify socket
     */
    record Received(ProgramBuilder.Added step, Arg master, Arg notifySocket) {}

    static void send(ProgramBuilder program, Arg socket) {
        Arg control = program.words(
                "{SCM_RIGHTS, [" + MASTER_NUMBER + ", " + NOTIFY_NUMBER + "]}",
                CONTROL_SIZE,
                SOL_SOCKET | ((long) SCM_RIGHTS << 32),
                MASTER_NUMBER | ((long) NOTIFY_NUMBER << 32));
        program.step(
                "hand the console and the notify socket over", Syscall.SENDMSG, socket, message(program, control), 0);
    }

    static Received receive(ProgramBuilder program, Arg socket) {
        // Longer than the message: a number is read as 64 bits, of which the kernel looks at 32.
        Arg control = program.space(CONTROL_SIZE + 8, "control");
        ProgramBuilder.Added step = program.step(
                "get the console and the notify socket",
                Syscall.RECVMSG,
                socket,
                message(program, control),
                Arg.of(MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"));
        return new Received(step, program.valueAt(control.plus(16)), program.valueAt(control.plus(20)));
    }

    /** struct msghdr with one byte of data. */
    private static Arg message(ProgramBuilder program, Arg control) {
        Arg iov = program.words("iov", program.space(8, "byte"), 1);
        return program.words("{control=" + control + "}", 0, 0, iov, 1, control, CONTROL_SIZE, 0);
    }
}
