package io.lxj.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.lxj.config.ContainerEvent.Victim;
import io.lxj.supervise.OomVictims.Found;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines as the kernel writes them. */
class OomVictimsTest {
    private static final String HEAD =
            "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=payload,mems_allowed=0";
    private static final String WEB = "/lxj-1/web";

    private final OomVictims victims = new OomVictims();

    private void victim(String cgroup, String name, int pid) {
        victims.note(announcement(cgroup, name, pid));
        killed(name, pid);
    }

    private static String announcement(String cgroup, String name, int pid) {
        return HEAD + ",oom_memcg=" + WEB + ",task_memcg=" + cgroup + ",task=" + name + ",pid=" + pid + ",uid=0";
    }

    private List<Victim> take(String cgroup, long most) {
        return victims.take(cgroup, most).stream()
                .map(found -> found.victim(cgroup, "payload"))
                .toList();
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
        assertThat(take("/lxj-1/web2", 5)).containsExactly(new Victim(2, "b", "/"));
        assertThat(take(WEB, 1)).containsExactly(new Victim(1, "a", "/system.slice/a.service"));
        assertThat(take(WEB, 5)).containsExactly(new Victim(3, "c", "/"));
        assertThat(take(WEB, 5)).isEmpty();
    }

    @Test
    void thoseOfAGroupAreNamedOneByOne() {
        victim("/lxj-1/web/payload", "first", 1);
        victims.note("Tasks in " + WEB + " are going to be killed due to memory.oom.group set");
        killed("first", 1);
        killed("second", 2);
        victim("/elsewhere", "other", 3);
        assertThat(victims.take(WEB, 5))
                .containsExactly(
                        new Found("/lxj-1/web/payload", 1, "first", false),
                        new Found(WEB, 1, "first", true),
                        new Found(WEB, 2, "second", false));
        assertThat(new Found(WEB, 2, "second", false).victim(WEB, "payload")).isEqualTo(new Victim(2, "second", ""));
    }

    @Test
    void whoIsFoundToBeEndingAlreadyIsNotKilled() {
        victims.note(announcement("/lxj-1/web/payload", "first", 1));
        victims.note("Memory cgroup out of memory: OOM victim 1 (first) is already exiting. Skip killing the task");
        assertThat(take(WEB, 5)).isEmpty();
        killed("unknown", 2);
        assertThat(take(WEB, 5)).isEmpty();
    }

    @Test
    void aProcessThatIsNamedAsALineOfTheLogIsNoOtherProcess() {
        victim("/lxj-1/web/payload", "x,pid=1,uid=0", 4711);
        assertThat(take(WEB, 5)).extracting(Victim::pid).containsExactly(4711L);
    }
}
