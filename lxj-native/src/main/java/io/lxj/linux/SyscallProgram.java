package io.lxj.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A list of system calls as data: what a child process does, composed by Java, run by the {@link Stage}. It can be printed, compared and checked without running it. Immutable and thread-safe.
 *
 * <p>The memory that the stage maps begins with the address of the first step; then come the steps, 96 bytes each, and
 * from {@link #DATA} on strings, structs and space for results. Everything has its final address from the beginning.
 */
public final class SyscallProgram {
    /** Where the stage maps the plan. */
    public static final long BASE = 0x10_0000_0000L;
    /** How much it maps, in bytes. */
    public static final int CAPACITY = 16 * 1024 * 1024;
    /** Where the data begins, from the base. Memory that no step is written to is never there. */
    public static final int DATA = 0x100000;
    /** The number of the first inherited fd; the others follow it. */
    public static final int FIRST_FD = 3;
    /** The result of a step that hasn't been run. */
    public static final long NOT_RUN = Long.MIN_VALUE;

    static final int FIRST_STEP = 64;
    static final int STEP_SIZE = 96;
    static final int RESULT = 64;
    /** The rest of the steps' room is for those of a stage that waits for its program. */
    static final int MAX_STEPS = (DATA - 4096 - FIRST_STEP) / STEP_SIZE;

    private final List<Step> steps;
    private final List<String> fds;
    private final byte[] data;

    /**
     * One system call of the program.
     *
     * @param what what it is for, for people
     * @param call the system call
     * @param args up to six arguments
     * @param next the number of the step after a positive result
     * @param zero the number of the step after the result 0
     * @param error the number of the step after an error, or -1 if an error ends the process
     */
    public record Step(String what, Syscall call, List<Arg> args, int next, int zero, int error) {
        /**
         * The call as strace shows it.
         *
         * @return name and arguments
         */
        public String render() {
            return call.manName() + "("
                    + String.join(", ", args.stream().map(Arg::text).toList()) + ")";
        }
    }

    SyscallProgram(List<Step> steps, List<String> fds, byte[] data) {
        this.steps = List.copyOf(steps);
        this.fds = List.copyOf(fds);
        this.data = data;
    }

    /**
     * Begins a program. Its first steps are always the same: the process becomes undumpable, so that nothing in a
     * container that it enters may trace it or look into it (CVE-2016-9962), and every inherited fd but the named ones
     * is closed.
     *
     * @param fds the names of the fds that the process starts with, from {@link #FIRST_FD} on
     * @return a builder
     */
    public static ProgramBuilder builder(String... fds) {
        return new ProgramBuilder(List.of(fds));
    }

    /**
     * The steps in order.
     *
     * @return an immutable list
     */
    public List<Step> steps() {
        return steps;
    }

    /**
     * The names of the fds that must be given when the program is spawned.
     *
     * @return an immutable list, in the order of their numbers
     */
    public List<String> fds() {
        return fds;
    }

    /**
     * The steps as the stage reads them.
     *
     * @param architecture whose system call numbers to use
     * @return the memory from the base on
     */
    public byte[] code(Architecture architecture) {
        ByteBuffer code =
                ByteBuffer.allocate(FIRST_STEP + steps.size() * STEP_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        code.putLong(0, address(0)).position(FIRST_STEP);
        copySteps(0, architecture, code);
        return code.array();
    }

    /** Copies the steps from one on. */
    void copySteps(int from, Architecture architecture, ByteBuffer to) {
        for (int i = from; i < steps.size(); i++) {
            put(to, steps.get(i), architecture);
        }
    }

    /** Puts a step of {@link #STEP_SIZE} bytes at the buffer's position. */
    static void put(ByteBuffer code, Step step, Architecture architecture) {
        long mask = 0;
        int count = step.args().size();
        code.putLong(step.call().number(architecture));
        for (int i = 0; i < 6; i++) {
            if (i < count) {
                Arg arg = step.args().get(i);
                code.putLong(arg.value());
                mask |= arg.indirect() ? 1L << i : 0;
            } else {
                code.putLong(0);
            }
        }
        code.putLong(mask).putLong(NOT_RUN);
        code.putLong(address(step.next())).putLong(address(step.zero()));
        code.putLong(step.error() < 0 ? 0 : address(step.error()));
    }

    /**
     * The strings and structs.
     *
     * @return the memory from base plus {@link #DATA} on
     */
    public byte[] data() {
        return data.clone();
    }

    /** Whether it is what a builder made of another one, as far as that can be told at no cost. */
    boolean beginsWith(SyscallProgram beginning) {
        return fds.equals(beginning.fds)
                && steps.size() >= beginning.steps.size()
                && data.length >= beginning.data.length;
    }

    int dataLength() {
        return data.length;
    }

    /** Copies the data behind that of a program that this one begins with. */
    void copyData(int from, ByteBuffer to) {
        to.put(0, data, from, data.length - from);
    }

    static long address(int step) {
        return BASE + FIRST_STEP + (long) step * STEP_SIZE;
    }

    /** The program like a trace: a line for each step, before it has run. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            text.append(String.format("%3d  %-72s  # %s", i + 1, step.render(), step.what()));
            List<String> jumps = new ArrayList<>();
            if (step.next() != i + 1) {
                jumps.add("then " + (step.next() + 1));
            }
            if (step.zero() != i + 1) {
                jumps.add("if 0 then " + (step.zero() + 1));
            }
            if (step.error() >= 0) {
                jumps.add("on error " + (step.error() + 1));
            }
            if (!jumps.isEmpty()) {
                text.append(" [").append(String.join(", ", jumps)).append(']');
            }
            text.append('\n');
        }
        return text.toString();
    }
}
