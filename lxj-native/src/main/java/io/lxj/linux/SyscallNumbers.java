package io.lxj.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names and numbers of all system calls that Linux has, for every way into the kernel. {@link Syscall} has those that
 * lxj makes itself; here are the others too, because a filter must have an answer for each. Read from a table that is
 * part of this module, once. Immutable and thread-safe.
 */
public final class SyscallNumbers {
    private static final String TABLE = "syscalls.txt";

    private final Map<String, Integer> numbers = new HashMap<>(1024);
    private final TreeMap<Integer, String> names = new TreeMap<>();

    private SyscallNumbers() {}

    /** In a class of its own, so that it is read only when somebody asks, and then only what is asked for. */
    private static final class Tables {
        static final String[] LINES = read();
        static final Map<String, String> BY_NAME = byName();
        static final Map<SyscallAbi, SyscallNumbers> BY_ABI = new ConcurrentHashMap<>();

        private Tables() {}

        private static String[] read() {
            try (InputStream table = SyscallNumbers.class.getResourceAsStream(TABLE)) {
                return new String(table.readAllBytes(), StandardCharsets.ISO_8859_1).split("\n");
            } catch (IOException e) {
                throw new UncheckedIOException(TABLE, e);
            }
        }

        private static Map<String, String> byName() {
            Map<String, String> lines = new HashMap<>(1024);
            for (String line : LINES) {
                lines.put(line.substring(0, line.indexOf(' ')), line);
            }
            return lines;
        }
    }

    /** The columns of the table are in the order of the constants. */
    private static SyscallNumbers read(SyscallAbi abi) {
        SyscallNumbers read = new SyscallNumbers();
        for (String line : Tables.LINES) {
            if (line.charAt(0) == '#') {
                continue;
            }
            int name = line.indexOf(' ');
            int at = name;
            for (int column = 0; column < abi.ordinal(); column++) {
                at = line.indexOf(' ', at + 1);
            }
            int end = line.indexOf(' ', at + 1);
            if (line.charAt(at + 1) != '-') {
                read.add(line.substring(0, name), Integer.parseInt(line, at + 1, end < 0 ? line.length() : end, 10));
            }
        }
        return read;
    }

    private void add(String name, int number) {
        numbers.put(name, number);
        names.put(number, name);
    }

    /**
     * The calls of a way into the kernel.
     *
     * @param abi the way
     * @return its names and numbers
     */
    public static SyscallNumbers of(SyscallAbi abi) {
        SyscallNumbers known = Tables.BY_ABI.get(abi);
        if (known == null) {
            known = read(abi);
            Tables.BY_ABI.put(abi, known);
        }
        return known;
    }

    /**
     * Whether any way into the kernel has a call of this name.
     *
     * @param name the name as in section 2 of the manual
     * @return whether it is known
     */
    public static boolean isKnown(String name) {
        return Tables.BY_NAME.containsKey(name) && !name.startsWith("#");
    }

    /**
     * The number of a call.
     *
     * @param name its name
     * @return the number, without {@link SyscallAbi#bit()}; empty if this way into the kernel has no such call
     */
    public OptionalInt number(String name) {
        Integer number = numbers.get(name);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /**
     * All calls.
     *
     * @return their names by number, in the order of the numbers, unmodifiable
     */
    public Map<Integer, String> names() {
        return Collections.unmodifiableMap(names);
    }
}
