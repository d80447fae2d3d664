package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.ContainerEvent;
import io.lxj.config.ContainerEvent.MemoryHigh;
import io.lxj.config.ContainerEvent.OomKill;
import io.lxj.config.ContainerEvent.PidsMax;
import io.lxj.config.ContainerEvent.Populated;
import io.lxj.config.ContainerEvent.Victim;
import io.lxj.config.Limits;
import io.lxj.testing.LeaksNothing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the kernel tells of memory and of the number of processes, on a host whose controllers all belong to cgroup v2. */
@EnabledIfEnvironmentVariable(named = "LXJ_MACHINE", matches = "1", disabledReason = "it is for .ci/vm")
@LeaksNothing
@Timeout(900)
class EventsMachineTest {
    private static final Config SLEEPER = Config.ofImage("busybox").init("/bin/sleep", "1000000");
    private static final String EAT = "dd if=/dev/zero of=/dev/null bs=40M count=1";
    private static final Limits SMALL = Limits.NONE.memory(ByteSize.mib(20)).swap(ByteSize.ZERO);

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private final Heard heard = new Heard();

    @Test
    void tellsWhichProcessWasKilledWhenMemoryRanOut() throws Exception {
        Container container = host.start(SLEEPER.limits(SMALL));
        container.addEventListener(heard);
        ContainerProcess process = container.process("sh", "-c", "exec " + EAT);
        OomKill event = heard.nextOf(OomKill.class);
        assertThat(event.count()).isEqualTo(1);
        assertThat(event.victims()).containsExactly(new Victim(process.pid(), "dd", "/"));
    }

    @Test
    void tellsThatTheInitWasKilledThoughItsCgroupIsGone() throws Exception {
        Container container = host.create(
                Config.ofImage("busybox").init("/bin/sh", "-c", "exec " + EAT).limits(SMALL));
        container.addEventListener(heard);
        container.start();
        List<Victim> victims = new ArrayList<>();
        boolean populated = true;
        // The kernel's log may be read after the other file.
        while (victims.isEmpty() || populated) {
            ContainerEvent event = heard.next(ContainerEvent.class);
            if (event instanceof OomKill kill) {
                victims.addAll(kill.victims());
            } else if (event instanceof Populated now) {
                populated = now.populated();
            }
        }
        assertThat(victims).extracting(Victim::name).containsExactly("dd");
    }

    @Test
    void tellsOfAllThatAreKilledAsAGroup() throws Exception {
        Container container = host.start(SLEEPER.limits(SMALL.oomGroup(true)));
        long init = container.pid().orElseThrow();
        container.addEventListener(heard);
        long eater = container.process("sh", "-c", "sleep 1000 & " + EAT).pid();
        container.onExit().join();
        // Events are told in order: what comes before the next start is all there was.
        container.start();
        List<Victim> victims = new ArrayList<>();
        long count = 0;
        ContainerEvent event = heard.next(ContainerEvent.class);
        while (!(event instanceof Populated now && now.populated())) {
            if (event instanceof OomKill kill) {
                victims.addAll(kill.victims());
                count += kill.count();
            }
            event = heard.next(ContainerEvent.class);
        }
        // The init, what the shell has become, and what it has started, unless it ended with the init before it was
        // killed.
        assertThat(victims).extracting(Victim::pid).contains(init, eater).doesNotHaveDuplicates();
        // What busybox has just executed again by /proc/self/exe, to be another applet, is called so for a moment.
        assertThat(victims).extracting(Victim::name).isSubsetOf("sleep", "dd", "exe");
        assertThat(victims.size()).isBetween(2, 3);
        assertThat(count).isBetween((long) victims.size(), victims.size() + 1L);
    }

    @Test
    void tellsThatMoreMemoryIsUsedThanItShould() throws Exception {
        Container container = host.start(SLEEPER.limits(Limits.NONE.memoryHigh(ByteSize.mib(16))));
        container.addEventListener(heard);
        container.exec("dd", "if=/dev/zero", "of=/file", "bs=1M", "count=48");
        assertThat(heard.nextOf(MemoryHigh.class).count()).isPositive();
    }

    @Test
    void tellsThatThereAreAsManyProcessesAsThereMayBe() throws Exception {
        Container container = host.start(SLEEPER.pids(10));
        container.addEventListener(heard);
        container.exec("sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1000 & done");
        assertThat(heard.nextOf(PidsMax.class).count()).isPositive();
    }
}
