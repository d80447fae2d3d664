package io.lxj.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * The names and numbers of all system calls that Linux has, for every way into the kernel. {@link Syscall} has those that
 * lxj makes itself; here are the others too, because a filter must have an answer for each. Read from a table that is
 * part of this module, once. Immutable and thread-safe.
 */
public final class SyscallNumbers {
    private static final String TABLE = "syscalls.txt";
    private static final SyscallAbi[] COLUMNS = {
        SyscallAbi.X86_64, SyscallAbi.X32, SyscallAbi.I386, SyscallAbi.AARCH64, SyscallAbi.ARM
    };

    private final Map<String, Integer> numbers = new HashMap<>(512);
    private final TreeMap<Integer, String> names = new TreeMap<>();

    private SyscallNumbers() {}

    /** In a class of its own, so that it is read only when somebody asks. */
    private static final class Tables {
        static final Map<SyscallAbi, SyscallNumbers> BY_ABI = new EnumMap<>(SyscallAbi.class);
        static final Set<String> NAMES = new HashSet<>(1024);

        static {
            for (SyscallAbi abi : COLUMNS) {
                BY_ABI.put(abi, new SyscallNumbers());
            }
            try (InputStream table = SyscallNumbers.class.getResourceAsStream(TABLE);
                    BufferedReader reader =
                            new BufferedReader(new InputStreamReader(table, StandardCharsets.US_ASCII))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (!line.startsWith("#")) {
                        add(line);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(TABLE, e);
            }
        }

        private Tables() {}

        private static void add(String line) {
            int at = line.indexOf(' ');
            String name = line.substring(0, at);
            NAMES.add(name);
            for (SyscallAbi abi : COLUMNS) {
                int end = line.indexOf(' ', at + 1);
                end = end < 0 ? line.length() : end;
                if (line.charAt(at + 1) != '-') {
                    int number = Integer.parseInt(line, at + 1, end, 10);
                    BY_ABI.get(abi).numbers.put(name, number);
                    BY_ABI.get(abi).names.put(number, name);
                }
                at = end;
            }
        }
    }

    /**
     * The calls of a way into the kernel.
     *
     * @param abi the way
     * @return its names and numbers
     */
    public static SyscallNumbers of(SyscallAbi abi) {
        return Tables.BY_ABI.get(abi);
    }

    /**
     * Whether any way into the kernel has a call of this name.
     *
     * @param name the name as in section 2 of the manual
     * @return whether it is known
     */
    public static boolean isKnown(String name) {
        return Tables.NAMES.contains(name);
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
