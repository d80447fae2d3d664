package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a container is to be. An immutable value: every method that sets something returns a new one, so that a
 * configuration can be shared, compared, stored and derived from. Thread-safe.
 *
 * <pre>{@code
 * Config web = Config.of(debian)
 *         .hostname("web1")
 *         .mount(Mount.bind(Path.of("/srv/site"), "/var/www").readOnly())
 *         .env("LANG", "C.UTF-8")
 *         .label("team", "shop");
 * }</pre>
 *
 * <p>A method with arguments sets, the method of the same name without any gets. {@code env}, {@code mount}, {@code
 * device} and {@code label} add one; {@code environment}, {@code mounts}, {@code devices} and {@code labels} replace
 * all. {@link #without} takes back what was set. What isn't set comes from the image or has the default that the getter
 * describes. A bad value is refused with an {@link io.lxj.error.InvalidConfigException} that names the field and what is
 * allowed; whether the host can do it shows when the container is created or started.
 */
public final class Config {
    private final Settings settings;
    // Made when it is wanted first: many containers may have one configuration. It doesn't matter which thread's is
    // kept.
    private String json;

    private Config(Settings settings) {
        this.settings = settings;
    }

    /**
     * The configuration of a container of an image, with nothing else set.
     *
     * @param image the image
     * @return the configuration
     */
    public static Config of(ImageRef image) {
        return ofImage(image.name());
    }

    /**
     * The configuration of a container of an image, with nothing else set.
     *
     * @param image the name of the image
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it isn't the name of an image
     */
    public static Config ofImage(String image) {
        return empty().image(image);
    }

    /** Where reading starts: a configuration without an image, which nobody else may see. */
    static Config empty() {
        return new Config(Settings.NONE);
    }

    /**
     * The configuration that a JSON text of {@link #toJson()} stands for. The text may come from anywhere: its size and
     * depth are limited, and nothing in it is ignored.
     *
     * @param json the text; apart from {@code format} and {@code image}, a key that isn't there has its default
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it isn't JSON, has a key that isn't known or is there twice, or a
     *     value that isn't allowed; the message has the path of the key
     */
    public static Config fromJson(String json) {
        return ConfigCodec.read(json);
    }

    /**
     * The configuration as JSON, indented and in a stable order. Contains the values of the environment.
     *
     * @return the text; {@link #fromJson} makes an equal configuration of it
     * @throws io.lxj.error.InvalidConfigException if it is longer than 1048576 characters
     */
    public String toJson() {
        String text = json;
        if (text == null) {
            text = ConfigCodec.write(this);
            json = text;
        }
        return text;
    }

    private <T> Config with(Setting<T> setting, T value) {
        return new Config(settings.with(setting, value));
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    /**
     * The same with some settings as if they had never been set. Of several environment variables, mounts and the like,
     * those that are to stay are set instead; of limits, see {@link Limits#without}.
     *
     * @param names the settings, each by the name that it has in {@link #toJson()}, which is that of its getter: {@code
     *     hostname}, {@code init}, {@code stopTimeout}
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if there is no setting of such a name, or it is the image
     */
    public Config without(String... names) {
        Settings others = settings;
        for (String name : names) {
            others = others.without(ConfigSettings.optional(name));
        }
        return new Config(others);
    }

    /** {@return the name of the image that the container is made from} */
    public String image() {
        return get(ConfigSettings.IMAGE);
    }

    /**
     * The same with another image.
     *
     * @param name the name of the image
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it isn't the name of an image
     */
    public Config image(String name) {
        return with(ConfigSettings.IMAGE, Names.image(name));
    }

    /** {@return the host name, or empty if it is made from the container's name} */
    public Optional<String> hostname() {
        return get(ConfigSettings.HOSTNAME);
    }

    /**
     * The same with another host name.
     *
     * @param name a name as in RFC 1123, of at most 64 characters
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it isn't a host name
     */
    public Config hostname(String name) {
        return with(ConfigSettings.HOSTNAME, Optional.of(Names.hostname(name)));
    }

    /** {@return the first process's program and arguments, or an empty list if the image's own init is to be run} */
    public List<String> init() {
        return get(ConfigSettings.INIT);
    }

    /**
     * The same with another first process.
     *
     * @param program the absolute path of the program in the container, for example {@code /sbin/init}
     * @param arguments the arguments after it
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if the path isn't absolute
     */
    public Config init(String program, String... arguments) {
        List<String> all = new ArrayList<>();
        all.add(ContainerPath.check("init[0]", program));
        for (String argument : arguments) {
            all.add(Text.check("init[" + all.size() + "]", argument));
        }
        return with(ConfigSettings.INIT, List.copyOf(all));
    }

    /** {@return the environment variables of the first process beside the image's and lxj's own, ordered by name} */
    public Map<String, String> environment() {
        return get(ConfigSettings.ENVIRONMENT);
    }

    /**
     * The same with these environment variables only.
     *
     * @param variables the values by name
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if a name is empty or has an equals sign
     */
    public Config environment(Map<String, String> variables) {
        return with(ConfigSettings.ENVIRONMENT, Environment.of(variables));
    }

    /**
     * The same with one more environment variable, or another value of it.
     *
     * @param name its name
     * @param value its value
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if the name is empty or has an equals sign
     */
    public Config env(String name, String value) {
        return with(ConfigSettings.ENVIRONMENT, Environment.plus(environment(), name, value));
    }

    /** {@return the credentials of the first process, by name, ordered by name} */
    public Map<String, String> credentials() {
        return get(ConfigSettings.CREDENTIALS);
    }

    /**
     * The same with these credentials only.
     *
     * @param credentials their contents by name
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if a name isn't allowed, or all are longer than 64 KiB together
     */
    public Config credentials(Map<String, String> credentials) {
        return with(ConfigSettings.CREDENTIALS, Credentials.of(credentials));
    }

    /**
     * The same with one more credential, or another content of it: a file in {@code /run/host/credentials} that only root
     * inside can read. {@code CREDENTIALS_DIRECTORY} in the environment of the first process names the folder, and
     * systemd passes it on to its services, see systemd.exec(5) and systemd's container interface.
     *
     * <p>Unlike an environment variable it isn't inherited by every process. On the host it is stored in the state
     * folder, which only its owner may enter; it is not shown by {@link #toString}.
     *
     * @param name 1 to 255 letters, digits, dots, hyphens and underscores, neither a dot nor a hyphen first
     * @param content the content, which the file has in UTF-8; without NUL
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed, or all are longer than 64 KiB together
     */
    public Config credential(String name, String content) {
        return with(ConfigSettings.CREDENTIALS, Credentials.plus(credentials(), name, content));
    }

    /** {@return the addresses that the first process is handed listening sockets of, by name, ordered by name} */
    public Map<String, InetSocketAddress> listen() {
        return get(ConfigSettings.LISTEN);
    }

    /**
     * The same with these listening sockets only, see {@link #listen(String, InetSocketAddress)}.
     *
     * @param addresses the addresses by name
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if a name or an address isn't allowed, or there are more than 64
     */
    public Config listen(Map<String, InetSocketAddress> addresses) {
        return with(ConfigSettings.LISTEN, ListenAddress.of(addresses));
    }

    /**
     * The same with one more socket that the first process is handed when it starts: listening on this TCP address of the
     * host, whatever network the container has. It is passed as systemd passes sockets ({@code LISTEN_FDS}, {@code
     * LISTEN_PID} and {@code LISTEN_FDNAMES}, see sd_listen_fds(3)), in the order of the names from descriptor 3 on. A
     * systemd gives it to its socket unit with that address. The start fails if another process has the port.
     *
     * @param name 1 to 255 letters, digits and {@code . _ @ -}
     * @param address an address of the host, or the wildcard, with a port from 1 to 65535
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed, the address is unresolved, has a scope or is
     *     that of another name, or there are 64 others
     */
    public Config listen(String name, InetSocketAddress address) {
        return with(ConfigSettings.LISTEN, ListenAddress.plus(listen(), name, address));
    }

    /** {@return the working directory of the first process, an absolute path in the container; / unless set} */
    public String workingDirectory() {
        return get(ConfigSettings.WORKING_DIRECTORY);
    }

    /**
     * The same with another working directory.
     *
     * @param path an absolute path in the container, without {@code ..}
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it isn't one
     */
    public Config workingDirectory(String path) {
        return with(
                ConfigSettings.WORKING_DIRECTORY, ContainerPath.check(ConfigSettings.WORKING_DIRECTORY.name(), path));
    }

    /** {@return what is mounted in the container, in the order in which it is} */
    public List<Mount> mounts() {
        return get(ConfigSettings.MOUNTS);
    }

    /**
     * The same with these mounts only.
     *
     * @param mounts the mounts in the order in which to make them
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if two have the same target, or there are more than 256
     */
    public Config mounts(List<? extends Mount> mounts) {
        return with(ConfigSettings.MOUNTS, Unique.targets(ConfigSettings.MOUNTS.name(), mounts, Mount::target));
    }

    /**
     * The same with one more mount, made after the others.
     *
     * @param mount the mount
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if another has the same target, or there are 256
     */
    public Config mount(Mount mount) {
        return mounts(plus(mounts(), mount));
    }

    /** {@return the devices that the container can use, beside those that every one has} */
    public List<Device> devices() {
        return get(ConfigSettings.DEVICES);
    }

    /**
     * The same with these devices only.
     *
     * @param devices the devices
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if two have the same target, or there are more than 256
     */
    public Config devices(List<? extends Device> devices) {
        return with(
                ConfigSettings.DEVICES,
                DeviceRules.apart(Unique.targets(ConfigSettings.DEVICES.name(), devices, Device::target)));
    }

    /**
     * The same with one more device.
     *
     * @param device the device
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if another has the same target, or there are 256
     */
    public Config device(Device device) {
        return devices(plus(devices(), device));
    }

    /** {@return what the processes of the container may do; {@link Security#DEFAULT} unless set} */
    public Security security() {
        return get(ConfigSettings.SECURITY);
    }

    /**
     * The same with other limits to what its processes may do.
     *
     * @param security what they may do
     * @return the configuration
     */
    public Config security(Security security) {
        return with(ConfigSettings.SECURITY, security);
    }

    /** {@return what the processes of the container begin with; {@link ProcessSettings#DEFAULT} unless set} */
    public ProcessSettings processes() {
        return get(ConfigSettings.PROCESSES);
    }

    /**
     * The same with other beginnings of its processes.
     *
     * @param settings what they begin with
     * @return the configuration
     */
    public Config processes(ProcessSettings settings) {
        return with(ConfigSettings.PROCESSES, settings);
    }

    /** {@return how much of the host the container may use; no limits unless set} */
    public Limits limits() {
        return get(ConfigSettings.LIMITS);
    }

    /**
     * The same with other limits to what of the host it may use.
     *
     * @param limits the limits
     * @return the configuration
     */
    public Config limits(Limits limits) {
        return with(ConfigSettings.LIMITS, limits);
    }

    /**
     * The same with another limit of memory, see {@link Limits#memory(MemoryAmount)}.
     *
     * @param size at most this much
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it is less than what is protected
     */
    public Config memory(MemoryAmount size) {
        return limits(limits().memory(size));
    }

    /**
     * The same with another limit of processor time, see {@link Limits#cpus(double)}.
     *
     * @param processors how many processors' time, for example 1.5
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it is less than 0.01, or isn't a number
     */
    public Config cpus(double processors) {
        return limits(limits().cpus(processors));
    }

    /**
     * The same with another limit of processes and threads, see {@link Limits#pids(long)}.
     *
     * @param number at most so many, 1 to 4194304
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it is outside of that range
     */
    public Config pids(long number) {
        return limits(limits().pids(number));
    }

    /**
     * The same, but the limits that are set so far may be dropped where the host can't keep them, see {@link
     * Limits#ifSupported()}.
     *
     * @return the configuration
     */
    public Config ifSupported() {
        return limits(limits().ifSupported());
    }

    /** {@return the kernel's settings for the container's namespaces, by name, ordered by name} */
    public Map<String, String> sysctls() {
        return get(ConfigSettings.SYSCTLS);
    }

    /**
     * The same with these of the kernel's settings only, see {@link #sysctl}.
     *
     * @param values the values by name
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if a name or a value isn't allowed
     */
    public Config sysctls(Map<String, String> values) {
        return with(ConfigSettings.SYSCTLS, Sysctls.of(values));
    }

    /**
     * The same with one more of the kernel's settings, see sysctl(8), or another value of it. It is set before the init
     * runs. Only settings of a namespace of the container's own can be: {@code net.*}, {@code fs.mqueue.*}, {@code
     * kernel.domainname}, and {@code kernel.} with {@code msgmax}, {@code msgmnb}, {@code msgmni}, {@code sem}, {@code
     * shmall}, {@code shmmax}, {@code shmmni} and {@code shm_rmid_forced}. A container can't be created with one that the
     * kernel doesn't have; its start fails if the kernel refuses the value, or doesn't have the setting in the container's
     * namespaces: some of {@code net.*} are the host's alone, others are of network interfaces.
     *
     * @param name its name, with dots
     * @param value its value
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it isn't one of those
     */
    public Config sysctl(String name, String value) {
        return with(ConfigSettings.SYSCTLS, Sysctls.plus(sysctls(), name, value));
    }

    /** {@return by how much the container's clocks are ahead of the host's; not at all unless set} */
    public ClockOffsets clockOffsets() {
        return get(ConfigSettings.CLOCK_OFFSETS);
    }

    /**
     * The same with other clocks that count from some beginning; the time of day stays the host's. The start fails if a
     * clock would be before its beginning.
     *
     * @param offsets by how much they are ahead of the host's
     * @return the configuration
     */
    public Config clockOffsets(ClockOffsets offsets) {
        return with(ConfigSettings.CLOCK_OFFSETS, offsets);
    }

    /** {@return whether the container has no user namespace of its own} */
    public boolean isPrivileged() {
        return get(ConfigSettings.PRIVILEGED);
    }

    /**
     * The same without a user namespace: root in the container is root of the host, held back by capabilities, system
     * call filter, devices and namespaces alone. Only for containers that are trusted like the host itself. Takes a map
     * of ids and the ids for containers in it away.
     *
     * @return the configuration
     */
    public Config privileged() {
        return with(ConfigSettings.PRIVILEGED, true)
                .with(ConfigSettings.ID_MAP, Optional.empty())
                .with(ConfigSettings.NESTING, 0);
    }

    /** {@return the ids of the container's user namespace, or empty if they aren't set by hand} */
    public Optional<IdMap> idMap() {
        return get(ConfigSettings.ID_MAP);
    }

    /**
     * The same with a user namespace of these ids. Those that another container has are refused when the container is created
     * or configured, and so are those that the JVM hasn't in its own user namespace. From then on no other container is given
     * them, as far as they are among those that lxj gives out. Of ids outside of those the caller has to know: that two
     * containers don't share them, and that nobody of the host has them. The files of the image keep their ids, and so do
     * those that the container changes: they are mapped when its root is mounted.
     *
     * <p>User 0 and group 0 of the host are refused, too, when the container is created, configured or started: a
     * container that has them is to be {@link #privileged()}. In a container, lxj takes the 0 that there is there.
     *
     * @param map what the ids of the container are on the host
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if root isn't mapped
     */
    public Config idMap(IdMap map) {
        return with(ConfigSettings.ID_MAP, Optional.of(IdMap.withRoot(map)))
                .with(ConfigSettings.PRIVILEGED, false)
                .with(ConfigSettings.NESTING, 0);
    }

    /** {@return for how many containers of lxj in this one it has ids; for none unless set} */
    public int nesting() {
        return get(ConfigSettings.NESTING);
    }

    /**
     * The same with ids for containers that lxj runs in this one: 65,536 for each, beside its own, from 1879048192 on, where
     * lxj looks for them. Other tools that run containers need no such ids, and nothing else is needed for any. Takes a
     * map of ids and {@link #privileged()} away.
     *
     * @param containers how many, 0 to 128
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it is outside of its range
     */
    public Config nesting(int containers) {
        if (containers < 0 || containers > IdMap.MOST_NESTED) {
            throw new InvalidConfigException(
                    ConfigSettings.NESTING.name(), containers, "a number from 0 to " + IdMap.MOST_NESTED);
        }
        return with(ConfigSettings.NESTING, containers)
                .with(ConfigSettings.ID_MAP, Optional.empty())
                .with(ConfigSettings.PRIVILEGED, false);
    }

    /** {@return how the container gets its root file system when it is created; overlay unless set} */
    public Storage storage() {
        return get(ConfigSettings.STORAGE);
    }

    /**
     * The same with another storage.
     *
     * @param kind how the container gets its root file system from the image
     * @return the configuration
     */
    public Config storage(Storage kind) {
        return with(ConfigSettings.STORAGE, kind);
    }

    /** {@return the console, and what is kept of its output; {@link ConsoleSettings#DEFAULT} unless set} */
    public ConsoleSettings console() {
        return get(ConfigSettings.CONSOLE);
    }

    /**
     * The same with another console.
     *
     * @param console the console, and what is kept of its output
     * @return the configuration
     */
    public Config console(ConsoleSettings console) {
        return with(ConfigSettings.CONSOLE, console);
    }

    /** {@return how many terminals the container has beside its console; none unless set} */
    public int ttys() {
        return get(ConfigSettings.TTYS);
    }

    /**
     * The same with another number of terminals beside the console: {@code pts/1} and on in the container, whose init
     * finds them in {@code container_ttys}. A systemd that has getty(8) runs a login on each. {@code Container.tty} is the
     * other end, in the JVM that starts the container; a container that is kept when the JVM ends can't have any.
     *
     * @param number how many, 0 to 16
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it is outside of its range, or the container is to be kept
     */
    public Config ttys(int number) {
        return with(ConfigSettings.TTYS, Ttys.check(number, onExit()));
    }

    /** {@return the signal that asks the init to shut down, or empty if it depends on the image's kind of init} */
    public Optional<Signal> stopSignal() {
        return get(ConfigSettings.STOP_SIGNAL);
    }

    /**
     * The same with another signal to shut down.
     *
     * @param signal the signal that asks the init to shut the container down
     * @return the configuration
     */
    public Config stopSignal(Signal signal) {
        return with(ConfigSettings.STOP_SIGNAL, Optional.of(signal));
    }

    /** {@return the signal that asks the init to reboot, or empty if it depends on the image's kind of init} */
    public Optional<Signal> rebootSignal() {
        return get(ConfigSettings.REBOOT_SIGNAL);
    }

    /**
     * The same with another signal to reboot.
     *
     * @param signal the signal that asks the init to reboot the container
     * @return the configuration
     */
    public Config rebootSignal(Signal signal) {
        return with(ConfigSettings.REBOOT_SIGNAL, Optional.of(signal));
    }

    /** {@return how long a shutdown waits for the init before the container is killed; 30 seconds unless set} */
    public Duration stopTimeout() {
        return get(ConfigSettings.STOP_TIMEOUT);
    }

    /**
     * The same with another time to shut down.
     *
     * @param timeout how long to wait for the init, from zero to 365 days
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it is negative or longer
     */
    public Config stopTimeout(Duration timeout) {
        return with(
                ConfigSettings.STOP_TIMEOUT,
                Durations.check(ConfigSettings.STOP_TIMEOUT.name(), timeout, Duration.ZERO));
    }

    /** {@return what becomes of the running container when the JVM ends; kill unless set} */
    public OnExit onExit() {
        return get(ConfigSettings.ON_EXIT);
    }

    /**
     * The same with another fate at the JVM's end.
     *
     * @param fate what becomes of the running container when the JVM ends
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if it is to be kept and has {@link #ttys() terminals} that end with the
     *     JVM
     */
    public Config onExit(OnExit fate) {
        Ttys.check(ttys(), fate);
        return with(ConfigSettings.ON_EXIT, fate);
    }

    /** {@return the labels, notes of the caller's own that lxj keeps and doesn't read, ordered by key} */
    public Map<String, String> labels() {
        return get(ConfigSettings.LABELS);
    }

    /**
     * The same with these labels only.
     *
     * @param labels the values by key
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if a key isn't allowed
     */
    public Config labels(Map<String, String> labels) {
        return with(ConfigSettings.LABELS, Labels.of(labels));
    }

    /**
     * The same with one more label, or another value of it.
     *
     * @param key its key: 1 to 128 letters, digits, dots, underscores, slashes and hyphens of ASCII, of which the first
     *     is a letter or digit
     * @param value its value
     * @return the configuration
     * @throws io.lxj.error.InvalidConfigException if the key isn't allowed
     */
    public Config label(String key, String value) {
        return with(ConfigSettings.LABELS, Labels.plus(labels(), key, value));
    }

    private static <T> List<T> plus(List<T> list, T element) {
        List<T> copy = new ArrayList<>(list);
        copy.add(element);
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Config config && settings.equals(config.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    /** {@return what is set, in words; of the environment the names only, because the values may be secrets} */
    @Override
    public String toString() {
        return "Config" + settings.show(ConfigSettings.ALL);
    }
}
