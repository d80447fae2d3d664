package io.lxj.storage;

import io.lxj.testing.JavaCommand;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A second JVM that runs a main class of the tests. It speaks in lines on its standard output. */
public final class OtherJvm implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private OtherJvm(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    public static OtherJvm start(Class<?> main, Object... arguments) throws IOException {
        return startIn(Map.of(), main, arguments);
    }

    /** Starts it with more in its environment. */
    public static OtherJvm startIn(Map<String, String> environment, Class<?> main, Object... arguments)
            throws IOException {
        return start(List.of(), List.of(), environment, main, arguments);
    }

    /** Starts it with options of java, which win over those that it gets otherwise. */
    public static OtherJvm startWith(List<String> options, Class<?> main, Object... arguments) throws IOException {
        return start(List.of(), options, Map.of(), main, arguments);
    }

    /** Starts it by another program, which executes what follows its arguments. */
    public static OtherJvm startBy(List<String> starter, Class<?> main, Object... arguments) throws IOException {
        return start(starter, List.of(), Map.of(), main, arguments);
    }

    private static OtherJvm start(
            List<String> starter,
            List<String> options,
            Map<String, String> environment,
            Class<?> main,
            Object... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(starter);
        command.addAll(JavaCommand.begin());
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                classPath()));
        command.addAll(options);
        command.add(main.getName());
        Arrays.stream(arguments).map(String::valueOf).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return new OtherJvm(builder.start());
    }

    /** What this JVM has on its module path and class path, and the tests, which are patched into a module here. */
    public static String classPath() {
        String target = System.getProperty("basedir", "") + "/target/";
        return Stream.of(
                        target + "test-classes",
                        target + "classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path", ""))
                .filter(entries -> !entries.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The next line that the other JVM prints; null at its end. */
    public String line() throws IOException {
        return output.readLine();
    }

    /** Has it read a line. */
    public void enter() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** What the other JVM prints to its end. */
    public List<String> lines() {
        return output.lines().toList();
    }

    /** Ends it by SIGKILL, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    public long pid() {
        return process.pid();
    }

    public int waitFor() {
        return process.onExit().join().exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
