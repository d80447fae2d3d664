package io.lxj.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/** Makes folders that JUnit is able to remove, whatever lxj has put into them. */
final class StateFolderFactory implements TempDirFactory {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(StateFolderFactory.class);

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
        Path folder = Files.createTempDirectory("junit-state");
        AutoCloseable emptied = () -> StateTree.empty(folder);
        // Closed before JUnit's own, which was put there before and waits for this one.
        context.getStore(NAMESPACE).put(folder, emptied);
        return folder;
    }
}
