package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.lxj.error.InvalidConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandTest {
    private static final Command LS = Command.of("ls", "-l");

    @Test
    void runsAsRootInTheRootWithPipesUnlessSaidOtherwise() {
        assertThat(LS.arguments()).containsExactly("ls", "-l");
        assertThat(LS.environment()).isEmpty();
        assertThat(LS.workingDirectory()).isEqualTo("/");
        assertThat(LS.user()).isEqualTo(User.ROOT);
        assertThat(LS.group()).isEmpty();
        assertThat(LS.groups()).isEmpty();
        assertThat(LS.terminal()).isEmpty();
        assertThat(LS.timeout()).isEmpty();
        assertThat(LS.stdin()).isEqualTo(Stdin.pipe());
    }

    @Test
    void canBeSetPartByPart() {
        Command command = LS.env("B", "2")
                .env("A", "1")
                .workingDirectory("/srv/")
                .user(User.named("postgres"))
                .group(Group.id(4))
                .groups(List.of(Group.named("adm"), Group.id(7)))
                .terminal(new TerminalSize(24, 80))
                .timeout(Duration.ofSeconds(5))
                .stdin(Stdin.text("hello"));

        assertThat(command.environment()).containsExactly(Map.entry("A", "1"), Map.entry("B", "2"));
        assertThat(command.workingDirectory()).isEqualTo("/srv");
        assertThat(command.user()).isEqualTo(User.named("postgres"));
        assertThat(command.group()).contains(Group.id(4));
        assertThat(command.groups()).contains(List.of(Group.named("adm"), Group.id(7)));
        assertThat(command.terminal()).contains(TerminalSize.DEFAULT);
        assertThat(command.timeout()).contains(Duration.ofSeconds(5));
        assertThat(command.stdin()).isEqualTo(Stdin.bytes(new byte[] {'h', 'e', 'l', 'l', 'o'}));
        assertThat(LS).isEqualTo(Command.of(List.of("ls", "-l"))).isNotEqualTo(command);
    }

    @Test
    void argumentsMayBeWholeScripts() {
        String script = "set -e\n\techo \"$1\"\n";

        assertThat(Command.of("sh", "-c", script).env("SCRIPT", script).environment())
                .containsEntry("SCRIPT", script);
    }

    @Test
    void refusesWhatExecveCannotTake() {
        refuses("command[1]", () -> Command.of("a", "b\0c"));
        refuses("command[1]", () -> Command.of("a", "b".repeat(131_072)));
        refuses("command[1]", () -> Command.of("a", "\ud800"));
        refuses("command", () -> Command.of(""));
        refuses("command", () -> Command.of(List.of()));
        refuses("environment.A", () -> LS.env("A", "\0"));
        refuses("environment.A", () -> LS.env("A", "b".repeat(131_070)));
        refuses("environment.", () -> LS.env("", "b"));
        refuses("environment.A=B", () -> LS.env("A=B", "b"));
        refuses("workingDirectory", () -> LS.workingDirectory("/a/../.."));
        refuses("timeout", () -> LS.timeout(Duration.ZERO));
        refuses("timeout", () -> LS.timeout(Duration.ofDays(366)));
    }

    @Test
    void textShowsNoSecrets() {
        Command command = LS.env("TOKEN", "hunter2").stdin(Stdin.text("hunter2"));

        assertThat(command).hasToString("Command[arguments [ls, -l], environment [TOKEN], stdin 7 bytes]");
    }

    @Test
    void inputIsCopied() {
        byte[] bytes = {1};
        Stdin.Bytes input = (Stdin.Bytes) Stdin.bytes(bytes);
        bytes[0] = 2;
        input.content()[0] = 3;

        assertThat(input.content()).containsExactly(1);
        assertThat(input).isNotEqualTo(Stdin.bytes(bytes)).hasSameHashCodeAs(Stdin.bytes(new byte[] {1}));
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException().isThrownBy(() -> LS.user(null)).withMessage("user");
        assertThatNullPointerException().isThrownBy(() -> LS.env(null, "")).withMessage("environment key");
        assertThatNullPointerException().isThrownBy(() -> Command.of("ls", (String) null));
    }

    private static void refuses(String field, Runnable setting) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(setting::run)
                .satisfies(e -> assertThat(e.field()).isEqualTo(field));
    }
}
