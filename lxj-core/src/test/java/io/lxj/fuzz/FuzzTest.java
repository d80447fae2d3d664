package io.lxj.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.SeccompFuzz;
import io.lxj.image.ElfHeaderFuzz;
import io.lxj.image.OsReleaseFuzz;
import io.lxj.image.TarImportFuzz;
import io.lxj.lifecycle.AccountsFuzz;
import io.lxj.storage.StateFilesFuzz;
import io.lxj.testing.NeedsOwnFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzzes each target with a fixed number of inputs, the same ones in every run. {@code .ci/fuzz} goes on for as long as
 * one likes, and from where it was the last time.
 */
@NeedsOwnFiles
class FuzzTest {
    private static final String SECONDS = System.getProperty("lxj.fuzz.seconds");
    private static final String ONLY = System.getProperty("lxj.fuzz.target");

    @TempDir
    Path folder;

    /** What is fuzzed, with inputs to begin with, and how many inputs take some seconds. */
    enum Target {
        TAR_IMPORT(TarImportFuzz.class, TarImportFuzz::seeds, 300),
        ACCOUNTS(AccountsFuzz.class, AccountsFuzz::seeds, 2_000),
        OS_RELEASE(OsReleaseFuzz.class, OsReleaseFuzz::seeds, 10_000),
        ELF_HEADER(ElfHeaderFuzz.class, ElfHeaderFuzz::seeds, 2_000),
        MOUNT_INFO(MountInfoFuzz.class, MountInfoFuzz::seeds, 10_000),
        SECCOMP(SeccompFuzz.class, SeccompFuzz::seeds, 5_000),
        STATE_FILES(StateFilesFuzz.class, StateFilesFuzz::seeds, 5_000);

        private final Class<?> target;
        private final Supplier<List<byte[]>> seeds;
        private final int inputs;

        Target(Class<?> target, Supplier<List<byte[]>> seeds, int inputs) {
            this.target = target;
            this.seeds = seeds;
            this.inputs = inputs;
        }
    }

    static Stream<Target> targets() {
        return ONLY == null ? Stream.of(Target.values()) : Stream.of(Target.valueOf(ONLY));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void keepsItsPromisesWhateverItReads(Target target) throws Exception {
        Fuzzer.Outcome outcome = SECONDS == null
                ? new Fuzzer(folder).run(target.target, target.seeds.get(), "-runs=" + target.inputs)
                : new Fuzzer(longRun(target)).run(target.target, target.seeds.get(), "-max_total_time=" + SECONDS);

        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("Done ");
    }

    /** What a long run has learned stays for the next. */
    private static Path longRun(Target target) throws Exception {
        return Files.createDirectories(Path.of(System.getProperty("basedir"), "target", "fuzz", target.name()));
    }

    @Test
    void findsWhatOnlyTheCoverageLeadsTo() throws Exception {
        Fuzzer.Outcome outcome = new Fuzzer(folder).run(BrokenFuzz.class, List.of(new byte[8]), "-runs=1000000");

        assertThat(outcome.status()).as(outcome.output()).isNotZero();
        assertThat(outcome.output()).contains(BrokenFuzz.FOUND);
    }
}
