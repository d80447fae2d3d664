package io.lxj.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

/** Checks that each container of a state folder is all there, and that nothing else is. */
final class WholeContainers {
    private WholeContainers() {}

    /** After a sweep. The containers are overlays, each with the host name that it was created with. */
    static void check(StateFolder state) throws Exception {
        ContainerStore store = new ContainerStore(state, Checkpoints.NONE);
        assertThat(state.path().resolve("tmp")).isEmptyDirectory();
        for (String name : store.names()) {
            Path folder = state.path().resolve("containers").resolve(name);
            try (ContainerFolder container = store.open(name)) {
                ContainerRecord record = container.record();
                Path etc = folder.resolve("upper/etc");
                // A process that was killed before it settled a container leaves the marker to the next one.
                assertThat(folder.toFile().list())
                        .contains("container.json", "upper", "work")
                        .isSubsetOf("container.json", "upper", "work", "unsynced");
                assertThat(etc.toFile().list()).containsExactlyInAnyOrder("hostname", "hosts", "machine-id");
                assertThat(etc.resolve("hostname"))
                        .hasContent(record.config().hostname().orElseThrow());
                assertThat(Files.readString(etc.resolve("machine-id"))).isEqualTo(record.machineId() + "\n");
                assertThat(etc.resolve("hosts")).content().contains("127.0.1.1");
            }
        }
        for (String lock : state.path().resolve("locks").toFile().list()) {
            if (lock.startsWith("container.")) {
                assertThat(store.names()).contains(lock.substring("container.".length()));
            }
        }
    }
}
