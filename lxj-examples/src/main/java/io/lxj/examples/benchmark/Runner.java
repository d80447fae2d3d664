package io.lxj.examples.benchmark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the subjects of a case in turn, round after round, so that what disturbs one disturbs all. Not thread-safe. */
final class Runner {
    /** In milliseconds: the kernel takes network namespaces apart in the background, which isn't to be the next one's load. */
    private static final long SETTLING = 30;

    private final PrintStream progress;
    private final List<String> notes = new ArrayList<>();

    Runner(PrintStream progress) {
        this.progress = progress;
    }

    List<Result> run(Case measured) {
        Map<Subject, List<Long>> times = new LinkedHashMap<>();
        measured.subjects().forEach(subject -> times.put(subject, new ArrayList<>()));
        progress.print(measured.name() + ": "
                + String.join(
                        ", ", measured.subjects().stream().map(Subject::name).toList()) + " ");
        try {
            warmUp(measured, times);
            for (int round = 0; round < measured.warmUps() + measured.rounds(); round++) {
                round(measured, times, round >= measured.warmUps());
                showProgress(measured, round);
            }
            progress.println();
            return times.entrySet().stream()
                    .map(entry -> Result.of(
                            measured.name(),
                            entry.getKey().name(),
                            entry.getValue(),
                            entry.getKey().figures()))
                    .toList();
        } finally {
            times.keySet().forEach(subject -> end(measured, subject));
        }
    }

    /** What went wrong on the way, in sentences. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    private void warmUp(Case measured, Map<Subject, List<Long>> times) {
        for (Subject subject : measured.subjects()) {
            for (int run = 0; run < subject.warmUps() && times.containsKey(subject); run++) {
                run(measured, subject, times);
            }
        }
    }

    private void round(Case measured, Map<Subject, List<Long>> times, boolean counts) {
        for (Subject subject : List.copyOf(times.keySet())) {
            settle();
            long nanos = run(measured, subject, times);
            if (counts && times.containsKey(subject)) {
                times.get(subject).add(nanos);
            }
        }
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLING);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the benchmark was interrupted", e);
        }
    }

    /** Leaves the subject out from now on if it fails. */
    private long run(Case measured, Subject subject, Map<Subject, List<Long>> times) {
        try {
            return subject.run();
        } catch (Exception e) {
            times.remove(subject);
            note(measured.name() + ": " + subject.name() + " was left out, because it failed: " + e.getMessage());
            end(measured, subject);
            return 0;
        }
    }

    private void end(Case measured, Subject subject) {
        try {
            subject.end();
        } catch (Exception e) {
            note(measured.name() + ": " + subject.name() + " could not be cleaned up: " + e.getMessage());
        }
    }

    private void note(String text) {
        notes.add(text);
        progress.println();
        progress.println(text);
    }

    private void showProgress(Case measured, int round) {
        int total = measured.warmUps() + measured.rounds();
        int dots = 20;
        if ((round + 1) * dots / total > round * dots / total) {
            progress.print(".");
            progress.flush();
        }
    }
}
