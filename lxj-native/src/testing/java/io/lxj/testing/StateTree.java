package io.lxj.testing;

import io.lxj.linux.Deputy;
import io.lxj.linux.Directory;
import io.lxj.linux.DirectoryEntry;
import io.lxj.linux.FileName;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes what was a state folder. The files of an ordinary user's containers belong to ids that are the user's in a user
 * namespace only, so that rm(1) can't remove them.
 */
public final class StateTree {
    private StateTree() {}

    /** Removes a tree as a whole. */
    public static void remove(Path tree) throws IOException {
        // Names may not be UTF-8, so that no walk of Java's can do it.
        if (removesAll(tree)) {
            return;
        }
        empty(tree);
        Files.delete(tree);
    }

    /** Removes all that is in a folder. */
    public static void empty(Path folder) throws IOException {
        File[] entries = folder.toFile().listFiles();
        List<Path> left = new ArrayList<>();
        for (File entry : entries == null ? new File[0] : entries) {
            if (!removesAll(entry.toPath())) {
                left.add(entry.toPath());
            }
        }
        if (left.isEmpty()) {
            return;
        }
        try (Deputy deputy = Deputy.start(folder, new OwnIds());
                Directory own = new Directory(deputy.folder().duplicate())) {
            for (DirectoryEntry entry : own.list()) {
                own.removeTree(entry.name());
            }
        }
    }

    /** What is in a folder, sorted; as a deputy of this user sees it, if the user can't look into it. */
    public static List<String> names(Path folder) throws IOException {
        if (Files.isReadable(folder)) {
            return Host.list(folder).stream()
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        }
        // Its parent is the user's own.
        try (Deputy deputy = Deputy.start(folder.getParent(), new OwnIds());
                Directory parent = new Directory(deputy.folder().duplicate());
                Directory own =
                        parent.openDirectory(FileName.bytes(folder.getFileName().toString()))) {
            return own.list().stream().map(DirectoryEntry::string).sorted().toList();
        }
    }

    private static boolean removesAll(Path tree) throws IOException {
        try {
            return Host.run("rm", "-r", "-f", "--one-file-system", "--", tree.toString())
                            .waitFor()
                    == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + tree + " was removed", e);
        }
    }
}
