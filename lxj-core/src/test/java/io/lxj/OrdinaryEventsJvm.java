package io.lxj;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.ContainerEvent;
import io.lxj.config.ContainerEvent.Frozen;
import io.lxj.config.ContainerEvent.MemoryHigh;
import io.lxj.config.ContainerEvent.OomKill;
import io.lxj.config.ContainerEvent.PidsMax;
import io.lxj.config.ContainerEvent.Populated;
import io.lxj.config.ContainerEvent.Pressure;
import io.lxj.config.Limits;
import io.lxj.config.PressureThreshold;
import io.lxj.config.Storage;
import io.lxj.testing.TestRootfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Has a container reach its limits, as whoever runs this, and says what was told of it. */
public final class OrdinaryEventsJvm {
    private static final Limits LIMITS =
            Limits.NONE.memory(ByteSize.mib(32)).swap(ByteSize.ZERO).pids(8);

    private OrdinaryEventsJvm() {}

    /** Without arguments. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("lxj-ordinary").resolve("state");
        try (Lxj lxj = Lxj.open(folder)) {
            lxj.images().importTarball("busybox", TestRootfs.find("busybox"));
            Container container = lxj.containers()
                    .create(
                            "own",
                            Config.ofImage("busybox")
                                    .init("/bin/sleep", "1000000")
                                    .storage(Storage.COPY)
                                    .limits(LIMITS));
            Heard heard = new Heard();
            container.addEventListener(heard, PressureThreshold.cpu(Duration.ofMillis(50), Duration.ofSeconds(2)));
            container.start();
            tell(heard.nextOf(Populated.class));
            container.exec("dd", "if=/dev/zero", "of=/dev/null", "bs=40M", "count=1");
            tell(heard.nextOf(OomKill.class));
            container.exec("sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do sleep 1000 & done");
            tell(heard.nextOf(PidsMax.class));
            container.update(LIMITS.pids(100).memoryHigh(ByteSize.mib(12)));
            ContainerProcess writer = container.process("dd", "if=/dev/zero", "of=/dev/null", "bs=20M", "count=1");
            tell(heard.nextOf(MemoryHigh.class));
            // It would go on slowly.
            container.update(LIMITS.pids(100));
            writer.waitFor();
            ContainerProcess busy =
                    container.process("sh", "-c", "for i in 1 2 3 4 5 6; do while :; do :; done & done; wait");
            tell(heard.nextOf(Pressure.class));
            container.freeze();
            tell(heard.nextOf(Frozen.class));
            container.stop();
            busy.waitFor();
            container.destroy();
            lxj.images().get("busybox").delete();
        }
    }

    private static void tell(ContainerEvent event) {
        String what = event instanceof OomKill kill ? " of " + kill.count() + " " + kill.victims() : "";
        System.out.println(event.getClass().getSimpleName() + what);
    }
}
