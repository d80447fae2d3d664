package io.lxj.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The systemd of the host or of a user; see org.freedesktop.systemd1(5). Not thread-safe. */
public final class Manager implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String NAME = "org.freedesktop.systemd1";
    private static final String PATH = "/org/freedesktop/systemd1";
    private static final String MANAGER = NAME + ".Manager";
    private static final String NO_SUCH_UNIT = NAME + ".NoSuchUnit";
    private static final String UNIT_EXISTS = NAME + ".UnitExists";
    private static final String UNKNOWN_OBJECT = "org.freedesktop.DBus.Error.UnknownObject";
    private static final long UNLIMITED = -1;
    private static final int SIGKILL = 9;

    private final Bus bus;

    private Manager(Bus bus) {
        this.bus = bus;
    }

    /**
     * Where a manager can be reached.
     *
     * @param bus the socket of the bus that it is on
     * @param direct its own socket, for a host without a bus
     */
    public record Address(Path bus, Path direct) {
        /** The systemd of the host, for root. */
        public static final Address SYSTEM =
                new Address(Path.of("/run/dbus/system_bus_socket"), Path.of("/run/systemd/private"));

        /**
         * The systemd of a user.
         *
         * @param runtimeFolder what XDG_RUNTIME_DIR says
         * @return where it is, if it runs
         */
        public static Address user(Path runtimeFolder) {
            return new Address(runtimeFolder.resolve("bus"), runtimeFolder.resolve("systemd/private"));
        }

        /** {@return whether there is one} */
        public boolean isThere() {
            return Files.exists(bus) || Files.exists(direct);
        }
    }

    /**
     * Connects.
     *
     * @param address where
     * @return the connection, to be closed by the caller
     * @throws IOException if there is none, or access is denied
     */
    public static Manager connect(Address address) throws IOException {
        if (!Files.exists(address.bus())) {
            return new Manager(Bus.connect(address.direct(), Optional.empty(), TIMEOUT));
        }
        return new Manager(Bus.connect(address.bus(), Optional.of(NAME), TIMEOUT));
    }

    /**
     * Which one it is.
     *
     * @return its version, for people
     * @throws IOException if it can't be asked
     */
    public String version() throws IOException {
        return property(PATH, MANAGER, "Version");
    }

    /** What a unit is doing: {@code active}, {@code failed} and so on; {@code inactive} if there is none. */
    String state(String unit) throws IOException {
        try {
            return property(path(unit), NAME + ".Unit", "ActiveState");
        } catch (BusException e) {
            if (e.is(NO_SUCH_UNIT) || e.is(UNKNOWN_OBJECT)) {
                return "inactive";
            }
            throw e;
        }
    }

    /** The cgroup of a scope, as systemd's cgroup namespace has it. */
    String controlGroup(String scope) throws IOException {
        return property(path(scope), NAME + ".Scope", "ControlGroup");
    }

    private String path(String unit) throws IOException {
        return bus.call(manager("GetUnit", "s", new Body().string(unit)))
                .orElseThrow(() -> new IOException("the unit " + unit + " has no path"));
    }

    /**
     * Starts a scope whose cgroup is left to its processes.
     *
     * @param before units that are to be stopped before it is
     * @return false if there is one of that name
     */
    boolean startScope(String unit, String slice, String description, List<String> before, int pid) throws IOException {
        Body body = new Body().string(unit).string("fail");
        body.array(8, properties -> {
            properties.property("Description", "s", value -> value.string(description));
            properties.property("Slice", "s", value -> value.string(slice));
            properties.property("Delegate", "b", value -> value.truth(true));
            properties.property("PIDs", "au", value -> value.array(4, pids -> pids.number(pid)));
            properties.property("TasksMax", "t", value -> value.longNumber(UNLIMITED));
            properties.property("CollectMode", "s", value -> value.string("inactive-or-failed"));
            // What means "end" to one init means "reboot" to another: whoever wants containers to halt asks lxj to.
            properties.property("KillSignal", "i", value -> value.number(SIGKILL));
            if (!before.isEmpty()) {
                properties.property("Before", "as", value -> value.array(4, units -> before.forEach(units::string)));
            }
        });
        body.array(8, auxiliary -> {});
        try {
            bus.call(manager("StartTransientUnit", "ssa(sv)a(sa(sv))", body));
            return true;
        } catch (BusException e) {
            if (e.is(UNIT_EXISTS)) {
                return false;
            }
            throw e;
        }
    }

    /** Moves processes to a cgroup below that of a delegated unit, which is active afterwards. */
    void attach(String unit, String below, List<Integer> pids) throws IOException {
        Body body = new Body().string(unit).string(below);
        body.array(4, numbers -> pids.forEach(numbers::number));
        bus.call(manager("AttachProcessesToUnit", "ssau", body));
    }

    private static BusCall manager(String member, String signature, Body body) {
        return new BusCall(PATH, MANAGER, member, signature, body);
    }

    private String property(String path, String type, String name) throws IOException {
        Body body = new Body().string(type).string(name);
        return bus.call(new BusCall(path, "org.freedesktop.DBus.Properties", "Get", "ss", body))
                .orElseThrow(() -> new IOException(name + " of " + path + " is no text"));
    }

    @Override
    public void close() {
        bus.close();
    }
}
