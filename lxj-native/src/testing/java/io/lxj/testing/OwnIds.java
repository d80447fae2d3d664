package io.lxj.testing;

import io.lxj.linux.Deputy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All ids that this user has in /etc/subuid and /etc/subgid, from 0 on, and the user's own, {@link #USER}. */
public final class OwnIds implements Deputy.Ids {
    /** What the user is in the namespace. */
    public static final int USER = 2_000_000_000;

    /** The first id on disk: root's in the namespace. */
    public static long first() throws IOException {
        return Long.parseLong(lines("/etc/subuid").get(0)[1]);
    }

    private static List<String[]> lines(String file) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .map(line -> line.split(":"))
                .filter(line -> line[0].equals(System.getProperty("user.name")))
                .toList();
    }

    @Override
    public void map(int pid) throws IOException {
        run("newgidmap", "/etc/subgid", "-g", pid);
        run("newuidmap", "/etc/subuid", "-u", pid);
    }

    private static void run(String program, String file, String own, int pid) throws IOException {
        List<String> command = new ArrayList<>(List.of(program, Integer.toString(pid)));
        long inside = 0;
        for (String[] line : lines(file)) {
            command.addAll(List.of(Long.toString(inside), line[1], line[2]));
            inside += Long.parseLong(line[2]);
        }
        Process id = new ProcessBuilder("id", own).start();
        String number = new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        command.addAll(List.of(Integer.toString(USER), number, "1"));
        Process process = Host.run(command.toArray(String[]::new));
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }

    @Override
    public long count() {
        return 65_536;
    }
}
