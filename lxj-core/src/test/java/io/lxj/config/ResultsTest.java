package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lxj.error.InvalidConfigException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ResultsTest {
    @Test
    void exitOfInitHasItsCode() {
        assertThat(ExitStatus.exited(0)).hasToString("exited with code 0");
        assertThat(ExitStatus.exited(0).isClean()).isTrue();
        assertThat(ExitStatus.exited(3).code()).hasValue(3);
        assertThat(ExitStatus.exited(3).isClean()).isFalse();
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> ExitStatus.exited(256))
                .withMessage("exit code: \"256\" is not allowed; allowed: a number from 0 to 255");
    }

    @Test
    void signalsOfRebootAreToldFromOthers() {
        assertThat(ExitStatus.signaled(Signal.SIGHUP).cause()).isEqualTo(ExitStatus.Cause.REBOOTED);
        assertThat(ExitStatus.signaled(Signal.SIGHUP)).hasToString("rebooted");
        assertThat(ExitStatus.signaled(Signal.SIGINT).cause()).isEqualTo(ExitStatus.Cause.HALTED);
        assertThat(ExitStatus.signaled(Signal.SIGINT)).hasToString("halted");
        assertThat(ExitStatus.signaled(Signal.SIGINT).isClean()).isTrue();
        assertThat(ExitStatus.signaled(Signal.parse("SEGV"))).hasToString("ended by SIGSEGV");
        assertThat(ExitStatus.signaled(Signal.SIGKILL).isClean()).isFalse();
    }

    @Test
    void killAndUnknownEndHaveAReason() {
        assertThat(ExitStatus.killed("stop was called")).hasToString("killed: stop was called");
        assertThat(ExitStatus.killed("stop was called").signal()).contains(Signal.SIGKILL);
        assertThat(ExitStatus.outOfMemory()).hasToString("killed by the kernel because memory ran out");
        assertThat(ExitStatus.outOfMemory().signal()).contains(Signal.SIGKILL);
        assertThat(ExitStatus.outOfMemory().isClean()).isFalse();
        assertThat(ExitStatus.unknown("the host was restarted")).hasToString("unknown: the host was restarted");
        assertThat(ExitStatus.outOfMemory()).hasToString("killed by the kernel because memory ran out");
        assertThat(ExitStatus.outOfMemory().signal()).contains(Signal.SIGKILL);
        assertThat(ExitStatus.outOfMemory().isClean()).isFalse();
        assertThat(ExitStatus.unknown("the host was restarted").isClean()).isFalse();
    }

    @Test
    void outputIsTextAndBytes() {
        byte[] output = "grüße\n".getBytes(StandardCharsets.UTF_8);
        ExecResult result = new ExecResult(0, output, new byte[] {(byte) 0xe9});

        assertThat(result.stdout()).isEqualTo("grüße\n");
        assertThat(result.stdoutBytes()).isEqualTo(output);
        assertThat(result.stderr()).isEqualTo("\ufffd");
        assertThat(result.stderr(StandardCharsets.ISO_8859_1)).isEqualTo("é");
        assertThat(result.isSuccess()).isTrue();
        assertThat(result).isEqualTo(new ExecResult(0, output.clone(), result.stderrBytes()));
        assertThat(result).hasSameHashCodeAs(new ExecResult(0, output.clone(), result.stderrBytes()));
    }

    @Test
    void outputCannotBeChangedFromOutside() {
        byte[] output = {'a'};
        ExecResult result = new ExecResult(1, output, output);
        output[0] = 'b';
        result.stdoutBytes()[0] = 'b';
        result.stderrBytes()[0] = 'b';

        assertThat(result.stdout()).isEqualTo("a");
        assertThat(result.stderr()).isEqualTo("a");
        assertThat(result.isSuccess()).isFalse();
    }

    @Test
    void resultReadsLikeTheCommandsOutput() {
        byte[] none = {};
        assertThat(new ExecResult(127, none, "sh: x: not found\n".getBytes(StandardCharsets.UTF_8)))
                .hasToString("exit code 127\nsh: x: not found");
        assertThat(new ExecResult(0, none, none)).hasToString("exit code 0");
    }
}
