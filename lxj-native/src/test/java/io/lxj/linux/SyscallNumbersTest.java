package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.NeedsCommand;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyscallNumbersTest {
    /** Not in the headers of Debian 12, though their numbers are low. */
    private static final Set<String> LATE = Set.of("uretprobe", "uprobe");
    /** What asm/unistd.h of aarch64 defines before it includes the generic header. */
    private static final String AARCH64 = "#define __ARCH_WANT_RENAMEAT\\n#define __ARCH_WANT_SET_GET_RLIMIT\\n"
            + "#define __ARCH_WANT_SYS_CLONE3\\n#define __ARCH_WANT_MEMFD_SECRET\\n#define __ARCH_WANT_NEW_STAT\\n";

    @Test
    void callsThatLxjMakesHaveTheSameNumbersInBothTables() {
        for (Syscall call : Syscall.values()) {
            if (call == Syscall.GETSID) {
                assertThat(SyscallNumbers.of(SyscallAbi.X86_64).number("getsid"))
                        .hasValue(124);
                continue;
            }
            assertThat(SyscallNumbers.of(SyscallAbi.X86_64).number(call.manName()))
                    .as(call.manName())
                    .hasValue(call.number(Architecture.X86_64));
            assertThat(SyscallNumbers.of(SyscallAbi.AARCH64).number(call.manName()))
                    .as(call.manName())
                    .hasValue(call.number(Architecture.AARCH64));
        }
    }

    /** The headers may be older or newer than the table: what both have has to agree, and old calls must be in both. */
    @ParameterizedTest
    @NeedsCommand("gcc")
    @CsvSource({
        "X86_64, asm/unistd_64.h, 0",
        "X32, asm/unistd_x32.h, 1073741824",
        "I386, asm/unistd_32.h, 0",
        "AARCH64, asm-generic/unistd.h, 0"
    })
    void numbersAreThoseOfTheHeaders(SyscallAbi abi, String header, int bit) throws IOException {
        Map<String, Integer> numbers = header(header, bit);
        numbers.keySet().removeAll(Set.of("arch_specific_syscall", "syscalls"));
        assertThat(numbers).hasSizeGreaterThan(300);
        SyscallNumbers table = SyscallNumbers.of(abi);
        numbers.forEach((name, number) -> {
            if (number <= 471) {
                assertThat(table.number(name)).as(name).hasValue(number);
            }
        });
        table.names().forEach((number, name) -> {
            if (number <= 450 && !LATE.contains(name)) {
                assertThat(numbers).as(name).containsEntry(name, number);
            }
        });
    }

    private static Map<String, Integer> header(String header, int bit) throws IOException {
        Process gcc = new ProcessBuilder(
                        "sh",
                        "-c",
                        "printf '" + AARCH64
                                + "#define __X32_SYSCALL_BIT 0x40000000\\n#define __SYSCALL(a, b)\\n#include <" + header
                                + ">\\n' | gcc -E -dD -")
                .redirectErrorStream(true)
                .start();
        String text = new String(gcc.getInputStream().readAllBytes());
        assertThat(gcc.onExit().join().exitValue()).as(text).isZero();
        Map<String, Integer> numbers = new TreeMap<>();
        Pattern define = Pattern.compile("#define __NR(3264)?_(\\w+) +\\(?(?:__X32_SYSCALL_BIT \\+ )?(\\d+)\\)?");
        for (String line : text.lines().toList()) {
            Matcher matcher = define.matcher(line);
            if (matcher.matches()) {
                String name = matcher.group(2);
                numbers.put(name.equals("fstatat") ? "newfstatat" : name, Integer.parseInt(matcher.group(3)));
            }
        }
        return numbers;
    }

    @Test
    void everyWayIntoTheKernelHasItsOwnNumbers() {
        assertThat(SyscallNumbers.of(SyscallAbi.I386).number("socketcall")).hasValue(102);
        assertThat(SyscallNumbers.of(SyscallAbi.X86_64).number("socketcall")).isEmpty();
        assertThat(SyscallNumbers.of(SyscallAbi.X32).number("ioctl")).hasValue(514);
        assertThat(SyscallNumbers.of(SyscallAbi.ARM).number("cacheflush")).hasValue(983042);
        for (SyscallAbi abi : EnumSet.allOf(SyscallAbi.class)) {
            assertThat(SyscallNumbers.of(abi).number("execve")).isPresent();
            assertThat(SyscallNumbers.of(abi).number("clone3")).hasValue(435);
        }
    }

    @Test
    void aNameIsKnownIfAnyWayHasIt() {
        assertThat(List.of("read", "socketcall", "stime", "listns")).allMatch(SyscallNumbers::isKnown);
        assertThat(List.of("", "READ", "readd", "#")).noneMatch(SyscallNumbers::isKnown);
    }
}
