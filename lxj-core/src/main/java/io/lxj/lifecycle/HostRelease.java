package io.lxj.lifecycle;

import io.lxj.image.OsReleaseFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the host is, as os-release(5) says.
 *
 * @param content the file
 * @param fields its fields without quotes
 */
record HostRelease(byte[] content, Map<String, String> fields) {
    private static final List<Path> PLACES = List.of(Path.of("/etc/os-release"), Path.of("/usr/lib/os-release"));

    /** Read once: what the host was when this JVM first asked. */
    static HostRelease get() {
        return Holder.RELEASE;
    }

    private static final class Holder {
        static final HostRelease RELEASE = read();
    }

    private static HostRelease read() {
        for (Path place : PLACES) {
            try {
                byte[] content = Files.readAllBytes(place);
                return new HostRelease(content, OsReleaseFile.fields(new String(content, StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // The next place; a host without the file is shown as Linux, as os-release(5) has it.
                continue;
            }
        }
        return new HostRelease("ID=linux\n".getBytes(StandardCharsets.US_ASCII), Map.of("ID", "linux"));
    }
}
