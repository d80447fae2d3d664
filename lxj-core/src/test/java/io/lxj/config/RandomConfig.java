package io.lxj.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Makes configurations of all shapes, the same ones for the same seed. */
final class RandomConfig {
    private static final String LETTERS = "abzABZ019";
    private static final String TEXT = LETTERS + " \"\\/<>&='{}[],:;é世\ud83d\ude00\udc80\udcff\ufffd";

    private final Random random;

    private RandomConfig(long seed) {
        this.random = new Random(seed);
    }

    static Config of(long seed) {
        return new RandomConfig(seed).config();
    }

    private Config config() {
        Config config = Config.ofImage(text(LETTERS, 1, 128));
        config = maybe(config, c -> c.hostname(text(LETTERS, 1, 31) + "." + text(LETTERS, 1, 31)));
        config = maybe(config, c -> c.init(path(), text(TEXT, 0, 9), text(TEXT, 0, 9)));
        config = maybe(config, c -> c.workingDirectory(path()));
        config = maybe(config, c -> c.storage(Storage.COPY));
        config = maybe(config, c -> c.console(console()));
        config = maybe(config, c -> c.stopSignal(signal()));
        config = maybe(config, c -> c.rebootSignal(signal()));
        config = maybe(config, c -> c.stopTimeout(Duration.ofNanos(random.nextLong() >>> 11)));
        config = maybe(config, c -> c.security(security()));
        config = maybe(config, c -> c.processes(processes()));
        config = maybe(config, c -> c.limits(limits()));
        config = maybe(
                config,
                c -> c.clockOffsets(new ClockOffsets(
                        Duration.ofSeconds(random.nextInt(), random.nextInt(1000)),
                        Duration.ofNanos(random.nextInt()))));
        config = maybe(config, c -> c.sysctl("net.ipv4." + text(LETTERS, 1, 20), text(TEXT, 1, 20)));
        config = maybe(config, c -> c.onExit(OnExit.KEEP));
        config = maybe(config, c -> c.nesting(random.nextInt(129)));
        config = config.onExit() == OnExit.KEEP ? config : maybe(config, c -> c.ttys(random.nextInt(17)));
        for (int i = random.nextInt(4); i > 0; i--) {
            config = config.env("E" + text(TEXT.replace("=", ""), 0, 5), text(TEXT, 0, 20));
            config = config.credential(text(LETTERS, 1, 20), text(TEXT + "\n", 0, 20));
            config = config.listen(text(LETTERS, 1, 20), address());
            config = config.label(text(LETTERS, 1, 20) + "/a.b_c-d", text(TEXT, 0, 20));
            String unique = "/" + i + path();
            config = config.mount(random.nextBoolean() ? bind(unique) : tmpfs(unique));
            config = config.device(device("/dev" + unique));
        }
        return config;
    }

    private Security security() {
        Security security = Security.DEFAULT;
        if (random.nextBoolean()) {
            security = security.dropCapabilities(any(Capability.values())).keepCapabilities(any(Capability.values()));
        }
        if (random.nextBoolean()) {
            security = security.seccomp(
                    random.nextBoolean()
                            ? SeccompProfile.unconfined()
                            : SeccompProfile.of(SeccompAction.errno(1 + random.nextInt(4095)))
                                    .allow("execve")
                                    .rule(SeccompRule.of(SeccompAction.LOG, "read", "ioctl")
                                            .argument(SeccompArgument.masked(
                                                    random.nextInt(6), random.nextLong(), random.nextLong()))));
        }
        if (random.nextBoolean()) {
            security = random.nextBoolean()
                    ? security.appArmor(text("ab/ :", 1, 9) + "x")
                    : security.seLinux("a_u:b_r:c_t:s0:c1,c2");
        }
        return random.nextBoolean() ? security.noNewPrivileges() : security;
    }

    private Limits limits() {
        return Limits.NONE
                .memory(ByteSize.bytes(random.nextLong() >>> 1))
                .cpus(random.nextInt(1000) / 100.0 + 0.01)
                .pids(1 + random.nextInt(1000))
                .oomGroup(random.nextBoolean());
    }

    private ProcessSettings processes() {
        ProcessSettings settings = ProcessSettings.DEFAULT.umask(random.nextInt(01000));
        if (random.nextBoolean()) {
            long soft = random.nextLong() >>> 1;
            settings =
                    settings.limit(any(Resource.values()), soft, random.nextBoolean() ? soft : ResourceLimit.UNLIMITED);
        }
        if (random.nextBoolean()) {
            settings = settings.oomScoreAdjust(random.nextInt(2001) - 1000);
        }
        return random.nextBoolean() ? settings.groups(random.nextInt(100), 4_294_967_294L) : settings;
    }

    private Config maybe(Config config, UnaryOperator<Config> setting) {
        return random.nextBoolean() ? setting.apply(config) : config;
    }

    private InetSocketAddress address() {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(bytes);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), 1 + random.nextInt(65_535));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private BindMount bind(String target) {
        BindMount mount = Mount.bind(path(), target).recursive(random.nextBoolean());
        mount = random.nextBoolean() ? mount.readOnly() : mount.noExec();
        mount = random.nextBoolean() ? mount.noSuid() : mount;
        mount = random.nextBoolean() ? mount.optional() : mount;
        return mount.propagation(any(Propagation.values()));
    }

    private TmpfsMount tmpfs(String target) {
        TmpfsMount mount = Mount.tmpfs(target).propagation(any(Propagation.values()));
        mount = random.nextBoolean() ? mount.noDev() : mount;
        mount = random.nextBoolean() ? mount.size(ByteSize.bytes(1 + (random.nextLong() >>> 2))) : mount;
        return random.nextBoolean() ? mount.mode(random.nextInt(010000)) : mount;
    }

    private Device device(String target) {
        int major = random.nextInt(4096);
        int minor = random.nextInt(1 << 20);
        List<Supplier<Device>> kinds = List.of(
                () -> new HostDevice(path(), target, Set.of(DeviceAccess.READ)),
                () -> Device.block(major, minor, target).mode(random.nextInt(010000)),
                () -> Device.character(major, minor, target));
        return kinds.get(random.nextInt(kinds.size()))
                .get()
                .access(any(DeviceAccess.values()), any(DeviceAccess.values()));
    }

    private ConsoleSettings console() {
        return new ConsoleSettings(
                new TerminalSize(1 + random.nextInt(65535), 1 + random.nextInt(65535)),
                random.nextBoolean() ? ByteSize.ZERO : ByteSize.bytes(4096 + (random.nextLong() >>> 2)),
                random.nextInt(101),
                ByteSize.kib(1 + random.nextInt(65536)));
    }

    private Signal signal() {
        return Signal.of(1 + random.nextInt(64));
    }

    private String path() {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            path.append("/p").append(text(TEXT.replace("/", ""), 0, 20));
        }
        return path.toString();
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private String text(String alphabet, int shortest, int longest) {
        int[] points = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = shortest + random.nextInt(longest - shortest + 1); i > 0; i--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString();
    }
}
