package io.lxj.storage;

import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.config.Mount;
import io.lxj.error.CorruptStateException;
import io.lxj.image.ImageFile;
import io.lxj.linux.FileName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** container.json, run.json and image.json. What can be read can be written, and is the same when it is read again. */
public final class StateFilesFuzz {
    private static final String FILE = "the file";

    private StateFilesFuzz() {}

    public static List<byte[]> seeds() {
        Config config = Config.ofImage("debian-12")
                .hostname("web")
                .environment(Map.of("A", "b"))
                .sysctl("net.ipv4.ip_forward", "1")
                .mount(Mount.bind(Path.of("/srv"), "/var/www").readOnly());
        ContainerRecord container =
                new ContainerRecord(MachineId.random(), Instant.parse("2026-01-02T03:04:05Z"), config, Optional.of(7L));
        String run = "{\"bootId\":\"b\",\"init\":{\"pid\":7,\"startTime\":8},\"keeper\":{\"pid\":9,\"startTime\":8},"
                + "\"owner\":{\"pid\":1,\"startTime\":2},\"cgroup\":\"/lxj\",\"started\":\"2026-01-02T03:04:05Z\"}";
        String image = "{\"version\":1,\"name\":\"debian-12\",\"created\":\"2026-01-02T03:04:05Z\",\"source\":"
                + "{\"format\":\"tar.gz\",\"sha256\":\"" + "0".repeat(64) + "\",\"bytes\":5},\"bytes\":7,\"entries\":9,"
                + "\"os\":{\"id\":\"debian\",\"version\":\"12\",\"prettyName\":\"Debian\"},\"architecture\":\"x86_64\","
                + "\"initSystem\":\"systemd\",\"init\":\"/sbin/init\",\"warnings\":[\"w\"],"
                + "\"defaults\":{\"environment\":{\"A\":\"b\"},\"init\":[\"/init\"]}}";
        return List.of(
                container.toJson().getBytes(StandardCharsets.UTF_8),
                run.getBytes(StandardCharsets.UTF_8),
                image.getBytes(StandardCharsets.UTF_8));
    }

    public static void fuzzerTestOneInput(byte[] input) {
        String text = FileName.string(input);
        same(text, json -> ContainerRecord.fromJson(FILE, json), ContainerRecord::toJson);
        same(text, json -> RunRecord.fromJson(FILE, json), RunRecord::toJson);
        same(text, json -> ImageFile.read(json, FILE), (ImageInfo info) -> ImageFile.write(info));
    }

    private static <T> void same(String text, Function<String, T> read, Function<T, String> write) {
        T value;
        try {
            value = read.apply(text);
        } catch (CorruptStateException e) {
            return;
        }
        T again = read.apply(write.apply(value));
        if (!again.equals(value)) {
            throw new AssertionError("not the same when read again: " + value + ", " + again);
        }
    }
}
