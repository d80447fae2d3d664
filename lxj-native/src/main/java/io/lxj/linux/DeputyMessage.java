package io.lxj.linux;

import io.lxj.linux.jna.NativeMemory;
import java.nio.charset.StandardCharsets;

/** One call that a {@link Deputy} makes, and its result. Used by one thread, while nobody else asks the deputy. */
final class DeputyMessage {
    private static final String FDS = "/proc/self/fd/";
    private static final int IOVEC = DeputyExchange.IOVEC;
    private static final int MAX_PIECES = 8;
    // Their fd is no directory.
    private static final DelegatedCall SETTING =
            DelegatedCall.of(Syscall.FSCONFIG, false).orElseThrow();
    private static final DelegatedCall WATCH =
            DelegatedCall.of(Syscall.INOTIFY_ADD_WATCH, false).orElseThrow();

    private final DeputyProgram program;
    private final Scratch scratch;
    private final DelegatedCall delegated;
    private final Block pieces;
    private final int[] carried = new int[DeputyProgram.CARRIED];
    private int count;
    private int carrying;
    private int length = DeputyProgram.REPLY;
    private long output;
    private int outputLength;

    DeputyMessage(DeputyProgram program, Scratch scratch, Syscall call, DelegatedCall delegated, long[] values) {
        long[] arguments = delegated.fitting(values);
        this.program = program;
        this.scratch = scratch;
        this.delegated = delegated;
        this.pieces = scratch.block(MAX_PIECES * IOVEC);
        Block step = scratch.zeroed(SyscallProgram.STEP_SIZE);
        Block reply = scratch.zeroed(DeputyProgram.REPLY);
        piece(step.address(), SyscallProgram.STEP_SIZE);
        piece(reply.address(), DeputyProgram.REPLY);
        step.buffer().putLong(0, call.number(Architecture.current()));
        for (int i = 0; i < 6; i++) {
            step.buffer().putLong(8 + 8 * i, argument(i, arguments));
        }
        long success = delegated.returnsFd() ? program.withFd : program.withNumber;
        step.buffer()
                .putLong(SyscallProgram.RESULT + 8, success)
                .putLong(SyscallProgram.RESULT + 16, success)
                .putLong(SyscallProgram.RESULT + 24, program.withNumber);
        reply.buffer()
                .putLong(0, program.result)
                .putLong(8, 8)
                .putLong(16, outputLength == 0 ? program.room.value() : output(arguments))
                .putLong(24, outputLength);
    }

    private void piece(long address, int size) {
        pieces.buffer().putLong(count * IOVEC, address).putLong(count * IOVEC + 8, size);
        count++;
    }

    private long argument(int index, long[] arguments) {
        long value = arguments[index];
        switch (delegated.kind(index)) {
            case 'f':
                return carry((int) value);
            case 's':
                return value == 0 ? 0 : send(value, NativeMemory.length(value) + 1);
            case 'p':
                return value == 0 ? 0 : path(value, delegated.kind(0) == 'f' && (int) arguments[0] >= 0);
            case 'i':
                return value == 0 ? 0 : send(value, delegated.length(arguments));
            case 'o':
                output = value;
                outputLength = value == 0 ? 0 : delegated.length(arguments);
                return outputLength == 0 ? 0 : output(arguments);
            default:
                return value;
        }
    }

    /** The result is written to the end of the room, whatever else is sent. */
    private long output(long[] arguments) {
        return program.room.value() + DeputyProgram.ROOM - ((delegated.length(arguments) + 7) & ~7);
    }

    private long carry(int fd) {
        if (fd < 0) {
            return fd;
        }
        carried[carrying] = fd;
        return DeputyProgram.FIRST_CARRIED + carrying++;
    }

    private long send(long address, int size) {
        long there = program.room.value() + length;
        piece(address, size);
        length += size;
        return there;
    }

    /**
     * A path through an fd of this process leads through the one that the deputy has in its place. What is looked up
     * below a directory stays what it is: it is the name of a file, and may be anybody's choice.
     */
    private long path(long address, boolean below) {
        int size = NativeMemory.length(address);
        if (below && delegated != SETTING && delegated != WATCH || size < FDS.length()) {
            return send(address, size + 1);
        }
        byte[] bytes = new byte[size];
        NativeMemory.view(address, size).get(bytes);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        StringBuilder changed = new StringBuilder();
        int done = 0;
        for (int at = text.indexOf(FDS); at >= 0; at = text.indexOf(FDS, done)) {
            int end = at + FDS.length();
            while (end < text.length() && Character.isDigit(text.charAt(end))) {
                end++;
            }
            int fd = Integer.parseInt(text.substring(at + FDS.length(), end));
            changed.append(text, done, at).append(FDS).append(carry(fd));
            done = end;
        }
        changed.append(text.substring(done));
        byte[] sent = changed.toString().getBytes(StandardCharsets.ISO_8859_1);
        return send(scratch.string(sent), sent.length + 1);
    }

    long exchange(UnixSocket socket) {
        return new DeputyExchange(socket, scratch)
                .run(pieces, count, carried, carrying, output, outputLength, delegated.returnsFd());
    }
}
