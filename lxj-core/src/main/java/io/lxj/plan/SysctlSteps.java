package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Sets the kernel's settings for the container's namespaces, through its own procfs before anything covers it. */
final class SysctlSteps {
    private static final String DOMAIN_NAME = "kernel.domainname";

    private final ProgramBuilder program;

    SysctlSteps(ProgramBuilder program) {
        this.program = program;
    }

    /** As in sysctl(8), a slash in a name stands for a dot in the name of a file. */
    private static String path(String name) {
        StringBuilder path = new StringBuilder("sys/");
        for (char c : name.toCharArray()) {
            path.append(c == '.' ? '/' : c == '/' ? '.' : c);
        }
        return path.toString();
    }

    static String setting(String name, String value) {
        return "set sysctl " + name + " to " + value;
    }

    static String opening(String name) {
        return "open sysctl " + name;
    }

    void set(Arg proc, Map<String, String> sysctls) {
        sysctls.forEach((name, value) -> {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            if (name.equals(DOMAIN_NAME)) {
                // The file in /proc is the host's root's in every user namespace.
                program.step(setting(name, value), Syscall.SETDOMAINNAME, program.bytes(text, value), text.length);
                return;
            }
            Arg file = program.step(
                            opening(name),
                            Syscall.OPENAT,
                            proc,
                            program.string(path(name)),
                            Arg.of(Open.O_WRONLY | Open.O_CLOEXEC | Open.O_NOFOLLOW, "O_WRONLY|O_CLOEXEC|O_NOFOLLOW"),
                            0)
                    .result();
            program.step(setting(name, value), Syscall.WRITE, file, program.bytes(text, value), text.length);
            program.step("close it", Syscall.CLOSE, file);
        });
    }
}
