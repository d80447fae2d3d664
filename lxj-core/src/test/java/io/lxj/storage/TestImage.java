package io.lxj.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** A small image in a state folder, made with the JDK's own means. */
final class TestImage {
    private TestImage() {}

    /** Makes the image; returns the folder of its files. */
    static Path make(StateFolder state, String name) throws IOException {
        Path rootfs = Files.createDirectories(
                state.path().resolve("images").resolve(name).resolve("rootfs"));
        for (String folder : List.of("etc", "usr/bin", "var/lib", "tmp")) {
            Files.createDirectories(rootfs.resolve(folder));
        }
        Files.writeString(rootfs.resolve("etc/hostname"), "image\n");
        Files.writeString(rootfs.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(rootfs.resolve("usr/bin/tool"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(rootfs, PosixFilePermissions.fromString("rwxr-xr-x"));
        return rootfs;
    }
}
