package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.linux.Architecture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** What can be told before anything is made: that an image can't be started here, and why. */
final class StartChecks {
    private static final Path BINFMT_MISC = Path.of("/proc/sys/fs/binfmt_misc");

    /** What QEMU, and its handlers with it, call a machine that uname(2) calls otherwise. */
    private static final Map<String, String> HANDLERS = Map.of("armv7l", "arm", "i686", "i386", "mips64", "mips64el");

    private StartChecks() {}

    static void check(String container, Config config, ImageInfo image) {
        if (config.init().isEmpty() && image.init().isEmpty()) {
            String missing = image.warnings().isEmpty() ? "" : " (" + String.join("; ", image.warnings()) + ")";
            throw new LxjException(Failure.of("start " + container, "image " + image.name() + " has no init" + missing)
                    .hint("say what to run with Config.init(...)"));
        }
        String here = Architecture.current().machine();
        String there = image.architecture().orElse(here);
        if (!there.equals(here) && !alsoRuns(here, there) && !emulated(BINFMT_MISC, there)) {
            throw new UnsupportedHostException(
                    "start " + container + ": image " + image.name() + " is for " + there + ", this machine is " + here,
                    "enabled binfmt_misc handler for " + there + " with the flag F",
                    "install qemu-user-static and binfmt-support, or use an image for " + here);
        }
    }

    /** A kernel of 64 bits runs programs of 32 bits, too, see CONFIG_IA32_EMULATION; Debian's does. */
    private static boolean alsoRuns(String here, String there) {
        return here.equals("x86_64") && there.equals("i686");
    }

    /** A handler with the F flag has its interpreter open already, so that it works in a container too. */
    static boolean emulated(Path folder, String machine) {
        String name = HANDLERS.getOrDefault(machine, machine);
        try (Stream<Path> handlers = Files.list(folder)) {
            return handlers.filter(handler -> handler.getFileName().toString().endsWith("-" + name))
                    .anyMatch(StartChecks::isUsable);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isUsable(Path handler) {
        try {
            String text = Files.readString(handler, StandardCharsets.UTF_8);
            return text.startsWith("enabled")
                    && text.lines().anyMatch(line -> line.startsWith("flags:") && line.contains("F"));
        } catch (IOException e) {
            return false;
        }
    }
}
