package io.lxj.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExceptionsTest {
    private static final Failure DENIED = Failure.of("start web1")
            .call("mount(\"proc\", \"/proc\")", "EPERM", "Operation not permitted")
            .hint("run as root");
    private static final Throwable CAUSE = new IOException("cause");

    @Test
    void carriesCallErrnoHintAndCause() {
        LxjException exception = new LxjException(DENIED, CAUSE);

        assertThat(exception).hasMessage(DENIED.message()).hasCause(CAUSE);
        assertThat(exception.call()).contains("mount(\"proc\", \"/proc\")");
        assertThat(exception.errno()).contains("EPERM");
        assertThat(exception.hint()).contains("run as root");
    }

    @Test
    void hasNoCallErrnoOrHintWhereThereIsNone() {
        LxjException exception = new LxjException(Failure.of("start web1", "no"));

        assertThat(exception.call()).isEmpty();
        assertThat(exception.errno()).isEmpty();
        assertThat(exception.hint()).isEmpty();
    }

    @Test
    void launchFailureTellsTheStep() {
        LaunchException exception = new LaunchException(DENIED, 14, 31, "mount proc on /proc", CAUSE);

        assertThat(exception)
                .hasMessage("start web1: step 14 of 31, mount proc on /proc: mount(\"proc\", \"/proc\"): "
                        + "EPERM (Operation not permitted); run as root");
        assertThat(exception.step()).isEqualTo(14);
        assertThat(exception.steps()).isEqualTo(31);
        assertThat(exception.description()).isEqualTo("mount proc on /proc");
    }

    @Test
    void importFailureTellsArchiveEntryAndOffset() {
        Failure failure = Failure.of("import debian", "leaves the root");
        ImportException ofEntry = new ImportException(failure, "a.tar", "../x", 512, null);
        ImportException ofArchive = new ImportException(failure, "a.tar", CAUSE);

        assertThat(ofEntry).hasMessage("import debian: a.tar: entry \"../x\" at byte 512: leaves the root");
        assertThat(ofEntry.entry()).contains("../x");
        assertThat(ofEntry.offset()).hasValue(512);
        assertThat(ofArchive).hasMessage("import debian: a.tar: leaves the root");
        assertThat(ofArchive.archive()).isEqualTo("a.tar");
        assertThat(ofArchive.entry()).isEmpty();
        assertThat(ofArchive.offset()).isEmpty();
    }

    @Test
    void invalidValueIsShownWithWhatIsAllowed() {
        InvalidConfigException exception = new InvalidConfigException("mounts[2].target", "../x", "an absolute path");

        assertThat(exception).hasMessage("mounts[2].target: \"../x\" is not allowed; allowed: an absolute path");
        assertThat(exception.field()).isEqualTo("mounts[2].target");
        assertThat(exception.value()).contains("../x");
        assertThat(exception.allowed()).isEqualTo("an absolute path");
    }

    @Test
    void invalidValueIsCutWhenLong() {
        assertThat(new InvalidConfigException("a", "x".repeat(1000), "less").value())
                .contains("x".repeat(200) + "...");
    }

    @Test
    void invalidSecretIsNotShown() {
        InvalidConfigException exception = InvalidConfigException.secret("environment.KEY", "text");

        assertThat(exception).hasMessage("environment.KEY: the value (not shown here) is not allowed; allowed: text");
        assertThat(exception.value()).isEmpty();
    }

    @Test
    void invalidValueCanBeToldOfAnotherField() {
        InvalidConfigException inner = new InvalidConfigException("size", "1.5G", "a whole number");

        assertThat(inner.relocated("mounts[0].size"))
                .hasMessage("mounts[0].size: \"1.5G\" is not allowed; allowed: a whole number")
                .hasCause(inner);
    }

    @Test
    void unknownKeyIsToldWithThoseKnown() {
        assertThat(InvalidConfigException.unknown("mounts[2].sorce", List.of("source", "target")))
                .hasMessage("mounts[2].sorce: unknown key; known are source, target");
    }

    @Test
    void othersSayWhatWasWantedOfWhat() {
        assertThat(new NotFoundException("image", "debian")).hasMessage("image debian: not found");
        assertThat(new NotFoundException("image", "debian", "there are alpine, busybox"))
                .hasMessage("image debian: not found; there are alpine, busybox");
        assertThat(new AlreadyExistsException("container", "web1"))
                .hasMessage("container web1: exists already; choose another name or remove that one first");
        assertThat(new InUseException("delete image debian", List.of("container a", "container b"), "destroy them"))
                .hasMessage("delete image debian: in use by container a, container b; destroy them");
        assertThat(new IllegalTransitionException("start web1", "FROZEN", "STARTING", "it is frozen"))
                .hasMessage("start web1: the container can't go from FROZEN to STARTING; it is frozen");
        assertThat(new WrongStateException("exec in web1", "STOPPED", List.of("RUNNING")))
                .hasMessage("exec in web1: the container is STOPPED; this is possible when it is RUNNING");
        assertThat(new UnsupportedHostException("start web1", "cgroup v2", "boot with it"))
                .hasMessage("start web1: this host has no cgroup v2; boot with it");
        assertThat(new CanceledException("import debian")).hasMessage("import debian: canceled");
    }

    @Test
    void corruptStateNamesFileAndKey() {
        InvalidConfigException invalid = new InvalidConfigException("hostname", "-", "a name");

        CorruptStateException ofKey = new CorruptStateException("/s/container.json", invalid);
        CorruptStateException ofFile = new CorruptStateException("/s/container.json", "is empty", CAUSE);

        assertThat(ofKey)
                .hasMessage("read /s/container.json: hostname: \"-\" is not allowed; allowed: a name")
                .hasCause(invalid);
        assertThat(ofKey.key()).contains("hostname");
        assertThat(ofFile).hasMessage("read /s/container.json: is empty").hasCause(CAUSE);
        assertThat(ofFile.key()).isEmpty();
        assertThat(ofFile.file()).isEqualTo("/s/container.json");
    }

    static Stream<LxjException> all() {
        return Stream.of(
                new LxjException(DENIED, CAUSE),
                new LaunchException(DENIED, 1, 2, "step", CAUSE),
                new ImportException(DENIED, "a", "b", 1, CAUSE),
                new InvalidConfigException("a", 1, "b"),
                new NotFoundException("a", "b"),
                new AlreadyExistsException("a", "b"),
                new InUseException("a", List.of("b"), "c"),
                new IllegalTransitionException("a", "b", "c", "d"),
                new WrongStateException("a", "b", List.of("c")),
                new UnsupportedHostException("a", "b", "c"),
                new CanceledException("a", CAUSE),
                new CorruptStateException("a", "b", CAUSE));
    }

    @ParameterizedTest
    @MethodSource("all")
    void survivesSerialization(LxjException exception) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(exception);
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            LxjException copy = (LxjException) in.readObject();
            assertThat(copy).hasSameClassAs(exception).hasMessage(exception.getMessage());
            assertThat(copy.hint()).isEqualTo(exception.hint());
        }
    }
}
