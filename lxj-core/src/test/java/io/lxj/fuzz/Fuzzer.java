package io.lxj.fuzz;

import io.lxj.storage.OtherJvm;
import io.lxj.testing.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs Jazzer on one target in a JVM of its own, whose small heap ends whatever takes more memory than it should. */
final class Fuzzer {
    /** The fuzzer itself doesn't begin with less than half of it on JDK 25, whose modules it reads. */
    private static final String HEAP = "-Xmx256m";
    /**
     * The fuzzer looks at how much memory it has ever had, see getrusage(2). Of a process that this JVM has started that is
     * what this JVM has; of a child of that it isn't.
     */
    private static final List<String> AS_GRANDCHILD = List.of("sh", "-c", "\"$@\"; exit $?", "sh");

    /** For one input, by whose end the target hangs: a thousand times what the slowest needs. */
    private static final String SECONDS_PER_INPUT = "120";

    /**
     * How a run has ended.
     *
     * @param status of the fuzzer: 0 if nothing was found
     * @param output what it has printed, with the input and the exception where it has found something
     */
    record Outcome(int status, String output) {}

    private final Path folder;

    /** Works in a folder of its own, which keeps the inputs that were interesting, and those that broke something. */
    Fuzzer(Path folder) {
        this.folder = folder;
    }

    /** Runs a target until the budget is used up, or something was found. */
    Outcome run(Class<?> target, List<byte[]> seeds, String budget) throws IOException, InterruptedException {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        Path work = Files.createDirectories(folder.resolve("work"));
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(corpus.resolve("seed-" + i), seeds.get(i));
        }
        List<String> command = new ArrayList<>(AS_GRANDCHILD);
        command.addAll(JavaCommand.begin());
        command.addAll(List.of(
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+EnableDynamicAgentLoading",
                "-Djava.io.tmpdir=" + work,
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                OtherJvm.classPath(),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=io.lxj.**",
                "--custom_hook_includes=io.lxj.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-timeout=" + SECONDS_PER_INPUT,
                // The same inputs in every run with the same budget of them.
                "-seed=1",
                budget,
                corpus.toString()));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int status = process.waitFor();
        return new Outcome(status, Files.readString(log, StandardCharsets.ISO_8859_1));
    }
}
