package io.lxj;

import io.lxj.config.ByteSize;
import io.lxj.error.AlreadyExistsException;
import io.lxj.image.NewFile;
import io.lxj.image.TreeFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Adds lines to files like passwd(5). */
final class AccountFile {
    private static final ByteSize LIMIT = ByteSize.mib(4);

    private AccountFile() {}

    static void add(TreeFiles files, String path, String kind, String name, String line) throws IOException {
        files.mkdirs("/etc", 0755);
        byte[] old = files.exists(path) ? files.read(path, LIMIT) : new byte[0];
        // The rest of the file may be in any encoding; a name and a colon are ASCII.
        String text = new String(old, StandardCharsets.ISO_8859_1);
        if (text.lines().anyMatch(existing -> existing.startsWith(name + ":"))) {
            throw new AlreadyExistsException(kind, name);
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(old);
        if (!text.isEmpty() && !text.endsWith("\n")) {
            content.write('\n');
        }
        content.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
        try (NewFile file = files.create(path)) {
            file.write(content.toByteArray());
            if (old.length == 0 && path.endsWith("shadow")) {
                file.mode(0640);
            }
            file.commit();
        }
    }
}
