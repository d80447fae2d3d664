package io.lxj.testing;

import io.lxj.linux.Architecture;
import io.lxj.linux.SyscallAbi;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * System calls made one after the other by a program of a few instructions, by all ways into the kernel that one of 64 bits
 * has, and what each returned. Needs gcc. Immutable and thread-safe.
 */
public final class RawCalls {
    private static final int SIZE = 1 << 20;
    private static final int CALL = 9 * Long.BYTES;
    private static final int RESULT = 8 * Long.BYTES;

    private static final int SIGSEGV = 11;
    private static final int GETPID_OF_I386 = 20;

    private final byte[] filter;
    private final List<Call> calls;

    /**
     * A call.
     *
     * @param bySoftwareInterrupt whether it is made with {@code int 0x80}, as a 32-bit call
     * @param number its number, with the bit of x32 if it is one of those
     * @param arguments up to six
     */
    public record Call(boolean bySoftwareInterrupt, long number, List<Long> arguments) {}

    /**
     * Calls under a seccomp filter.
     *
     * @param filter an array of {@code struct sock_filter}; empty for none besides those that are there already
     * @param calls the calls
     */
    public RawCalls(byte[] filter, List<Call> calls) {
        this.filter = filter.clone();
        this.calls = List.copyOf(calls);
    }

    /**
     * Builds the program that makes the calls.
     *
     * @param program the file to make
     * @throws IOException if the compiler can't
     */
    public static void build(Path program) throws IOException {
        CProgram.build("calls.c", program, "-nostdlib", "-ffreestanding", "-fno-stack-protector");
    }

    /**
     * The ways into the kernel by which the program makes calls on this machine. A kernel may have none for 32-bit calls: then
     * {@code int 0x80} ends the process, by SIGSEGV.
     *
     * @param folder where to put a program that tries that
     * @return the machine's own way first
     * @throws IOException if the program can't be run
     */
    public static List<SyscallAbi> ways(Path folder) throws IOException {
        if (Architecture.current() != Architecture.X86_64) {
            return List.of(SyscallAbi.AARCH64);
        }
        List<SyscallAbi> ways = new ArrayList<>(SyscallAbi.of(Architecture.X86_64));
        RawCalls getpid = new RawCalls(new byte[0], List.of(new Call(true, GETPID_OF_I386, List.of())));
        int status = getpid.start(folder);
        if (status == 128 + SIGSEGV) {
            ways.remove(SyscallAbi.I386);
        } else if (status != 0) {
            throw new IOException("a 32-bit call ended with " + status);
        }
        return ways;
    }

    /** {@return the file that the program takes as its standard input, opened for reading and writing} */
    public byte[] file() {
        ByteBuffer file = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(filter.length / 8).putLong(calls.size()).put(filter);
        for (Call call : calls) {
            file.putLong(call.bySoftwareInterrupt() ? 1 : 0).putLong(call.number());
            for (int i = 0; i < 6; i++) {
                file.putLong(i < call.arguments().size() ? call.arguments().get(i) : 0);
            }
            file.putLong(Long.MIN_VALUE);
        }
        return file.array();
    }

    /**
     * What the calls returned.
     *
     * @param file the file after the program has run
     * @return a result for each call; the least of all numbers for one that was not reached
     */
    public List<Long> results(byte[] file) {
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        List<Long> results = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            results.add(buffer.getLong(2 * Long.BYTES + filter.length + i * CALL + RESULT));
        }
        return results;
    }

    /**
     * Makes the calls on this machine.
     *
     * @param folder where to put program and file
     * @return a result for each call
     * @throws IOException if they can't be made
     */
    public List<Long> run(Path folder) throws IOException {
        int status = start(folder);
        if (status != 0) {
            throw new IOException("the calls ended with " + status);
        }
        return results(Files.readAllBytes(folder.resolve("file")));
    }

    private int start(Path folder) throws IOException {
        Path program = folder.resolve("calls");
        if (!Files.exists(program)) {
            build(program);
        }
        Path file = folder.resolve("file");
        Files.write(file, file());
        ProcessBuilder calls =
                new ProcessBuilder("sh", "-c", "exec \"$0\" 0<>\"$1\"", program.toString(), file.toString());
        return calls.inheritIO().start().onExit().join().exitValue();
    }
}
