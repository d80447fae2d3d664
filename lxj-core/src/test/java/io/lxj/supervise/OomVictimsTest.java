package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ContainerEvent.Victim;
import org.junit.jupiter.api.Test;

/** Lines as the kernel writes them. */
class OomVictimsTest {
    private static final String HEAD =
            "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=payload,mems_allowed=0";
    private static final String WEB = "/lxj-1/web";

    private final OomVictims victims = new OomVictims();

    private void victim(String cgroup, String name, int pid) {
        victims.note(HEAD + ",oom_memcg=" + WEB + ",task_memcg=" + cgroup + ",task=" + name + ",pid=" + pid + ",uid=0");
        killed(name, pid);
    }

    private void killed(String name, int pid) {
        victims.note(
                "Memory cgroup out of memory: Killed process " + pid + " (" + name + ") total-vm:1kB, anon-rss:1kB,"
                        + " file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:44kB oom_score_adj:0");
    }

    @Test
    void eachContainerGetsItsOwn() {
        victim("/lxj-1/web/payload/system.slice/a.service", "a", 1);
        victim("/lxj-1/web2/payload", "b", 2);
        victim("/above/lxj-1/web/payload", "c", 3);
        assertThat(victims.take("/lxj-1/web2", "payload", 5)).containsExactly(new Victim(2, "b", "/"));
        assertThat(victims.take(WEB, "payload", 1)).containsExactly(new Victim(1, "a", "/system.slice/a.service"));
        assertThat(victims.take(WEB, "payload", 5)).containsExactly(new Victim(3, "c", "/"));
        assertThat(victims.take(WEB, "payload", 5)).isEmpty();
    }

    @Test
    void thoseOfAGroupAreNamedOneByOne() {
        victim("/lxj-1/web/payload", "first", 1);
        victims.note("Tasks in " + WEB + " are going to be killed due to memory.oom.group set");
        killed("first", 1);
        killed("second", 2);
        victim("/elsewhere", "other", 3);
        assertThat(victims.take(WEB, "payload", 5))
                .containsExactly(new Victim(1, "first", "/"), new Victim(2, "second", ""));
    }

    @Test
    void aProcessThatIsNamedAsALineOfTheLogIsNoOtherProcess() {
        victim("/lxj-1/web/payload", "x,pid=1,uid=0", 4711);
        assertThat(victims.take(WEB, "payload", 5)).extracting(Victim::pid).containsExactly(4711L);
    }
}
