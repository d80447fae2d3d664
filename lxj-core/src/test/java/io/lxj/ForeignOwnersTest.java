package io.lxj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.ImportOptions;
import io.lxj.error.LxjException;
import io.lxj.image.TarBytes;
import io.lxj.testing.Caller;
import io.lxj.testing.LeaksNothing;
import io.lxj.testing.NeedsContainers;
import io.lxj.testing.NeedsRootfs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Owners in archives whom no container has, above 65535. Root's images keep them, as tar does. To an ordinary user those ids are
 * other containers of the same user, and one of them is the user: no file gets them.
 */
@NeedsContainers
@NeedsRootfs("busybox")
@LeaksNothing
@Timeout(120)
class ForeignOwnersTest {
    private static final String ACL = "user::rw-,user:%s:r--,group::r--,mask::r--,other::---";
    /** Capabilities of version 3, all of them none, for the root 65536: struct vfs_ns_cap_data of linux/capability.h. */
    private static final byte[] CAPABILITIES = {0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};

    @RegisterExtension
    static final TestLxj host = TestLxj.of("busybox");

    private static TarBytes archive() {
        return new TarBytes()
                .pax("uid", "70000", "gid", "70001")
                .file("etc/passwd", "far:x:70003:70003::/:/bin/sh\n")
                .pax("uid", "2000000000", "gid", "65535")
                .file("user", "")
                .pax("SCHILY.acl.access", String.format(ACL, 70002))
                .file("listed", "")
                .pax("SCHILY.acl.access", String.format(ACL, "far"))
                .file("named", "")
                .pax("LIBARCHIVE.xattr.security.capability", Base64.getEncoder().encodeToString(CAPABILITIES))
                .file("able", "")
                .file("bin/init", "");
    }

    private static InputStream stream(TarBytes archive) {
        return new ByteArrayInputStream(archive.finish());
    }

    private static String packed(Container container, String path) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        container.files().pull(path, archive);
        return archive.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void anImageOfAUserHasNoOwnersOfOtherContainers() {
        boolean kept = Caller.isRoot();
        Image image =
                host.lxj().images().importTarball("far", stream(archive()), ImportOptions.defaults(), progress -> {});
        Container container = host.create("far");
        try {
            ContainerFiles files = container.files();
            assertThat(files.info("/etc/passwd").uid()).isEqualTo(kept ? 70_000 : 65_534);
            assertThat(files.info("/etc/passwd").gid()).isEqualTo(kept ? 70_001 : 65_534);
            assertThat(files.info("/user").uid()).isEqualTo(kept ? 2_000_000_000 : 65_534);
            assertThat(files.info("/user").gid()).isEqualTo(65_535);
            assertThat(packed(container, "/listed")).contains("user:" + (kept ? 70_002 : 65_534) + ":r--");
            assertThat(packed(container, "/named").contains("user:70003:r--")).isEqualTo(kept);
            assertThat(packed(container, "/able").contains("security.capability"))
                    .isEqualTo(kept);
            if (!kept) {
                assertThat(image.info().warnings())
                        .contains(
                                "owners above 65535, of whom no container has one, became nobody (65534): \"etc/passwd\""
                                        + " and 2 more",
                                "access control lists name users or groups that the image doesn't have: \"named\"",
                                "file capabilities for a root above 65535, whom no container has, were left out:"
                                        + " \"able\"");
            }
        } finally {
            container.destroy();
            image.delete();
        }
    }

    @Test
    void noFileOfAStoppedContainerIsGivenToAnotherContainerOfTheUser() {
        Container container = host.create("busybox");
        if (Caller.isRoot()) {
            container.files().write("/file", new byte[0], 0644, 70_000, 70_000);
            assertThat(container.files().info("/file").uid()).isEqualTo(70_000);
            return;
        }
        assertThatThrownBy(() -> container.files().write("/file", new byte[0], 0644, 70_000, 0))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("the container has no such user: its ids are");
        assertThatThrownBy(() -> container.files().push(stream(archive()), "/"))
                .isInstanceOf(LxjException.class)
                .hasMessageContaining("the container has no such user: its ids are");
        try (ImageBuilder builder =
                host.lxj().images().builder(host.lxj().images().get("busybox"))) {
            builder.write("/file", "");
            assertThatThrownBy(() -> builder.owner("/file", 0, 70_000))
                    .isInstanceOf(LxjException.class)
                    .hasMessageContaining("the container has no such group: its ids are");
        }
    }
}
