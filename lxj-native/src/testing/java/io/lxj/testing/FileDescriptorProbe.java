package io.lxj.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Open file descriptors of this JVM, by what they refer to: a number says nothing, since it is used again. What the JVM
 * opens by itself, and what lxj opens once per JVM and keeps, is left out.
 */
final class FileDescriptorProbe implements Probe {
    private static final Pattern KEPT_BY_DESIGN = Pattern.compile(String.join(
            "|",
            ".*\\.(jar|jmod|so)( \\(deleted\\))?",
            ".*/lib/modules",
            "/dev/u?random",
            "/proc/\\d+/fd", // the listing itself
            ".*/ffi\\w{6} \\(deleted\\)|/memfd:libffi.*", // where JNA's libffi keeps its trampolines
            "/memfd:lxj-stage.*")); // the launch program, written once

    @Override
    public String kind() {
        return "open file";
    }

    @Override
    public List<String> look() throws IOException {
        return Host.list(Path.of("/proc/self/fd")).stream()
                .map(ProcessProbe::link)
                .flatMap(Optional::stream)
                .filter(target -> !KEPT_BY_DESIGN.matcher(target).matches())
                .sorted()
                .toList();
    }
}
