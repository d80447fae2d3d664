package io.lxj.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The resolv.conf of the host, as far as it is of use elsewhere. Thread-safe. */
public final class HostResolver {
    private static final int LIMIT = 64 * 1024;
    private static final String NAME_SERVER = "nameserver";

    private final List<Path> candidates;

    /**
     * A resolver that reads these files.
     *
     * @param candidates the files, best first; one that is missing is passed over
     */
    public HostResolver(List<Path> candidates) {
        this.candidates = List.copyOf(candidates);
    }

    /**
     * The resolver of the running host. Where /etc/resolv.conf names only a server on the host's own loopback, such as
     * the stub of systemd-resolved, the file that it keeps of the servers behind it is of more use.
     *
     * @return the resolver
     */
    public static HostResolver ofHost() {
        return new HostResolver(List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf")));
    }

    /**
     * The content for a container's resolv.conf.
     *
     * @return the first file with a name server beyond the loopback; if none has one, the first file; empty if there is
     *     no file
     * @throws IOException if a file can't be read
     */
    public Optional<byte[]> read() throws IOException {
        Optional<byte[]> first = Optional.empty();
        for (Path candidate : candidates) {
            Optional<byte[]> content = read(candidate);
            if (content.map(HostResolver::isOfUseElsewhere).orElse(false)) {
                return content;
            }
            first = first.or(() -> content);
        }
        return first;
    }

    private static Optional<byte[]> read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(in.readNBytes(LIMIT));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    // resolv.conf(5): a keyword at the start of a line, then blanks or tabs, then the value.
    private static boolean isOfUseElsewhere(byte[] content) {
        return new String(content, StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> line.startsWith(NAME_SERVER))
                .map(line -> line.substring(NAME_SERVER.length()).strip())
                .anyMatch(address -> !address.isEmpty() && !address.startsWith("127.") && !address.equals("::1"));
    }
}
