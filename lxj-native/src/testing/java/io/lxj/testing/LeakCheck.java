package io.lxj.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link LeaksNothing} does: it takes a snapshot before, compares after, and reports what is new. */
final class LeakCheck implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(LeakCheck.class);

    static {
        useSockets();
    }

    /** From its first use of a socket on, the JDK keeps one with which it covers those that are closed while in use. */
    private static void useSockets() {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            server.accept().close();
            client.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        takeSnapshot(context, List.of());
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        takeSnapshot(context, stateFolders(context));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException, InterruptedException {
        compare(context);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        compare(context);
    }

    private static void takeSnapshot(ExtensionContext context, List<Path> stateFolders) throws IOException {
        List<Probe> probes = List.of(
                new ProcessProbe(),
                new CgroupProbe(),
                new MountProbe(),
                new NetworkProbe(),
                new FileDescriptorProbe(),
                new TemporaryFileProbe(),
                new IdProbe(),
                new StateFolderProbe(stateFolders));
        context.getStore(NAMESPACE).put(context.getUniqueId(), Snapshot.take(probes));
    }

    private static void compare(ExtensionContext context) throws IOException, InterruptedException {
        Snapshot before = context.getStore(NAMESPACE).remove(context.getUniqueId(), Snapshot.class);
        List<Leak> leaks = before.awaitNoLeaks();
        if (leaks.isEmpty()) {
            return;
        }
        List<String> report = new ArrayList<>();
        for (Leak leak : leaks) {
            report.add(leak.describe());
        }
        AssertionError failure =
                new AssertionError(context.getDisplayName() + " left behind:\n  " + String.join("\n  ", report));
        for (Leak leak : leaks) {
            leak.remove(failure);
        }
        throw failure;
    }

    private static List<Path> stateFolders(ExtensionContext context) {
        Stream<Path> ofInstances = context.getRequiredTestInstances().getAllInstances().stream()
                .flatMap(test ->
                        AnnotationSupport.findAnnotatedFieldValues(test, StateFolder.class, Path.class).stream());
        Stream<Path> ofClass =
                AnnotationSupport.findAnnotatedFieldValues(
                        context.getRequiredTestClass(), StateFolder.class, Path.class)
                        .stream();
        return Stream.concat(ofInstances, ofClass).toList();
    }
}
