package io.lxj.examples.benchmark;

import io.lxj.Image;
import io.lxj.error.LxjException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures lxj and its peers, and prints a table: what {@code bin/benchmark} runs. */
public final class Benchmark {
    static final List<String> CASES = List.of(
            "start-exit", "start-exit-unprivileged", "exec", "boot", "import", "create", "many", "stats", "cold");

    private final Options options;
    private final Runner runner = new Runner(System.err);
    private final List<Result> results = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Benchmark(Options options) {
        this.options = options;
    }

    /**
     * Runs the program; the exit code is 1 if nothing could be measured.
     *
     * @param arguments a folder for everything that is made, which the caller removes; and the options of {@code
     *     bin/benchmark}
     */
    public static void main(String[] arguments) {
        try {
            new Benchmark(Options.parse(arguments)).run();
        } catch (IllegalArgumentException e) {
            System.err.println("benchmark: " + e.getMessage());
            System.exit(2);
        } catch (LxjException | IOException e) {
            System.err.println("benchmark: " + e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            System.exit(1);
        }
    }

    private void run() throws IOException, InterruptedException {
        try (Workspace work = new Workspace(options)) {
            if (options.asksFor("start-exit")) {
                measure(StartExit.privileged(work));
            }
            if (options.asksFor("start-exit-unprivileged")) {
                measure(StartExit.unprivileged(work));
            }
            if (options.asksFor("exec")) {
                measure(Exec.of(work));
            }
            withDebian(work);
            if (options.asksFor("many")) {
                measure(Many.of(work));
            }
            if (options.asksFor("stats")) {
                measure(Measuring.of(work));
            }
            if (options.asksFor("cold")) {
                measure(Cold.of(work));
            }
        }
        notes.addAll(runner.notes());
        print();
    }

    private void withDebian(Workspace work) throws IOException, InterruptedException {
        if (options.asksFor("import")) {
            for (String ending : List.of("gz", "zst", "xz")) {
                Optional<Path> archive = archive(work, "debian-12.tar." + ending);
                if (archive.isPresent()) {
                    measure(Import.of(work, ending, archive.get()));
                }
            }
        }
        if (!options.asksFor("boot") && !options.asksFor("create")
                || archive(work, "debian-12.tar.gz").isEmpty()) {
            return;
        }
        Image debian = work.debian().orElseThrow();
        if (options.asksFor("create")) {
            measure(Create.overlay(work, debian));
            measure(Create.copy(work, debian));
        }
        if (options.asksFor("boot")) {
            measure(Boot.of(work, debian));
        }
    }

    private Optional<Path> archive(Workspace work, String name) {
        Optional<Path> archive = work.archive(name);
        String note = "There is no " + name + ": what needs it was left out. .ci/rootfs makes it.";
        if (archive.isEmpty() && !notes.contains(note)) {
            notes.add(note);
        }
        return archive;
    }

    private void measure(Case measured) {
        results.addAll(runner.run(measured));
    }

    private void print() throws IOException, InterruptedException {
        String report = report();
        System.out.print(report);
        if (options.json().isPresent()) {
            Files.writeString(options.json().get(), Report.json(results));
        }
        if (options.markdown().isPresent()) {
            Files.writeString(options.markdown().get(), "# Benchmark\n\n" + report);
        }
    }

    private String report() throws IOException, InterruptedException {
        StringBuilder report = new StringBuilder("Measured by `lxj-examples/bin/benchmark");
        report.append(options.quick() ? " --quick" : "");
        options.cases().forEach(name -> report.append(' ').append(name));
        report.append("`; the subjects of a case took turns.\n\n");
        Machine.describe(options.work())
                .forEach(line -> report.append("* ").append(line).append('\n'));
        report.append('\n').append(Report.table(results));
        notes.forEach(note -> report.append("\n").append(note).append('\n'));
        return report.toString();
    }
}
