package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.testing.NeedsCommand;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the numbers that stand in this module with those that the C headers of the host have. */
@NeedsCommand("gcc")
class HeadersTest {
    private static final List<String> HEADERS = List.of(
            "stddef.h",
            "stdio.h",
            "errno.h",
            "signal.h",
            "fcntl.h",
            "poll.h",
            "sched.h",
            "sys/epoll.h",
            "sys/inotify.h",
            "sys/ioctl.h",
            "sys/mount.h",
            "sys/prctl.h",
            "sys/socket.h",
            "sys/stat.h",
            "sys/syscall.h",
            "sys/un.h",
            "sys/vfs.h",
            "sys/wait.h",
            "elf.h",
            "asm/termbits.h",
            "linux/bpf.h",
            "linux/fs.h",
            "linux/keyctl.h",
            "linux/magic.h",
            "linux/memfd.h",
            "linux/mount.h",
            "linux/openat2.h",
            "linux/sched.h",
            "linux/stat.h",
            "linux/limits.h");

    // Values of enumerations, which the preprocessor doesn't know.
    private static final Set<String> ENUMERATED = Set.of(
            "FSCONFIG_SET_FLAG",
            "FSCONFIG_SET_STRING",
            "FSCONFIG_SET_PATH",
            "FSCONFIG_SET_FD",
            "FSCONFIG_CMD_CREATE",
            "FSCONFIG_CMD_RECONFIGURE",
            "BPF_PROG_LOAD",
            "BPF_PROG_ATTACH",
            "BPF_PROG_GET_FD_BY_ID",
            "BPF_OBJ_GET_INFO_BY_FD",
            "BPF_PROG_QUERY",
            "BPF_PROG_TYPE_CGROUP_DEVICE",
            "BPF_CGROUP_DEVICE",
            "P_PIDFD",
            "CLD_EXITED",
            "CLD_KILLED",
            "CLD_DUMPED",
            "SCM_RIGHTS",
            "MSG_CTRUNC",
            "MSG_TRUNC",
            "MSG_NOSIGNAL",
            "MSG_CMSG_CLOEXEC",
            "EPOLLONESHOT");

    // Names that mean something else in the headers: these are indexes there, and offsets in the struct here.
    private static final Set<String> OURS = Set.of("VMIN", "VTIME");

    /** Fields of structs, as the code of this module addresses them. */
    private static final String[][] OFFSETS = {
        {"struct statx", "stx_nlink", "16"},
        {"struct statx", "stx_uid", "20"},
        {"struct statx", "stx_gid", "24"},
        {"struct statx", "stx_mode", "28"},
        {"struct statx", "stx_ino", "32"},
        {"struct statx", "stx_size", "40"},
        {"struct statx", "stx_blocks", "48"},
        {"struct statx", "stx_atime.tv_sec", "64"},
        {"struct statx", "stx_atime.tv_nsec", "72"},
        {"struct statx", "stx_mtime.tv_sec", "112"},
        {"struct statx", "stx_mtime.tv_nsec", "120"},
        {"struct statx", "stx_rdev_major", "128"},
        {"struct statx", "stx_rdev_minor", "132"},
        {"struct statx", "stx_dev_major", "136"},
        {"struct statx", "stx_dev_minor", "140"},
        {"struct open_how", "flags", "0"},
        {"struct open_how", "mode", "8"},
        {"struct open_how", "resolve", "16"},
        {"struct pollfd", "events", "4"},
        {"struct pollfd", "revents", "6"},
        {"struct timespec", "tv_nsec", "8"},
        {"siginfo_t", "si_code", "8"},
        {"siginfo_t", "si_pid", "16"},
        {"siginfo_t", "si_status", "24"},
        {"struct msghdr", "msg_iov", "16"},
        {"struct msghdr", "msg_iovlen", "24"},
        {"struct msghdr", "msg_control", "32"},
        {"struct msghdr", "msg_controllen", "40"},
        {"struct msghdr", "msg_flags", "48"},
        {"struct cmsghdr", "cmsg_level", "8"},
        {"struct cmsghdr", "cmsg_type", "12"},
        {"struct iovec", "iov_len", "8"},
        {"struct statfs", "f_type", "0"},
        {"struct winsize", "ws_col", "2"},
        {"struct termios", "c_cc[VTIME]", "22"},
        {"struct termios", "c_cc[VMIN]", "23"},
        {"struct inotify_event", "len", "12"},
        {"struct inotify_event", "name", "16"},
        {"struct mount_attr", "attr_clr", "8"},
        {"struct mount_attr", "propagation", "16"},
        {"struct mount_attr", "userns_fd", "24"},
        {"struct clone_args", "exit_signal", "32"},
        {"struct clone_args", "cgroup", "80"},
        {"union bpf_attr", "insn_cnt", "4"},
        {"union bpf_attr", "insns", "8"},
        {"union bpf_attr", "license", "16"},
        {"union bpf_attr", "log_level", "24"},
        {"union bpf_attr", "log_size", "28"},
        {"union bpf_attr", "log_buf", "32"},
        {"union bpf_attr", "prog_name", "48"},
        {"union bpf_attr", "attach_bpf_fd", "4"},
        {"union bpf_attr", "attach_type", "8"},
        {"union bpf_attr", "attach_flags", "12"},
        {"union bpf_attr", "replace_bpf_fd", "16"},
        {"union bpf_attr", "query.attach_type", "4"},
        {"union bpf_attr", "query.prog_ids", "16"},
        {"union bpf_attr", "query.prog_cnt", "24"},
        {"union bpf_attr", "info.info_len", "4"},
        {"union bpf_attr", "info.info", "8"},
        {"struct bpf_prog_info", "name", "64"},
        {"struct bpf_cgroup_dev_ctx", "major", "4"},
        {"struct bpf_cgroup_dev_ctx", "minor", "8"},
        {"struct bpf_insn", "off", "2"},
        {"struct bpf_insn", "imm", "4"},
        {"struct epoll_event", "data", Integer.toString(Epoll.DATA)},
    };

    private static final String[][] SIZES = {
        {"struct epoll_event", Integer.toString(Epoll.SIZE)},
        {"struct statx", "256"},
        {"struct open_how", "24"},
        {"struct pollfd", "8"},
        {"siginfo_t", "128"},
        {"struct msghdr", "56"},
        {"struct cmsghdr", "16"},
        {"struct statfs", "120"},
        {"struct mount_attr", "32"},
        {"struct bpf_insn", "8"},
        {"struct inotify_event", "16"},
    };

    @TempDir
    Path folder;

    private static void lines(StringBuilder program, String format, String key, String expression) {
        program.append("printf(\"%s ")
                .append(format)
                .append("\\n\", \"")
                .append(key)
                .append("\", ");
        program.append(expression).append(");\n");
    }

    private Map<String, Long> run(String body) throws Exception {
        StringBuilder program = new StringBuilder("#define _GNU_SOURCE\n");
        for (String header : HEADERS) {
            program.append("#if __has_include(<").append(header).append(">)\n");
            program.append("#include <").append(header).append(">\n#endif\n");
        }
        program.append("int main(void) {\n").append(body).append("return 0;\n}\n");
        Path source = Files.writeString(folder.resolve("headers.c"), program);
        Path binary = folder.resolve("headers");
        execute("gcc", "-w", "-o", binary.toString(), source.toString());
        Map<String, Long> values = new TreeMap<>();
        for (String line : execute(binary.toString()).split("\n")) {
            int blank = line.lastIndexOf(' ');
            values.put(line.substring(0, blank), Long.parseLong(line.substring(blank + 1)));
        }
        return values;
    }

    private static String execute(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static List<Field> constants() throws Exception {
        List<Field> constants = new ArrayList<>();
        Path classes = Path.of(
                Fd.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.list(classes.resolve("io/lxj/linux"))) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!name.endsWith(".class") || name.equals("package-info.class")) {
                    continue;
                }
                Class<?> type = Class.forName("io.lxj.linux." + name.substring(0, name.length() - 6));
                for (Field field : type.getDeclaredFields()) {
                    int both = Modifier.STATIC | Modifier.FINAL;
                    boolean number = field.getType() == int.class || field.getType() == long.class;
                    if ((field.getModifiers() & both) == both && number && !field.isSynthetic()) {
                        constants.add(field);
                    }
                }
            }
        }
        return constants;
    }

    private static long value(Field field) throws IllegalAccessException {
        field.setAccessible(true);
        return field.getType() == int.class ? field.getInt(null) : field.getLong(null);
    }

    @Test
    void constantsAreThoseOfTheHeaders() throws Exception {
        List<Field> constants = constants();
        StringBuilder body = new StringBuilder();
        for (Field field : constants) {
            String name = field.getName();
            if (OURS.contains(name)) {
                continue;
            }
            boolean enumerated = ENUMERATED.contains(name);
            body.append(enumerated ? "" : "#ifdef " + name + "\n");
            lines(body, "%lld", name, "(long long) (" + name + ")");
            body.append(enumerated ? "" : "#endif\n");
        }
        Map<String, Long> header = run(body.toString());
        int compared = 0;
        for (Field field : constants) {
            Optional<Long> expected = Optional.ofNullable(header.get(field.getName()));
            if (expected.isPresent()) {
                boolean narrow = field.getType() == int.class;
                assertThat(value(field))
                        .as("%s.%s", field.getDeclaringClass().getSimpleName(), field.getName())
                        .isEqualTo(narrow ? (long) expected.get().intValue() : (long) expected.get());
                compared++;
            }
        }
        assertThat(compared).as("constants that the headers have").isGreaterThan(120);
    }

    @Test
    void systemCallNumbersAreThoseOfTheHeaders() throws Exception {
        StringBuilder body = new StringBuilder();
        for (Syscall call : Syscall.values()) {
            body.append("#ifdef SYS_").append(call.manName()).append("\n");
            lines(body, "%lld", call.manName(), "(long long) SYS_" + call.manName());
            body.append("#endif\n");
        }
        Map<String, Long> header = run(body.toString());
        assertThat(header.size()).isGreaterThan(Syscall.values().length - 10);
        for (Syscall call : Syscall.values()) {
            if (header.containsKey(call.manName())) {
                assertThat((long) call.number(Architecture.current()))
                        .as(call.manName())
                        .isEqualTo(header.get(call.manName()));
            }
        }
    }

    @Test
    void errorsAndSignalsAreThoseOfTheHeaders() throws Exception {
        StringBuilder body = new StringBuilder();
        for (Errno errno : Errno.values()) {
            lines(body, "%lld", errno.name(), "(long long) " + errno.name());
        }
        for (int number = 1; number < 32; number++) {
            String name = new Signal(number).name();
            lines(body, "%lld", name, "(long long) " + name);
        }
        lines(body, "%lld", "SIGRTMIN", "(long long) SIGRTMIN");
        lines(body, "%lld", "SIGRTMAX", "(long long) SIGRTMAX");
        Map<String, Long> header = run(body.toString());
        for (Errno errno : Errno.values()) {
            assertThat((long) errno.number()).as(errno.name()).isEqualTo(header.get(errno.name()));
        }
        for (int number = 1; number < 32; number++) {
            assertThat((long) number).isEqualTo(header.get(new Signal(number).name()));
        }
        assertThat(header).containsEntry("SIGRTMIN", 34L).containsEntry("SIGRTMAX", 64L);
    }

    @Test
    void textsOfErrorsAreThoseOfTheCLibrary() throws Exception {
        StringBuilder program = new StringBuilder("#include <stdio.h>\n#include <string.h>\nint main(void) {\n");
        for (Errno errno : Errno.values()) {
            program.append("puts(strerror(").append(errno.number()).append("));\n");
        }
        Path source = Files.writeString(folder.resolve("texts.c"), program.append("return 0;\n}\n"));
        Path binary = folder.resolve("texts");
        execute("gcc", "-o", binary.toString(), source.toString());
        assertThat(execute(binary.toString()).lines())
                .containsExactlyElementsOf(
                        Stream.of(Errno.values()).map(Errno::text).toList());
    }

    @Test
    void fileSystemTypesAreThoseOfTheHeaders() throws Exception {
        Map<String, FileSystemType> types = Map.ofEntries(
                Map.entry("PROC_SUPER_MAGIC", FileSystemType.PROC),
                Map.entry("SYSFS_MAGIC", FileSystemType.SYSFS),
                Map.entry("TMPFS_MAGIC", FileSystemType.TMPFS),
                Map.entry("RAMFS_MAGIC", FileSystemType.RAMFS),
                Map.entry("DEVPTS_SUPER_MAGIC", FileSystemType.DEVPTS),
                Map.entry("CGROUP_SUPER_MAGIC", FileSystemType.CGROUP),
                Map.entry("CGROUP2_SUPER_MAGIC", FileSystemType.CGROUP2),
                Map.entry("OVERLAYFS_SUPER_MAGIC", FileSystemType.OVERLAY),
                Map.entry("EXT4_SUPER_MAGIC", FileSystemType.EXT4),
                Map.entry("XFS_SUPER_MAGIC", FileSystemType.XFS),
                Map.entry("BTRFS_SUPER_MAGIC", FileSystemType.BTRFS),
                Map.entry("NFS_SUPER_MAGIC", FileSystemType.NFS),
                Map.entry("FUSE_SUPER_MAGIC", FileSystemType.FUSE),
                Map.entry("V9FS_MAGIC", FileSystemType.V9FS),
                Map.entry("NSFS_MAGIC", FileSystemType.NSFS),
                Map.entry("SECURITYFS_MAGIC", FileSystemType.SECURITYFS),
                Map.entry("BPF_FS_MAGIC", FileSystemType.BPF),
                Map.entry("SQUASHFS_MAGIC", FileSystemType.SQUASHFS));
        StringBuilder body = new StringBuilder();
        for (String name : types.keySet()) {
            lines(body, "%lld", name, "(long long) (" + name + ")");
        }
        Map<String, Long> header = run(body.toString());
        types.forEach((name, type) -> assertThat(type.magic()).as(name).isEqualTo(header.get(name)));
    }

    @Test
    void structsAreLaidOutAsTheCodeTakesThem() throws Exception {
        StringBuilder body = new StringBuilder();
        for (String[] field : OFFSETS) {
            lines(body, "%zu", field[0] + "." + field[1], "offsetof(" + field[0] + ", " + field[1] + ")");
        }
        for (String[] size : SIZES) {
            lines(body, "%zu", "sizeof " + size[0], "sizeof(" + size[0] + ")");
        }
        Map<String, Long> header = run(body.toString());
        for (String[] field : OFFSETS) {
            String key = field[0] + "." + field[1];
            assertThat(header.get(key)).as(key).isEqualTo(Long.parseLong(field[2]));
        }
        for (String[] size : SIZES) {
            assertThat(header.get("sizeof " + size[0])).as(size[0]).isEqualTo(Long.parseLong(size[1]));
        }
    }
}
