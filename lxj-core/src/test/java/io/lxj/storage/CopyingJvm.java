package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import io.lxj.linux.TreeCopy;
import java.nio.file.Path;

/** Copies a folder, and says so. */
final class CopyingJvm {
    private CopyingJvm() {}

    /** The arguments: a folder, and the names in it of the original and of the copy. */
    public static void main(String[] arguments) throws Exception {
        try (Directory parent = new Directory(Fd.open(Path.of(arguments[0]), Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
            TreeCopy.copy(
                    parent,
                    FileName.bytes(arguments[1]),
                    parent,
                    FileName.bytes(arguments[2]),
                    attribute -> true,
                    bytes -> {});
        }
        System.out.println("copied");
    }
}
