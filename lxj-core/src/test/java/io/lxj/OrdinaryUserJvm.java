package io.lxj;

import io.lxj.config.Command;
import io.lxj.config.Config;
import io.lxj.config.Group;
import io.lxj.config.SeccompProfile;
import io.lxj.config.Security;
import io.lxj.config.State;
import io.lxj.error.LxjException;
import io.lxj.testing.TestRootfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Runs a container as whoever runs this, and says what came of it. */
public final class OrdinaryUserJvm {
    private OrdinaryUserJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("lxj-ordinary").resolve("state");
        try (Lxj lxj = Lxj.open(folder)) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Container container = lxj.containers().create("own", Config.ofImage("busybox"));
            container.files().write("/root/before", "text\n".getBytes(StandardCharsets.UTF_8));
            container.start();
            System.out.print(container
                    .exec("sh", "-c", "id -u; cat /root/before; echo x >/dev/null; readlink /proc/1/exe")
                    .stdout());
            container.files().write("/root/after", "later\n".getBytes(StandardCharsets.UTF_8));
            System.out.print(container.exec("cat", "/root/after").stdout());
            Container keyless = lxj.containers()
                    .create(
                            "keyless",
                            Config.ofImage("busybox")
                                    .security(Security.DEFAULT.seccomp(
                                            SeccompProfile.standard().deny("add_key", "request_key", "keyctl"))));
            System.out.println("without keys: " + container.seccompFilter().equals(keyless.seccompFilter()));
            keyless.destroy();
            SeccompProfile stricter = SeccompProfile.standard().deny("ptrace");
            Container untraced = lxj.containers()
                    .create("untraced", Config.ofImage("busybox").security(Security.DEFAULT.seccomp(stricter)));
            Container both = lxj.containers()
                    .create(
                            "both",
                            Config.ofImage("busybox")
                                    .security(Security.DEFAULT.seccomp(
                                            stricter.deny("add_key", "request_key", "keyctl"))));
            System.out.println(
                    "neither with others: " + untraced.seccompFilter().equals(both.seccompFilter()));
            untraced.destroy();
            both.destroy();
            Path pushed = Files.createDirectory(folder.resolveSibling("pushed"));
            Files.writeString(pushed.resolve("file"), "mine\n");
            Files.copy(
                    Path.of(System.getenv("LXJ_TEST_PROGRAM")),
                    pushed.resolve("namespaces"),
                    StandardCopyOption.COPY_ATTRIBUTES);
            container.files().push(pushed, "/root/pushed");
            System.out.print(container
                    .exec("sh", "-c", "stat -c %u:%g /root/pushed/file; cat /root/pushed/file")
                    .stdout());
            long most = Long.parseLong(
                    container.exec("sh", "-c", "ulimit -Hn").stdout().strip());
            String own = Files.readAllLines(Path.of("/proc/self/limits")).stream()
                    .filter(line -> line.startsWith("Max open files"))
                    .findFirst()
                    .orElseThrow()
                    .split(" {2,}")[2];
            System.out.println("fewer files: " + (most < Long.parseLong(own) && most > Long.parseLong(own) / 2));
            // Where the JVM is in a cgroup of root's, others of this user's may be below it.
            System.out.print("cgroups: "
                    + container
                            .exec(
                                    "sh",
                                    "-c",
                                    "ls /sys/fs/cgroup; echo; mount -t cgroup2 none /mnt 2>/dev/null; echo mount: $?")
                            .stdout());
            System.out.print(container.exec("/root/pushed/namespaces").stdout());
            refused(() -> container.exec(Command.of("id").groups(List.of(Group.id(7)))));
            refused(container::freeze);
            refused(() -> lxj.containers().create("p", Config.ofImage("busybox").privileged()));
            container.stop();
            System.out.println(container.state() == State.STOPPED ? "stopped" : "still there");
            System.out.print(new String(container.files().read("/root/after"), StandardCharsets.UTF_8));
            container.destroy();
            lxj.images().get("busybox").delete();
        }
        System.out.println("left: " + Files.list(folder.resolve("containers")).count());
    }

    private static void refused(Runnable action) {
        try {
            action.run();
            System.out.println("not refused");
        } catch (LxjException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
