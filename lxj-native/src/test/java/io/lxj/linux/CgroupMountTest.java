package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.LeaksNothing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

@LeaksNothing
class CgroupMountTest {
    private static CgroupLayout layout(String... types) {
        StringBuilder text = new StringBuilder();
        for (String type : types) {
            text.append("1 0 0:1 / /x rw - ").append(type).append(" none rw\n");
        }
        return CgroupLayout.of(MountInfo.parse(text.toString().getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void tellsTheLayoutOfTheHost() {
        assertThat(layout("proc", "cgroup2")).isEqualTo(CgroupLayout.UNIFIED);
        assertThat(layout("cgroup", "cgroup2", "tmpfs")).isEqualTo(CgroupLayout.HYBRID);
        assertThat(layout("cgroup", "cgroup")).isEqualTo(CgroupLayout.LEGACY);
        assertThat(layout("tmpfs")).isEqualTo(CgroupLayout.NONE);
    }

    @Test
    void findsTheOwnCgroupBelowTheMount() throws Exception {
        CgroupMount whole = new CgroupMount(Path.of("/sys/fs/cgroup"), "/");
        assertThat(whole.below("4:memory:/x\n0::/user.slice/a b\n".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("user.slice/a b");
        assertThat(whole.below("0::/\n".getBytes(StandardCharsets.US_ASCII))).isEmpty();
        CgroupMount part = new CgroupMount(Path.of("/sys/fs/cgroup"), "/docker/abc");
        assertThat(part.below("0::/docker/abc/init\n".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("init");
        assertThat(part.below("0::/docker/abc\n".getBytes(StandardCharsets.US_ASCII)))
                .isEmpty();
        assertThatThrownBy(() -> part.below("0::/docker/abcd\n".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageContaining("is not below /docker/abc");
        assertThatThrownBy(() -> whole.below("0::/../other\n".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> whole.below("4:memory:/x\n".getBytes(StandardCharsets.US_ASCII)))
                .hasMessageContaining("none of version 2");
    }

    @Test
    void aMountThatIsHiddenOrGoneIsNotFound() {
        String text = "1 0 0:1 / /no/such/folder rw - cgroup2 none rw\n2 0 0:1 / /tmp rw - cgroup2 none rw\n";
        List<MountInfo> mounts = MountInfo.parse(text.getBytes(StandardCharsets.US_ASCII));
        assertThat(CgroupMount.find(mounts)).isEmpty();
        assertThat(CgroupMount.find(text)).isEmpty();
    }

    @Test
    void opensTheCgroupOfThisProcess() throws Exception {
        try (ProcFs proc = ProcFs.open(Path.of("/proc"))) {
            CgroupMount mount = CgroupMount.find(MountInfo.own(proc)).orElseThrow();
            try (Cgroup own = mount.openOwn(proc)) {
                assertThat(own.processes())
                        .contains((int) ProcessHandle.current().pid());
            }
        }
    }
}
