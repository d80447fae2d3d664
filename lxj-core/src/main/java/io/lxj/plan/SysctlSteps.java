package io.lxj.plan;

import io.lxj.linux.Arg;
import io.lxj.linux.Open;
import io.lxj.linux.ProgramBuilder;
import io.lxj.linux.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Sets the kernel's settings for the container's namespaces, through its own procfs before anything covers it. */
final class SysctlSteps {
    private static final String DOMAIN_NAME = "kernel.domainname";

    /** With one of the first two, routing changes what redirects are taken and what every interface does. */
    private static final List<String> LEADING =
            List.of("net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding", "net.ipv4.ip_unprivileged_port_start");

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

    /** First, as far as they can be, those that change others or what others may be; then all of them, for good. */
    void set(Arg proc, Map<String, String> sysctls) {
        begin(proc, sysctls);
        sysctls.forEach((name, value) -> set(proc, name, value));
    }

    /** The same, but with all of them, whether the kernel takes the others or not. */
    void attempt(Arg proc, Map<String, String> sysctls) {
        begin(proc, sysctls);
        sysctls.forEach((name, value) -> set(proc, name, value).forEach(ProgramBuilder.Added::mayFail));
    }

    private void begin(Arg proc, Map<String, String> sysctls) {
        if (sysctls.size() > 1) {
            for (String name : LEADING) {
                if (sysctls.containsKey(name)) {
                    begin(proc, name, sysctls.get(name));
                }
            }
        }
    }

    private List<ProgramBuilder.Added> set(Arg proc, String name, String value) {
        if (name.equals(DOMAIN_NAME)) {
            // The file in /proc is the host's root's in every user namespace.
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            return List.of(
                    program.step(setting(name, value), Syscall.SETDOMAINNAME, program.bytes(text, value), text.length));
        }
        ProgramBuilder.Added file = open(opening(name), proc, name);
        return List.of(file, write(setting(name, value), file, value), close(file));
    }

    private void begin(Arg proc, String name, String value) {
        String doing = "begin with sysctl " + name;
        ProgramBuilder.Added file = open(doing, proc, name).mayFail();
        write(doing, file, value).mayFail();
        close(file).mayFail();
    }

    private ProgramBuilder.Added open(String what, Arg proc, String name) {
        return program.step(
                what,
                Syscall.OPENAT,
                proc,
                program.string(path(name)),
                Arg.of(Open.O_WRONLY | Open.O_CLOEXEC | Open.O_NOFOLLOW, "O_WRONLY|O_CLOEXEC|O_NOFOLLOW"),
                0);
    }

    private ProgramBuilder.Added write(String what, ProgramBuilder.Added file, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        return program.step(what, Syscall.WRITE, file.result(), program.bytes(text, value), text.length);
    }

    private ProgramBuilder.Added close(ProgramBuilder.Added file) {
        return program.step("close it", Syscall.CLOSE, file.result());
    }
}
