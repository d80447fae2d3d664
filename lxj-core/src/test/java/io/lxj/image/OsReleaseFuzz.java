package io.lxj.image;

import io.lxj.config.OsRelease;
import io.lxj.linux.FileName;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** /etc/os-release of an image, which is shown to people. */
public final class OsReleaseFuzz {
    private static final int LONGEST = 2 * 128 + 1;

    private OsReleaseFuzz() {}

    public static List<byte[]> seeds() {
        return List.of(
                "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='Debian GNU/Linux 12'\n".getBytes(StandardCharsets.UTF_8),
                "# x\nNAME=\"a\\\"b\\$c\"\nVERSION_ID=\u202e1\n\nID\n=\n".getBytes(StandardCharsets.UTF_8));
    }

    public static void fuzzerTestOneInput(byte[] input) {
        OsRelease release = OsReleaseFile.parse(FileName.string(input));
        for (String shown : List.of(release.id(), release.version(), release.prettyName())) {
            if (shown.codePointCount(0, shown.length()) > LONGEST
                    || shown.codePoints()
                            .anyMatch(c -> Character.isISOControl(c)
                                    || Character.getType(c) == Character.FORMAT
                                    || Character.getType(c) == Character.SURROGATE)) {
                throw new AssertionError("not to be shown on one line: " + shown);
            }
        }
    }
}
