package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.lxj.error.InvalidConfigException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {
    private static final Config DEBIAN = Config.ofImage("debian-12");
    private static final BindMount SITE =
            Mount.bind(Path.of("/srv/site"), "/var/www").readOnly();

    private static Config web() {
        ImageRef debian = () -> "debian-12";
        return Config.of(debian)
                .hostname("web1")
                .mount(SITE)
                .device(Device.host(Path.of("/dev/fuse")))
                .env("A", "b")
                .init("/sbin/init", "--arg")
                .workingDirectory("/")
                .storage(Storage.COPY)
                .console(ConsoleSettings.DEFAULT.size(50, 132))
                .stopSignal(Signal.realTime(3))
                .rebootSignal(Signal.SIGTERM)
                .stopTimeout(Duration.ofSeconds(5))
                .onExit(OnExit.KEEP)
                .label("k", "v");
    }

    @Test
    void givesBackWhatWasSet() {
        Config web = web();

        assertThat(web.image()).isEqualTo("debian-12");
        assertThat(web.hostname()).contains("web1");
        assertThat(web.mounts()).containsExactly(SITE);
        assertThat(web.devices()).containsExactly(Device.host(Path.of("/dev/fuse")));
        assertThat(web.environment()).containsExactly(Map.entry("A", "b"));
        assertThat(web.init()).containsExactly("/sbin/init", "--arg");
        assertThat(web.workingDirectory()).isEqualTo("/");
        assertThat(web.storage()).isEqualTo(Storage.COPY);
        assertThat(web.console().size()).isEqualTo(new TerminalSize(50, 132));
        assertThat(web.stopSignal()).contains(Signal.realTime(3));
        assertThat(web.rebootSignal()).contains(Signal.SIGTERM);
        assertThat(web.stopTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(web.onExit()).isEqualTo(OnExit.KEEP);
        assertThat(web.labels()).containsExactly(Map.entry("k", "v"));
    }

    @Test
    void hasDefaults() {
        assertThat(DEBIAN.hostname()).isEmpty();
        assertThat(DEBIAN.init()).isEmpty();
        assertThat(DEBIAN.environment()).isEmpty();
        assertThat(DEBIAN.workingDirectory()).isEqualTo("/");
        assertThat(DEBIAN.mounts()).isEmpty();
        assertThat(DEBIAN.devices()).isEmpty();
        assertThat(DEBIAN.storage()).isEqualTo(Storage.OVERLAY);
        assertThat(DEBIAN.console()).isEqualTo(ConsoleSettings.DEFAULT);
        assertThat(DEBIAN.stopSignal()).isEmpty();
        assertThat(DEBIAN.rebootSignal()).isEmpty();
        assertThat(DEBIAN.stopTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(DEBIAN.onExit()).isEqualTo(OnExit.KILL);
        assertThat(DEBIAN.labels()).isEmpty();
    }

    @Test
    void whatWasSetIsTakenBackByItsName() {
        Config rest = web().without("hostname", "init", "stopSignal");
        assertThat(rest.hostname()).isEmpty();
        assertThat(rest.init()).isEmpty();
        assertThat(rest.stopSignal()).isEmpty();
        assertThat(rest.hostname("web1").init("/sbin/init", "--arg").stopSignal(Signal.realTime(3)))
                .isEqualTo(web());
        assertThat(web().without()).isEqualTo(web());
        assertThat(web().without("limits")).isEqualTo(web());
    }

    @Test
    void everySettingButTheImageCanBeTakenBackAndNoOtherGoesWithIt() {
        for (int seed = 0; seed < 100; seed++) {
            Config config = RandomConfig.of(seed);
            String plain = Config.ofImage(config.image()).toJson();
            Config rest = config;
            for (Setting<?> setting : ConfigSettings.ALL) {
                if (setting != ConfigSettings.IMAGE) {
                    Config fewer = rest.without(setting.name());
                    assertThat(Config.fromJson(fewer.toJson()))
                            .as("seed %d, %s", seed, setting)
                            .isEqualTo(fewer);
                    for (Setting<?> other : ConfigSettings.ALL) {
                        if (other != setting) {
                            assertThat(json(fewer).get(other.name()))
                                    .isEqualTo(json(rest).get(other.name()));
                        }
                    }
                    rest = fewer;
                }
            }
            assertThat(rest.toJson()).isEqualTo(plain);
        }
    }

    private static JsonObject json(Config config) {
        return JsonParser.parseString(config.toJson()).getAsJsonObject();
    }

    @Test
    void onlyWhatIsASettingAndNotTheImageCanBeTakenBack() {
        for (String name : List.of("image", "hostName", "")) {
            assertThatExceptionOfType(InvalidConfigException.class)
                    .isThrownBy(() -> DEBIAN.without("init", name))
                    .withMessageStartingWith(
                            "without: \"" + name + "\" is not allowed; allowed: one of [hostname, init, ");
        }
        assertThatNullPointerException().isThrownBy(() -> DEBIAN.without((String) null));
    }

    @Test
    void settingsOfTheKernelAndSocketsAreReplacedAsAWhole() {
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", 80);
        Config config = DEBIAN.sysctl("net.ipv4.ip_forward", "1").listen("web", address);
        assertThat(config.sysctls(Map.of("kernel.sem", "1 2 3 4")).sysctls())
                .containsOnly(Map.entry("kernel.sem", "1 2 3 4"));
        assertThat(config.sysctls(Map.of()).listen(Map.of())).isEqualTo(DEBIAN);
        assertThat(config.listen(Map.of("db", address)).listen()).containsOnlyKeys("db");
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> DEBIAN.sysctls(Map.of("kernel.panic", "1")));
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> DEBIAN.listen(Map.of("a b", address)));
    }

    @Test
    void settingMakesANewOneAndLeavesTheOld() {
        Config changed = DEBIAN.hostname("web1").env("A", "b").mount(SITE).label("k", "v");

        assertThat(DEBIAN).isEqualTo(Config.ofImage("debian-12")).isNotEqualTo(changed);
        assertThat(DEBIAN.environment()).isEmpty();
        assertThat(DEBIAN.mounts()).isEmpty();
    }

    @Test
    void isEqualToOneThatWasSetInAnotherOrder() {
        Config one =
                DEBIAN.hostname("a").env("A", "1").env("B", "2").label("x", "1").label("y", "2");
        Config other = DEBIAN.label("y", "2")
                .label("x", "1")
                .env("B", "2")
                .env("A", "1")
                .hostname("a");

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString(other.toString());
        assertThat(web()).isEqualTo(web()).hasSameHashCodeAs(web());
    }

    @Test
    void isEqualToOneInWhichADefaultWasSet() {
        assertThat(DEBIAN.storage(Storage.COPY).storage(Storage.OVERLAY).workingDirectory("/./"))
                .isEqualTo(DEBIAN)
                .hasSameHashCodeAs(DEBIAN);
    }

    @Test
    void ofTheSameNameReplaces() {
        Config config = DEBIAN.env("A", "1")
                .env("A", "2")
                .label("k", "1")
                .label("k", "2")
                .init("/a", "b")
                .init("/c");

        assertThat(config.environment()).containsExactly(Map.entry("A", "2"));
        assertThat(config.labels()).containsExactly(Map.entry("k", "2"));
        assertThat(config.init()).containsExactly("/c");
    }

    @Test
    void replacesAllAtOnce() {
        Config config = web().environment(Map.of("B", "2"))
                .labels(Map.of("l", "w"))
                .mounts(List.of(Mount.tmpfs("/tmp"), SITE))
                .devices(List.of());

        assertThat(config.environment()).containsExactly(Map.entry("B", "2"));
        assertThat(config.labels()).containsExactly(Map.entry("l", "w"));
        assertThat(config.mounts()).containsExactly(Mount.tmpfs("/tmp"), SITE);
        assertThat(config.devices()).isEmpty();
    }

    @Test
    void whatItIsGivenIsCopied() {
        Map<String, String> map = new HashMap<>(Map.of("A", "1"));
        List<Mount> mounts = new ArrayList<>(List.of(SITE));
        Config config = DEBIAN.environment(map).labels(map).mounts(mounts);
        map.put("B", "2");
        mounts.clear();

        assertThat(config.environment()).containsExactly(Map.entry("A", "1"));
        assertThat(config.labels()).containsExactly(Map.entry("A", "1"));
        assertThat(config.mounts()).containsExactly(SITE);
    }

    @Test
    void whatItGivesCannotBeChanged() {
        Config web = web();
        assertUnchangeable(() -> web.environment().put("B", "2"));
        assertUnchangeable(() -> web.labels().clear());
        assertUnchangeable(() -> web.mounts().clear());
        assertUnchangeable(() -> web.devices().clear());
        assertUnchangeable(() -> web.init().add("x"));
    }

    private static void assertUnchangeable(Runnable change) {
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(change::run);
    }

    @Test
    void textShowsWhatIsSetButNoSecrets() {
        assertThat(DEBIAN).hasToString("Config[image debian-12]");
        assertThat(web())
                .hasToString("Config[image debian-12, hostname web1, init [/sbin/init, --arg], environment [A], "
                        + "mounts [bind /srv/site on /var/www (read-only)], devices [/dev/fuse (rwm)], storage copy, "
                        + "console 50x132, log 1MiB and 2 rotated, buffer 16KiB, stopSignal SIGRTMIN+3, "
                        + "rebootSignal SIGTERM, stopTimeout PT5S, onExit keep, labels {k=v}]");
    }

    @Test
    void hasAsManyTerminalsAsCanBeLookedAfter() {
        assertThat(DEBIAN.ttys()).isZero();
        assertThat(DEBIAN.ttys(16).ttys()).isEqualTo(16);
        refuses("ttys", () -> DEBIAN.ttys(17));
        refuses("ttys", () -> DEBIAN.ttys(-1));
        refuses("ttys", () -> DEBIAN.onExit(OnExit.KEEP).ttys(1));
        refuses("ttys", () -> DEBIAN.ttys(1).onExit(OnExit.KEEP));
        assertThat(DEBIAN.onExit(OnExit.KEEP).ttys(0)).isEqualTo(DEBIAN.onExit(OnExit.KEEP));
    }

    @Test
    void hasNoMoreThanAStartCanHandOver() {
        List<Mount> mounts = new ArrayList<>();
        Config listening = DEBIAN;
        for (int i = 0; i < 256; i++) {
            mounts.add(Mount.tmpfs("/m" + i));
        }
        for (int i = 0; i < 64; i++) {
            listening = listening.listen("s" + i, new InetSocketAddress("127.0.0.1", 1000 + i));
        }
        Config full = listening.mounts(mounts);
        refuses("mounts", () -> full.mount(Mount.tmpfs("/one-more")));
        refuses("listen", () -> full.listen("one-more", new InetSocketAddress("127.0.0.1", 80)));
    }

    @Test
    void refusesBadValuesByNameOfTheField() {
        refuses("image name", () -> Config.ofImage("../x"));
        refuses("hostname", () -> DEBIAN.hostname("a_b"));
        refuses("credentials..a", () -> DEBIAN.credential(".a", ""));
        refuses("credentials.a/b", () -> DEBIAN.credential("a/b", ""));
        refuses("credentials.a", () -> DEBIAN.credential("a", "\0"));
        refuses("credentials.b", () -> DEBIAN.credential("a", "x".repeat(60_000))
                .credential("b", "x".repeat(6_000)));
        InetSocketAddress local = new InetSocketAddress("127.0.0.1", 80);
        refuses("listen.a:b", () -> DEBIAN.listen("a:b", local));
        refuses("listen.a", () -> DEBIAN.listen("a", new InetSocketAddress("127.0.0.1", 0)));
        refuses("listen.a", () -> DEBIAN.listen("a", InetSocketAddress.createUnresolved("localhost", 80)));
        refuses("listen.b", () -> DEBIAN.listen("a", local).listen("b", new InetSocketAddress("127.0.0.1", 80)));
        refuses("init[0]", () -> DEBIAN.init("sbin/init"));
        refuses("init[2]", () -> DEBIAN.init("/sbin/init", "a", "b\nc"));
        refuses("environment.", () -> DEBIAN.env("", "b"));
        refuses("environment.A=B", () -> DEBIAN.env("A=B", "c"));
        refuses("environment.A\n", () -> DEBIAN.env("A\n", "c"));
        refuses("environment.A", () -> DEBIAN.environment(Map.of("A", "b\nlxc.hook.pre-start=/bin/sh")));
        refuses("environment.A", () -> DEBIAN.env("A", "b".repeat(131_070)));
        refuses("workingDirectory", () -> DEBIAN.workingDirectory("relative"));
        refuses("workingDirectory", () -> DEBIAN.workingDirectory("/a/.."));
        refuses("stopTimeout", () -> DEBIAN.stopTimeout(Duration.ofSeconds(-1)));
        refuses("stopTimeout", () -> DEBIAN.stopTimeout(Duration.ofSeconds(Long.MAX_VALUE)));
        refuses("labels.", () -> DEBIAN.label("", "v"));
        refuses("labels.-k", () -> DEBIAN.label("-k", "v"));
        refuses("labels.k", () -> DEBIAN.label("k", "\033[2J"));
    }

    @Test
    void refusesTwoThingsAtOnePlace() {
        refuses("mounts[1].target", () -> DEBIAN.mount(SITE).mount(Mount.tmpfs("/var//www/")));
        refuses(
                "devices[1].target",
                () -> DEBIAN.devices(List.of(Device.block(1, 2, "/dev/x"), Device.character(1, 2, "/dev/x"))));
    }

    @Test
    void aRefusedSecretIsNotInTheMessage() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> DEBIAN.env("TOKEN", "hunter2\n"))
                .withMessageStartingWith("environment.TOKEN: the value (not shown here) is not allowed")
                .withMessageNotContaining("hunter2");
    }

    @Test
    void refusesNullByName() {
        assertThatNullPointerException().isThrownBy(() -> DEBIAN.hostname(null)).withMessage("hostname");
        assertThatNullPointerException().isThrownBy(() -> DEBIAN.storage(null)).withMessage("storage");
        assertThatNullPointerException().isThrownBy(() -> DEBIAN.env("A", null)).withMessage("environment.A");
        assertThatNullPointerException().isThrownBy(() -> Config.ofImage(null)).withMessage("image name");
        assertThatNullPointerException()
                .isThrownBy(() -> DEBIAN.stopTimeout(null))
                .withMessage("stopTimeout");
        assertThatNullPointerException().isThrownBy(() -> DEBIAN.mount(null));
        assertThatNullPointerException().isThrownBy(() -> DEBIAN.stopSignal(null));
    }

    private static void refuses(String field, Runnable setting) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(setting::run)
                .satisfies(e -> assertThat(e.field()).isEqualTo(field));
    }
}
