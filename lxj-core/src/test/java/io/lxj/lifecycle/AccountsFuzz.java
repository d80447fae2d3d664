package io.lxj.lifecycle;

import io.lxj.config.Command;
import io.lxj.config.Group;
import io.lxj.config.User;
import io.lxj.error.NotFoundException;
import io.lxj.linux.Fd;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** /etc/passwd and /etc/group of a container, by which a command's user is looked up; a NUL is between the two. */
public final class AccountsFuzz {
    private static final Path ETC = Path.of("root", "etc");
    private static final List<Command> COMMANDS = List.of(
            Command.of("id").user(User.named("alice")),
            Command.of("id").user(User.named("root")).group(Group.named("staff")),
            Command.of("id").user(User.id(1000, 1000)));

    private AccountsFuzz() {}

    public static List<byte[]> seeds() {
        return List.of(
                ("root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1001:A:/home/alice:/bin/sh\n\0"
                                + "root:x:0:\nstaff:x:50:alice,bob\nalice:x:1001:\n")
                        .getBytes(StandardCharsets.US_ASCII),
                "alice:x:-1:4294967295::::\n:::::::\n\0staff::+5:\n".getBytes(StandardCharsets.US_ASCII));
    }

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        int split = 0;
        while (split < input.length && input[split] != 0) {
            split++;
        }
        Files.createDirectories(ETC);
        Files.write(ETC.resolve("passwd"), Arrays.copyOf(input, split));
        Files.write(ETC.resolve("group"), Arrays.copyOfRange(input, Math.min(split + 1, input.length), input.length));
        try (RootDir root = new RootDir(Fd.open(ETC.getParent(), Open.O_PATH | Open.O_DIRECTORY, 0))) {
            Accounts accounts = Accounts.read("web", root);
            for (Command command : COMMANDS) {
                try {
                    check(accounts.of(command));
                } catch (NotFoundException e) {
                    // As documented.
                }
            }
        }
    }

    private static void check(Accounts.Identity identity) {
        // Minus one stands for "don't change" to setuid(2) and its kin, and so isn't an id.
        if (identity.uid() == -1 || identity.gid() == -1 || identity.groups().contains(-1)) {
            throw new AssertionError("no id: " + identity);
        }
        identity.home().ifPresent(home -> {
            if (!home.startsWith("/") || home.contains("\n")) {
                throw new AssertionError("no home folder: " + identity);
            }
        });
    }
}
