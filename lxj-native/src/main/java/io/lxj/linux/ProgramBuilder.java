package io.lxj.linux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Composes a {@link SyscallProgram}, step by step. Not thread-safe. */
public final class ProgramBuilder {
    private static final int PR_SET_DUMPABLE = 4;
    private static final byte[] ZEROS = new byte[8];

    private final List<String> fds;
    private final Map<String, Integer> later = new HashMap<>();
    private final List<Added> steps = new ArrayList<>(256);
    private final ByteArrayOutputStream data = new ByteArrayOutputStream(8192);
    // What a program that was finished has of the steps.
    private final List<SyscallProgram.Step> finished = new ArrayList<>(256);

    /** A place in the program that steps can jump to. */
    public static final class Label {
        private int step = -1;

        private Label() {}
    }

    /** A step that was just added. */
    public final class Added {
        private final int index;
        private final String what;
        private final Syscall call;
        private final List<Arg> args;
        private Label next;
        private Label zero;
        private Label error;

        private Added(int index, String what, Syscall call, List<Arg> args) {
            this.index = index;
            this.what = what;
            this.call = call;
            this.args = args;
        }

        /**
         * Where the step is in the program.
         *
         * @return its position, from 0
         */
        public int index() {
            return index;
        }

        /**
         * What the call will return, as an argument for later steps.
         *
         * @return the argument
         */
        public Arg result() {
            return new Arg(
                    SyscallProgram.address(index) + SyscallProgram.RESULT, true, () -> "result of " + (index + 1));
        }

        /**
         * Lets the program go on behind this step when the call fails.
         *
         * @return this
         */
        public Added mayFail() {
            return onError(at(index + 1));
        }

        /**
         * Where to go on when the call fails.
         *
         * @param label the place
         * @return this
         */
        public Added onError(Label label) {
            unfinished();
            error = label;
            return this;
        }

        /**
         * Where to go on when the call returns 0.
         *
         * @param label the place
         * @return this
         */
        public Added onZero(Label label) {
            unfinished();
            zero = label;
            return this;
        }

        /**
         * Where to go on when the call returns a positive number.
         *
         * @param label the place
         * @return this
         */
        public Added onPositive(Label label) {
            unfinished();
            next = label;
            return this;
        }

        private void unfinished() {
            if (index < finished.size()) {
                throw new IllegalStateException("step " + (index + 1) + " is in a program that was finished");
            }
        }
    }

    ProgramBuilder(List<String> fds) {
        this.fds = fds;
        step("hide the process from what it will meet", Syscall.PRCTL, Arg.of(PR_SET_DUMPABLE, "PR_SET_DUMPABLE"), 0);
        int above = SyscallProgram.FIRST_FD + fds.size();
        step("keep no other fd", Syscall.CLOSE_RANGE, above, Arg.of(0xFFFFFFFFL, "~0"), 0);
    }

    private static Label at(int step) {
        Label label = new Label();
        label.step = step;
        return label;
    }

    /**
     * Adds a step.
     *
     * @param what what it is for: an infinitive that completes "can't ..."
     * @param call the system call
     * @param args up to six, each an {@link Arg} or a number
     * @return the step
     * @throws ProgramTooLongException if there is no room for it
     */
    public Added step(String what, Syscall call, Object... args) {
        if (args.length > 6) {
            throw new IllegalArgumentException("more than 6 arguments: " + what);
        }
        if (steps.size() == SyscallProgram.MAX_STEPS) {
            throw new ProgramTooLongException(SyscallProgram.MAX_STEPS);
        }
        Arg[] list = new Arg[args.length];
        for (int i = 0; i < args.length; i++) {
            list[i] = args[i] instanceof Arg arg ? arg : Arg.of(((Number) args[i]).longValue());
        }
        Added step = new Added(steps.size(), what, call, List.of(list));
        steps.add(step);
        return step;
    }

    /**
     * A label that is to be placed later.
     *
     * @return the label
     */
    public Label label() {
        return new Label();
    }

    /**
     * A label for the next step.
     *
     * @return the label
     */
    public Label here() {
        return at(steps.size());
    }

    /**
     * Places a label before the next step.
     *
     * @param label the label
     */
    public void place(Label label) {
        label.step = steps.size();
    }

    /**
     * Names an fd that isn't inherited: a step of the program puts it at a number.
     *
     * @param name no fd has it yet
     * @param number where it will be
     * @return the number as an argument
     */
    public Arg name(String name, int number) {
        if (fds.contains(name) || later.putIfAbsent(name, number) != null) {
            throw new IllegalArgumentException("there is an fd named " + name + " already");
        }
        return fd(name);
    }

    /**
     * The number of an fd that is inherited, or that was named.
     *
     * @param name as given to {@link SyscallProgram#builder} or {@link #name}
     * @return the argument
     */
    public Arg fd(String name) {
        int index = fds.indexOf(name);
        Integer number = index < 0 ? later.get(name) : Integer.valueOf(SyscallProgram.FIRST_FD + index);
        if (number == null) {
            throw new IllegalArgumentException("no fd named " + name + "; there are " + fds + " and " + later);
        }
        return Arg.of(number, "<" + name + ">");
    }

    /** Every item starts at a multiple of 8. */
    private long allocate(byte[] bytes) {
        return allocate(bytes, -bytes.length & 7);
    }

    private long allocate(byte[] bytes, int zeros) {
        long address = SyscallProgram.BASE + SyscallProgram.DATA + data.size();
        data.writeBytes(bytes);
        data.write(ZEROS, 0, zeros);
        if (data.size() > SyscallProgram.CAPACITY - SyscallProgram.DATA) {
            throw new IllegalArgumentException(
                    "arguments and environment of more than " + SyscallProgram.CAPACITY + " bytes");
        }
        return address;
    }

    /**
     * Stores a string.
     *
     * @param text encoded as {@link FileName#bytes(String)} does
     * @return its address
     */
    public Arg string(String text) {
        return string(FileName.bytes(text));
    }

    /**
     * Stores a string.
     *
     * @param bytes without NUL
     * @return its address
     */
    public Arg string(byte[] bytes) {
        long address = allocate(bytes, ZEROS.length - (bytes.length & 7));
        return new Arg(address, false, () -> FileName.quote(bytes));
    }

    /**
     * Stores bytes, for a struct.
     *
     * @param bytes any bytes
     * @param text how it is shown
     * @return its address
     */
    public Arg bytes(byte[] bytes, String text) {
        return new Arg(allocate(bytes), false, () -> text);
    }

    /**
     * Stores 64-bit words, for a struct or an array of pointers.
     *
     * @param text how it is shown
     * @param words each an {@link Arg} (its value) or a number
     * @return its address
     */
    public Arg words(String text, Object... words) {
        return words(() -> text, words);
    }

    private Arg words(Supplier<String> text, Object... words) {
        ByteBuffer buffer = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (Object word : words) {
            buffer.putLong(word instanceof Arg a ? a.value() : ((Number) word).longValue());
        }
        return new Arg(allocate(buffer.array()), false, text);
    }

    /**
     * Stores an array of strings that ends in a null pointer, as execve(2) wants it.
     *
     * @param strings each encoded as {@link FileName#bytes(String)} does
     * @return its address
     */
    public Arg strings(List<String> strings) {
        List<String> copy = List.copyOf(strings);
        return strings(strings, () -> copy.stream()
                .map(s -> FileName.quote(FileName.bytes(s)))
                .toList()
                .toString());
    }

    /**
     * The same for strings that aren't for everybody's eyes.
     *
     * @param strings each encoded as {@link FileName#bytes(String)} does
     * @param text how the array is shown
     * @return its address
     */
    public Arg strings(List<String> strings, Supplier<String> text) {
        Object[] pointers = new Object[strings.size() + 1];
        for (int i = 0; i < strings.size(); i++) {
            pointers[i] = string(strings.get(i));
        }
        pointers[strings.size()] = 0;
        return words(text, pointers);
    }

    /**
     * Reserves zeroed memory that a call writes to.
     *
     * @param length in bytes
     * @param text how it is shown
     * @return its address
     */
    public Arg space(int length, String text) {
        return new Arg(allocate(new byte[length]), false, () -> text);
    }

    /**
     * The value that will stand in memory when a step is run.
     *
     * @param address where, as {@link #space} returned it
     * @return an argument of 64 bits
     */
    public Arg valueAt(Arg address) {
        return new Arg(address.value(), true, () -> "*" + address.text());
    }

    /**
     * Finishes the beginning of a program: for a process that does so much before it is known what comes next. It waits
     * for the JVM, and goes on to the first step that is added after this. See {@link Spawned#complete}.
     *
     * @return the beginning, with which the whole program will begin
     */
    public SyscallProgram beginning() {
        return build(steps.size());
    }

    /**
     * Finishes the program.
     *
     * @return the program
     */
    public SyscallProgram build() {
        return build(steps.size() - 1);
    }

    private SyscallProgram build(int last) {
        for (int i = finished.size(); i < steps.size(); i++) {
            Added step = steps.get(i);
            finished.add(new SyscallProgram.Step(
                    step.what,
                    step.call,
                    step.args,
                    target(step.next, i + 1, last),
                    target(step.zero, i + 1, last),
                    target(step.error, -1, last)));
        }
        return new SyscallProgram(finished, fds, data.toByteArray());
    }

    private static int target(Label label, int otherwise, int last) {
        if (label == null) {
            return otherwise;
        }
        if (label.step < 0 || label.step > last) {
            throw new IllegalStateException("a label leads to no step");
        }
        return label.step;
    }
}
