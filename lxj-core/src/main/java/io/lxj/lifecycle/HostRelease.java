package io.lxj.lifecycle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
                return new HostRelease(content, parse(new String(content, StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // The next place; a host without the file is shown as Linux, as os-release(5) has it.
                continue;
            }
        }
        return new HostRelease("ID=linux\n".getBytes(StandardCharsets.US_ASCII), Map.of("ID", "linux"));
    }

    private static Map<String, String> parse(String text) {
        Map<String, String> fields = new TreeMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0 && line.charAt(0) != '#') {
                String value = line.substring(equals + 1);
                boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
                fields.put(line.substring(0, equals), quoted ? value.substring(1, value.length() - 1) : value);
            }
        });
        return fields;
    }
}
