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

    private static final String SET = "set sysctl ";

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
        return SET + name + " to " + value;
    }

    static String opening(String name) {
        return "open sysctl " + name;
    }

    /** First, as far as they can be, those that change others or what others may be; then all of them, for good. */
    void set(Arg proc, Map<String, String> sysctls) {
        if (sysctls.size() > 1) {
            LEADING.stream().filter(sysctls::containsKey).forEach(name -> write(
                            proc, "begin with sysctl ", name, sysctls.get(name))
                    .forEach(ProgramBuilder.Added::mayFail));
        }
        sysctls.forEach((name, value) -> {
            if (name.equals(DOMAIN_NAME)) {
                // The file in /proc is the host's root's in every user namespace.
                byte[] text = value.getBytes(StandardCharsets.UTF_8);
                program.step(setting(name, value), Syscall.SETDOMAINNAME, program.bytes(text, value), text.length);
                return;
            }
            write(proc, SET, name, value);
        });
    }

    private List<ProgramBuilder.Added> write(Arg proc, String doing, String name, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        ProgramBuilder.Added opened = program.step(
                doing.equals(SET) ? opening(name) : doing + name,
                Syscall.OPENAT,
                proc,
                program.string(path(name)),
                Arg.of(Open.O_WRONLY | Open.O_CLOEXEC | Open.O_NOFOLLOW, "O_WRONLY|O_CLOEXEC|O_NOFOLLOW"),
                0);
        Arg file = opened.result();
        return List.of(
                opened,
                program.step(
                        doing.equals(SET) ? setting(name, value) : doing + name,
                        Syscall.WRITE,
                        file,
                        program.bytes(text, value),
                        text.length),
                program.step("close it", Syscall.CLOSE, file));
    }
}
