package io.lxj.lifecycle;

import io.lxj.linux.Architecture;
import io.lxj.linux.Block;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import io.lxj.linux.Scratch;
import io.lxj.plan.ExecSpec;
import io.lxj.plan.NotExecuted;
import java.util.Optional;

/** What is written to the standard error of a command that could not be executed, as a shell would. */
final class ExecMessage {
    /** How much of a script the kernel looks at for its interpreter, see execve(2). */
    private static final int HEAD = 256;

    private ExecMessage() {}

    /** Looks at the file below a root for the reason; it may have changed meanwhile, and another reason be told. */
    static byte[] of(ExecSpec spec, NotExecuted failure, RootDir root) {
        String text =
                "lxj: exec in " + spec.container() + ": " + shown(spec.argv().get(0)) + ": ";
        if (failure.path().isEmpty()) {
            return FileName.bytes(text + "command not found\n");
        }
        String errno = failure.errno()
                .map(known -> known.name() + " (" + known.text() + ")")
                .orElse("unknown error");
        String path = failure.path().get();
        String absolute = path.startsWith("/") ? path : spec.workingDirectory() + "/" + path;
        String why = failure.errno()
                .map(known -> why(known, FileName.bytes(absolute), root))
                .orElse("");
        return FileName.bytes(text + "not executable: " + errno + why + "\n");
    }

    /** As shells do, but for what a terminal would act upon. */
    private static String shown(String name) {
        return name.chars().anyMatch(Character::isISOControl) ? FileName.quote(FileName.bytes(name)) : name;
    }

    private static String why(Errno errno, byte[] path, RootDir root) {
        try {
            if (root.stat(path, true).isDirectory()) {
                return "; it is a folder";
            }
            Optional<String> interpreter = interpreter(root, path);
            return switch (errno) {
                case ENOENT ->
                    "; the " + interpreter.map(name -> "interpreter " + name).orElse("loader")
                            + " that it names is missing";
                case EACCES ->
                    interpreter
                            .map(name -> "; it, or its interpreter " + name + ", may not be executed")
                            .orElse("");
                case ENOEXEC ->
                    "; it is no program for " + Architecture.current().machine()
                            + ", and no script, which begins with #! and an interpreter";
                default -> "";
            };
        } catch (LinuxException e) {
            // It is gone meanwhile, or nothing that can be looked at.
            return "";
        }
    }

    /** The interpreter of a script, quoted: the container may have written anything there. */
    private static Optional<String> interpreter(RootDir root, byte[] path) throws LinuxException {
        byte[] head;
        // Looked at before it is opened: to open a device may do something to it.
        try (Fd pinned = root.open(path, Open.O_PATH, 0)) {
            if (!pinned.stat().isRegular()) {
                return Optional.empty();
            }
            try (Fd file = pinned.reopen(Open.O_RDONLY | Open.O_NONBLOCK | Open.O_NOCTTY);
                    Scratch scratch = Scratch.open()) {
                Block block = scratch.block(HEAD);
                head = new byte[file.read(block, 0, HEAD)];
                block.buffer().get(0, head);
            }
        }
        String text = FileName.string(head);
        if (!text.startsWith("#!")) {
            return Optional.empty();
        }
        String line = text.substring(2).split("\n", 2)[0].strip();
        return Optional.of(FileName.quote(FileName.bytes(line.split("[ \t]", 2)[0])));
    }
}
