package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lxj.error.InvalidConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigJsonTest {
    private static final int RANDOM_CONFIGS = 1_000;

    /** What earlier versions have written has to stay readable: this text must not change with format 1. */
    private static final String WEB = """
            {
              "format": 1,
              "image": "debian-12",
              "hostname": "web1",
              "init": [
                "/sbin/init",
                "--arg"
              ],
              "environment": {
                "A": "b"
              },
              "workingDirectory": "/srv",
              "mounts": [
                {
                  "type": "bind",
                  "source": "/srv/site",
                  "target": "/var/www",
                  "flags": [
                    "read-only"
                  ],
                  "propagation": "private",
                  "recursive": true,
                  "optional": false
                },
                {
                  "type": "tmpfs",
                  "target": "/scratch",
                  "flags": [],
                  "propagation": "private",
                  "size": "64MiB",
                  "mode": "1777"
                }
              ],
              "devices": [
                {
                  "type": "host",
                  "source": "/dev/fuse",
                  "target": "/dev/fuse",
                  "access": "rwm"
                },
                {
                  "type": "character",
                  "major": 10,
                  "minor": 200,
                  "target": "/dev/net/tun",
                  "mode": "0660",
                  "access": "rw"
                }
              ],
              "storage": "copy",
              "console": {
                "rows": 24,
                "columns": 80,
                "logSize": "1MiB",
                "logRotations": 2,
                "bufferSize": "16KiB"
              },
              "stopSignal": "SIGRTMIN+3",
              "rebootSignal": "SIGTERM",
              "stopTimeout": "PT1M30S",
              "onExit": "keep",
              "labels": {
                "team": "shop"
              }
            }
            """;

    private static Config web() {
        return Config.ofImage("debian-12")
                .hostname("web1")
                .init("/sbin/init", "--arg")
                .env("A", "b")
                .workingDirectory("/srv")
                .mount(Mount.bind(Path.of("/srv/site"), "/var/www").readOnly())
                .mount(Mount.tmpfs("/scratch").size(ByteSize.mib(64)))
                .device(Device.host(Path.of("/dev/fuse")))
                .device(Device.character(10, 200, "/dev/net/tun").access(DeviceAccess.READ, DeviceAccess.WRITE))
                .storage(Storage.COPY)
                .stopSignal(Signal.realTime(3))
                .rebootSignal(Signal.SIGTERM)
                .stopTimeout(Duration.ofSeconds(90))
                .onExit(OnExit.KEEP)
                .label("team", "shop");
    }

    @Test
    void formatIsStable() {
        assertThat(web().toJson()).isEqualTo(WEB);
        assertThat(Config.fromJson(WEB)).isEqualTo(web());
    }

    @Test
    void whatIsNotThereHasItsDefault() {
        assertThat(Config.fromJson("{\"format\":1,\"image\":\"a\"}")).isEqualTo(Config.ofImage("a"));
        assertThat(Config.fromJson("""
                        {"format": 1, "image": "a", "init": [], "console": {}, "mounts": [
                         {"type": "bind", "source": "/s", "target": "/t"}, {"type": "tmpfs", "target": "/u"}],
                         "devices": [{"type": "block", "major": 1, "minor": 2, "target": "/dev/x"}]}"""))
                .isEqualTo(Config.ofImage("a")
                        .mount(Mount.bind("/s", "/t"))
                        .mount(Mount.tmpfs("/u"))
                        .device(Device.block(1, 2, "/dev/x")));
    }

    @Test
    void anyConfigIsEqualAfterARoundTripThroughUtf8() {
        for (long seed = 0; seed < RANDOM_CONFIGS; seed++) {
            Config config = RandomConfig.of(seed);
            String json = new String(config.toJson().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            Config copy = Config.fromJson(json);

            assertThat(copy).as("config of seed %d", seed).isEqualTo(config);
            assertThat(copy.toJson()).as("JSON of seed %d", seed).isEqualTo(json);
        }
    }

    @Test
    void bytesThatAreNotUtf8AreEscaped() {
        assertThat(Config.ofImage("a").workingDirectory("/\udcff\ud83d\ude00").toJson())
                .contains("\"workingDirectory\": \"/\\udcff\ud83d\ude00\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'hostnam': 'x' | hostnam: unknown key; known are format, image, hostname, init,",
                "'mounts': [{'type':'tmpfs','target':'/a'},{'type':'bind','sorce':'/x','source':'/x','target':'/b'}]"
                        + " | mounts[1].sorce: unknown key; known are type, source, target,",
                "'mounts': [{'type':'tmpfs','target':'/a','recursive':true}] | mounts[0].recursive: unknown key",
                "'devices': [{'type':'host','source':'/dev/a','target':'/dev/a','major':1}] | devices[0].major:",
                "'console': {'row': 1} | console.row: unknown key; known are rows, columns, logSize",
                "'hostname': 5 | hostname: is a number; allowed: text",
                "'hostname': null | hostname: is null; allowed: text",
                "'hostname': 'a_b' | hostname: 'a_b' is not allowed; allowed: 1 to 64 characters",
                "'init': '/sbin/init' | init: is text; allowed: a list",
                "'init': ['/sbin/init', {}] | init[1]: is an object; allowed: text",
                "'init': ['init'] | init[0]: 'init' is not allowed; allowed: an absolute path",
                "'environment': [] | environment: is a list; allowed: an object",
                "'environment': {'A': 12} | environment.A: is a number; allowed: text",
                "'environment': {'A=': ''} | environment.A=: 'A=' is not allowed; allowed: a name",
                "'credentials': {'../a': ''} | credentials.../a: '../a' is not allowed; allowed: 1 to 255",
                "'ttys': 17 | ttys: '17' is not allowed; allowed: a number from 0 to 16",
                "'ttys': 1, 'onExit': 'keep' | ttys: '1' is not allowed; allowed: 0 for a container that is kept",
                "'listen': {'a': 'localhost:80'} | listen.a: 'localhost:80' is not allowed; allowed: an IP address",
                "'listen': {'a': '127.0.0.1:65536'} | listen.a: '127.0.0.1:65536' is not allowed; allowed: an IP address",
                "'listen': {'a': '1.2.3.400:1'} | listen.a: '1.2.3.400:1' is not allowed; allowed: an IP address",
                "'workingDirectory': 'a' | workingDirectory: 'a' is not allowed; allowed: an absolute path",
                "'mounts': [3] | mounts[0]: is a number; allowed: an object",
                "'mounts': [{}] | mounts[0].type: is missing",
                "'mounts': [{'type':'nfs'}] | mounts[0].type: 'nfs' is not allowed; allowed: one of bind, tmpfs",
                "'mounts': [{'type':'tmpfs','target':'/a/..'}] | mounts[0].target: '/a/..' is not allowed",
                "'mounts': [{'type':'bind','target':'/a'}] | mounts[0].source: is missing",
                "'mounts': [{'type':'bind','source':'a','target':'/a'}] | mounts[0].source: 'a' is not allowed",
                "'mounts': [{'type':'tmpfs','target':'/a','size':'1MB'}] | mounts[0].size: '1MB' is not",
                "'mounts': [{'type':'tmpfs','target':'/a','size':'0'}] | mounts[0].size: '0' is not allowed",
                "'mounts': [{'type':'tmpfs','target':'/a','mode':'999'}] | mounts[0].mode: '999' is not",
                "'mounts': [{'type':'tmpfs','target':'/a','mode':'10000'}] | mounts[0].mode: '10000' is not",
                "'mounts': [{'type':'tmpfs','target':'/a','mode':511}] | mounts[0].mode: is a number",
                "'mounts': [{'type':'tmpfs','target':'/a','flags':['ro']}] | mounts[0].flags[0]: 'ro' is not allowed;",
                "'mounts': [{'type':'tmpfs','target':'/a','propagation':true}] | mounts[0].propagation: is true or",
                "'mounts': [{'type':'tmpfs','target':'/a'},{'type':'tmpfs','target':'/a'}] | mounts[1].target: '/a'",
                "'devices': [{'type':'block','major':-1,'minor':0,'target':'/dev/a'}] | devices[0].major: '-1'",
                "'devices': [{'type':'block','major':1,'minor':4294967296,'target':'/dev/a'}] | devices[0].minor:",
                "'devices': [{'type':'host','source':'/dev/a','target':'/dev/a','access':'rx'}] | devices[0].access:",
                "'devices': [{'type':'host','source':'/dev/a','target':'/a'}] | devices[0].target: '/a' is not",
                "'storage': 'OVERLAY' | storage: 'OVERLAY' is not allowed; allowed: one of overlay, copy",
                "'processes': {'limits': {'NOFILE': {'soft': 20, 'hard': 20}, 'RLIMIT_NOFILE': {'soft': 21, 'hard': 21}}}"
                        + " | processes.limits.RLIMIT_NOFILE: is that of RLIMIT_NOFILE once more; allowed: one limit for each",
                "'console': {'rows': 0} | console.rows: '0' is not allowed; allowed: a number from 1 to 65535",
                "'console': {'logSize': 4096} | console.logSize: is a number; allowed: text",
                "'console': {'logSize': 'x'} | console.logSize: 'x' is not allowed",
                "'console': {'bufferSize': '1T'} | console.bufferSize: '1TiB' is not allowed; allowed: a size from",
                "'stopSignal': 'SIGFOO' | stopSignal: 'SIGFOO' is not allowed; allowed: a signal name",
                "'rebootSignal': 15 | rebootSignal: is a number; allowed: text",
                "'stopTimeout': '30s' | stopTimeout: '30s' is not allowed; allowed: a duration as in ISO 8601",
                "'stopTimeout': 'PT-1S' | stopTimeout: 'PT-1S' is not allowed; allowed: a duration from PT0S",
                "'stopTimeout': 1.5 | stopTimeout: '1.5' is not allowed; allowed: a whole number",
                "'onExit': 'die' | onExit: 'die' is not allowed; allowed: one of kill, keep",
                "'labels': {'-': ''} | labels.-: '-' is not allowed; allowed: 1 to 128 of the characters",
                "'labels': {'a': []} | labels.a: is a list; allowed: text",
                "'onExit':'kill','onExit':'keep' | onExit: is there twice; allowed: each key once",
                "'labels': {'a':'','a':''} | labels.a: is there twice",
                "'format': 1 | format: is there twice",
            })
    void refusesAWrongFieldByItsPath(String field, String message) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Config.fromJson(quoted("{'format': 1, 'image': 'a', " + field + "}")))
                .withMessageStartingWith(quoted(message));
    }

    private static String quoted(String text) {
        return text.replace('\'', '"');
    }

    @Test
    void refusesOtherFormatsAndMissingOnes() {
        refuses("{\"image\": \"a\"}", "format: is missing; needed: a value, as it has no default");
        refuses(
                "{\"format\": 2, \"image\": \"a\", \"new\": 1}",
                "format: \"2\" is not allowed; allowed: 1; another was");
        refuses("{\"format\": \"1\", \"image\": \"a\"}", "format: is text; allowed: a whole number");
        refuses("{\"format\": 1}", "image: is missing");
        refuses("{\"format\": 1, \"image\": \"../a\"}", "image: \"../a\" is not allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"format\": 1, \"image\": \"a\"",
                "{\"format\": 1, \"image\": \"a\"} {}",
                "{\"format\": 1, \"image\": \"a\",}",
                "{format: 1}",
                "{'format': 1}",
                "// {}",
                "{\"format\": NaN}",
                "{\"format\": 01}",
                "{\"format\": 1; \"image\": \"a\"}",
                "{\"image\": \"a\nb\"}",
                ")]}'\n{}",
                "{\"format\": TRUE}",
                "{\"\\x\": 1}",
                "[[[[[[[[[[[[[[[["
            })
    void refusesWhatIsNotStrictJson(String json) {
        refuses(json, "JSON: can't be read: ");
    }

    @Test
    void refusesDocumentsOfAnotherKind() {
        refuses("[]", "JSON: is a list; allowed: an object");
        refuses("null", "JSON: is null; allowed: an object");
        refuses("1", "JSON: is a number; allowed: an object");
        refuses("1e999999999", "\"1e999999999\"");
    }

    @Test
    void refusesHostileSizesAndDepths() {
        refuses(" ".repeat(1 << 20) + "{}", "JSON: has 1048578 characters; allowed: at most 1048576");
        refuses("{\"format\":1,\"a\":" + "[".repeat(500_000), "JSON: can't be read: Nesting limit");
        refuses("{\"format\":1,\"image\":\"" + "a".repeat(500_000) + "\"}", "image: \"aaa");
    }

    @Test
    void manyVariablesAreReadInTime() {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            variables.put("V" + i, "");
        }
        Config config = Config.ofImage("a").environment(variables);

        assertThat(Config.fromJson(config.toJson())).isEqualTo(config);
    }

    @Test
    void refusesToWriteWhatItCouldNotRead() {
        Config config = Config.ofImage("a");
        for (int i = 0; i < 11; i++) {
            config = config.env("V" + i, "x".repeat(100_000));
        }
        Config large = config;

        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(large::toJson)
                .withMessageStartingWith("config: has 11")
                .withMessageEndingWith("characters as JSON; allowed: at most 1048576");
    }

    @Test
    void aSecretOfTheWrongTypeIsNotInTheMessage() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() ->
                        Config.fromJson("{\"format\": 1, \"image\": \"a\", \"environment\": {\"A\": [\"hunter2\"]}}"))
                .withMessageNotContaining("hunter2");
    }

    private static void refuses(String json, String message) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> Config.fromJson(json))
                .withMessageContaining(message);
    }
}
