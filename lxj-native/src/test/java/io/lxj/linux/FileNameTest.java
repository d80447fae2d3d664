package io.lxj.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.testing.JavaCommand;
import io.lxj.testing.LeaksNothing;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeaksNothing
class FileNameTest {
    @Test
    void everyByteSurvives() {
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            byte[] name = new byte[1 + random.nextInt(12)];
            for (int i = 0; i < name.length; i++) {
                name[i] = (byte) (1 + random.nextInt(255));
            }
            assertThat(FileName.bytes(FileName.string(name))).isEqualTo(name);
        }
    }

    @Test
    void validTextIsWhatItIs() {
        String text = "a\u00fc\u20ac\ud83d\ude00.txt";
        assertThat(FileName.bytes(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(FileName.string(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    }

    @Test
    void bytesThatAreNoUtf8BecomeLoneSurrogates() {
        assertThat(FileName.string(new byte[] {'a', (byte) 0xFF})).isEqualTo("a\udcff");
        // Overlong forms and encoded surrogates aren't UTF-8.
        assertThat(FileName.string(new byte[] {(byte) 0xC0, (byte) 0xAF})).isEqualTo("\udcc0\udcaf");
        assertThat(FileName.string(new byte[] {(byte) 0xED, (byte) 0xB2, (byte) 0x80}))
                .isEqualTo("\udced\udcb2\udc80");
    }

    @Test
    void nulAndOtherLoneSurrogatesAreRefused() {
        assertThatThrownBy(() -> FileName.bytes("a\0b")).hasMessageContaining("NUL");
        assertThatThrownBy(() -> FileName.bytes("\u00fc\0")).hasMessageContaining("NUL");
        assertThatThrownBy(() -> FileName.bytes("\ud800")).hasMessageContaining("d800");
        assertThatThrownBy(() -> FileName.bytes("\udc7f")).hasMessageContaining("dc7f");
    }

    @Test
    void quotesWhatCouldDisturbATerminal() {
        byte[] name = {'a', 27, '[', 'm', '\n', (byte) 0x9B, '"', '\\', 127};
        assertThat(FileName.quote(name)).isEqualTo("\"a\\x1b[m\\x0a\\x9b\\\"\\\\\\x7f\"");
    }

    @Test
    void namesSurviveInAJvmWithTheCLocale(@TempDir Path folder) throws Exception {
        byte[] name = {'x', (byte) 0xC3, (byte) 0xBC, (byte) 0xFF};
        try (Directory directory = new Directory(Fd.open(folder, Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
            directory.open(name, Open.O_CREAT | Open.O_WRONLY, 0600).close();
            String modules = String.join(
                    File.pathSeparator,
                    location(Fd.class),
                    location(com.sun.jna.Native.class),
                    location(FileNameTest.class));
            List<String> command = new ArrayList<>(JavaCommand.begin());
            command.addAll(List.of("-cp", modules, Lister.class.getName(), folder.toString()));
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(Map.of("LC_ALL", "C", "LANG", "C"));
            Process process = builder.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(output.strip()).isEqualTo("78 c3 bc ff same");
            directory.unlink(name);
        }
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    /** Runs in a JVM of its own, whose locale has no such characters. */
    static final class Lister {
        private Lister() {}

        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            try (Directory directory = new Directory(Fd.open(folder, Open.O_RDONLY | Open.O_DIRECTORY, 0))) {
                DirectoryEntry entry = directory.list().get(0);
                for (byte b : FileName.bytes(entry.string())) {
                    System.out.printf("%02x ", b & 0xFF);
                }
                Path file = folder.resolve("plain");
                boolean same = directory.stat(FileName.bytes(entry.string())).isRegular()
                        && FileName.string(FileName.bytes(file)).endsWith("/plain");
                System.out.println(same ? "same" : "different");
            }
        }
    }
}
