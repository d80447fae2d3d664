package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Messages that carry fds from one process to another. By one, an init hands what it has made to whoever looks after the
 * container: the master of its console, the socket on which it says that it has booted, and the masters of its other
 * terminals. See unix(7) for SCM_RIGHTS and cmsg(3) for the layout.
 */
final class FdMessage {
    /**
     * The number of the console's master while it is sent: above all that is open by then, and below 1024, which is as
     * many as a process may have open on a host that is frugal.
     */
    static final int MASTER_NUMBER = 900;
    /** The number of the notify socket while it is sent. */
    static final int NOTIFY_NUMBER = MASTER_NUMBER + 1;

    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int HEADER_SIZE = 16;
    private static final int NUMBER_SIZE = 4;

    private FdMessage() {}

    /**
     * What was received, as arguments for later steps.
     *
     * @param step the step that receives
     * @param fds the numbers of what came
     */
    record Received(ProgramBuilder.Added step, List<Arg> fds) {}

    /** The number of a terminal's master while it is sent, from 0 on. */
    static int ttyNumber(int index) {
        return NOTIFY_NUMBER + 1 + index;
    }

    static void send(ProgramBuilder program, Arg socket, int ttys) {
        send(program, "hand the console and the notify socket over", socket, MASTER_NUMBER, ttyNumber(ttys) - 1);
    }

    /** Sends fds whose numbers follow each other, in the order in which they are received. */
    static void send(ProgramBuilder program, String what, Arg socket, int first, int last) {
        int size = HEADER_SIZE + (last - first + 1) * NUMBER_SIZE;
        ByteBuffer control = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        control.putLong(size).putInt(SOL_SOCKET).putInt(SCM_RIGHTS);
        for (int number = first; number <= last; number++) {
            control.putInt(number);
        }
        String rendered = "{SCM_RIGHTS, [" + (first == last ? first : first + " to " + last) + "]}";
        Arg message = message(program, program.bytes(control.array(), rendered), size);
        program.step(what, Syscall.SENDMSG, socket, message, 0);
    }

    /** Waits for so many fds. What doesn't come has no valid number. */
    static Received receive(ProgramBuilder program, String what, Arg socket, int count) {
        int size = HEADER_SIZE + count * NUMBER_SIZE;
        // Longer than the message: a number is read as 64 bits, of which the kernel looks at 32.
        byte[] none = new byte[size + 8];
        Arrays.fill(none, (byte) -1);
        Arg control = program.bytes(none, "control");
        ProgramBuilder.Added step = program.step(
                what,
                Syscall.RECVMSG,
                socket,
                message(program, control, size),
                Arg.of(MSG_CMSG_CLOEXEC, "MSG_CMSG_CLOEXEC"));
        List<Arg> fds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fds.add(program.valueAt(control.plus(HEADER_SIZE + i * NUMBER_SIZE)));
        }
        return new Received(step, fds);
    }

    /** struct msghdr with one byte of data. */
    private static Arg message(ProgramBuilder program, Arg control, int size) {
        Arg iov = program.words("iov", program.space(8, "byte"), 1);
        return program.words("{control=" + control + "}", 0, 0, iov, 1, control, size, 0);
    }
}
