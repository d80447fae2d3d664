package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is tagged as needing tools of the build host looks at both architectures from there, and only there. */
class StageTest {
    private static final Map<Architecture, String> TOOLS =
            Map.of(Architecture.X86_64, "x86_64-linux-gnu-", Architecture.AARCH64, "aarch64-linux-gnu-");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    @Tag("tools")
    void codeIsWhatTheAssemblerMakesOfTheSource(Architecture architecture) throws Exception {
        String tools = TOOLS.get(architecture);
        need(tools + "as");
        Path source =
                Path.of("src/main/asm/stage-" + architecture.machine() + ".S").toAbsolutePath();
        run(tools + "as", source.toString(), "-o", "stage.o");
        run(tools + "objcopy", "-O", "binary", "-j", ".text", "stage.o", "stage.bin");
        assertThat(Stage.code(architecture)).isEqualTo(Files.readAllBytes(folder.resolve("stage.bin")));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("tools")
    void codeOnlyLoadsAndStoresStepsAndMakesSystemCalls(Architecture architecture) throws Exception {
        String tools = TOOLS.get(architecture);
        need(tools + "objdump");
        Files.write(folder.resolve("stage"), Stage.code(architecture));
        String listing = run(tools + "objdump", "-b", "binary", "-D", "-m", machine(architecture), "stage");
        String call = architecture == Architecture.X86_64 ? "syscall" : "svc";
        // One for the plan's memory, one for the steps, one for the end.
        assertThat(listing.lines().filter(line -> line.matches(".*\\s" + call + "\\b.*")))
                .hasSize(3);
        assertThat(listing).doesNotContain("push", "pop", "stp", "ldp");
    }

    private static String machine(Architecture architecture) {
        return architecture == Architecture.X86_64 ? "i386:x86-64" : "aarch64";
    }

    @ParameterizedTest
    @EnumSource
    void executableIsASmallStaticElfFileWithOneSegment(Architecture architecture) {
        byte[] file = Stage.executable(architecture);
        ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(file.length).isLessThan(512);
        assertThat(elf.getInt(0)).isEqualTo(0x464c457f);
        assertThat(elf.getShort(18)).isEqualTo((short) architecture.elfMachine());
        long entry = elf.getLong(24) - elf.getLong(64 + 16);
        byte[] code = Stage.code(architecture);
        assertThat(Arrays.copyOfRange(file, (int) entry, file.length)).isEqualTo(code);
        assertThat(elf.getLong(64 + 32)).as("bytes in the file").isEqualTo(file.length);
        assertThat(elf.getInt(64 + 4))
                .as("readable and executable, not writable")
                .isEqualTo(5);
        assertThat(elf.getInt(64 + 56 + 4)).as("the stack is not executable").isEqualTo(6);
    }

    @Test
    @Tag("tools")
    void aarch64StageRunsAPlanUnderEmulation() throws Exception {
        need("qemu-aarch64-static");
        ProgramBuilder p = new ProgramBuilder(List.of());
        ProgramBuilder.Label zero = p.label();
        ProgramBuilder.Label error = p.label();
        p.step("fail", Syscall.CHDIR, p.string("/no/such")).onError(error);
        p.step("end", Syscall.EXIT_GROUP, 1);
        p.place(error);
        p.step("return zero", Syscall.UMASK, 0).mayFail();
        p.step("return zero again", Syscall.UMASK, 0).onZero(zero);
        p.step("end", Syscall.EXIT_GROUP, 2);
        p.place(zero);
        Arg text = p.string("hello\n");
        ProgramBuilder.Added duplicate = p.step("duplicate", Syscall.DUP3, 1, 9, 0);
        p.step("write", Syscall.WRITE, duplicate.result(), text, 6);
        p.step("end", Syscall.EXIT_GROUP, 42);
        SyscallProgram program = p.build();

        Path plan = folder.resolve("plan");
        byte[] data = program.data();
        ByteBuffer memory = ByteBuffer.allocate(SyscallProgram.DATA + data.length);
        memory.put(program.code(Architecture.AARCH64))
                .position(SyscallProgram.DATA)
                .put(data);
        Files.write(plan, memory.array());
        Path stage = folder.resolve("stage");
        Files.write(stage, Stage.executable(Architecture.AARCH64));
        stage.toFile().setExecutable(true);

        // Opened for reading and writing, as the stage maps it.
        Process process = new ProcessBuilder("sh", "-c", "exec qemu-aarch64-static ./stage 0<>plan")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes())).isEqualTo("hello\n");
        assertThat(process.waitFor()).isEqualTo(42);
    }

    @Test
    void stageFileCannotBeWritten() throws Exception {
        try (Fd stage = StageFile.open()) {
            Path path = Path.of("/proc/self/fd/" + stage.number());
            assertThat(catchThrowable(() -> Files.write(path, new byte[1]))).isInstanceOf(IOException.class);
        }
    }

    /** A process that has executed it can be made to hand it over, and its owner, who may be root of a container, has rights. */
    @Test
    void cve2019_5736WhoeverGotTheStageFileKeepsNothingFromBeingStarted() throws Exception {
        try (Fd stolen = StageFile.open()) {
            Metadata.chmod(stolen, 0);
            exits();
        }
        try (Fd stolen = StageFile.open();
                Fd written = Fd.open(Path.of("/proc/self/fd/" + stolen.number()), Open.O_RDWR, 0)) {
            assertThat(catchThrowable(() -> written.write(new byte[1]))).isInstanceOf(LinuxException.class);
            exits();
        }
    }

    private static void exits() throws LinuxException {
        ProgramBuilder program = SyscallProgram.builder();
        program.step("end", Syscall.EXIT_GROUP, 7);
        try (Spawned spawned = Spawner.spawn(program.build(), Map.of())) {
            assertThat(spawned.waitFor().exitCode()).hasValue(7);
        }
    }

    private void need(String tool) {
        boolean there = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, tool)));
        if ("1".equals(System.getenv("LXJ_MUST_WORK"))) {
            assertThat(there).as(tool + " is installed").isTrue();
        }
        assumeTrue(there, tool + " isn't installed (binutils, binutils-aarch64-linux-gnu, qemu-user-static)");
    }

    private String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
