package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.Device;
import io.lxj.config.State;
import io.lxj.error.AlreadyExistsException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.error.WrongStateException;
import io.lxj.failure.Failures;
import io.lxj.linux.Cgroup;
import io.lxj.linux.DeviceRule;
import io.lxj.linux.Errno;
import io.lxj.linux.LinuxException;
import io.lxj.linux.RootDir;
import io.lxj.linux.Stat;
import io.lxj.plan.LaunchSpec.Node;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.GrantedDevice;
import io.lxj.storage.Lock;
import io.lxj.storage.RunRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives devices to a container and takes them away: at once if it runs, and in its configuration. What a run may use is
 * in the run's record, which all JVMs share. Thread-safe.
 */
// A lock is held for its effect alone.
@SuppressWarnings("try")
public final class DeviceChanges {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceChanges.class);
    private static final String DEVICE = "device";
    private static final String ACTION = "change which devices may be used";

    private final Engine engine;
    private final Instance instance;

    DeviceChanges(Engine engine, Instance instance) {
        this.engine = engine;
        this.instance = instance;
    }

    /**
     * Gives a device to the container.
     *
     * @param device the device
     */
    public void add(Device device) {
        String action = "add " + device.target() + " to " + instance.name();
        if (engine.folder().deputy().isPresent()) {
            OrdinaryUser.refuseDevice();
        }
        Undo undo = new Undo();
        try (Lock lock = engine.lock(instance.name());
                ContainerFolder folder = folder()) {
            Config config = folder.record().config();
            if (config.devices().stream().anyMatch(known -> known.target().equals(device.target()))) {
                throw new AlreadyExistsException(DEVICE, device.target());
            }
            Config changed = config.device(device);
            Optional<Run> run = run(action);
            Devices.Allowed allowed = Devices.of(action, device, run.flatMap(Run::ids));
            if (run.isPresent()) {
                addTo(run.get(), folder, allowed, undo);
            }
            folder.configure(changed);
        } catch (LinuxException e) {
            LxjException failure = Failures.exception(action, e);
            undo.run(failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            undo.run(e);
            throw e;
        }
    }

    private ContainerFolder folder() {
        instance.check();
        return engine.store().open(instance.name());
    }

    /** The run that goes on; none if the container is stopped. */
    private Optional<Run> run(String action) {
        State state = instance.state();
        if (state != State.STOPPED && state != State.RUNNING && state != State.FROZEN) {
            throw new WrongStateException(action, state.name(), List.of("RUNNING", "FROZEN", "STOPPED"));
        }
        return state == State.STOPPED ? Optional.empty() : instance.current();
    }

    /** The door is opened last: until then there is only a node that can't be used. */
    private void addTo(Run run, ContainerFolder folder, Devices.Allowed device, Undo undo) throws LinuxException {
        RunRecord record = folder.run().orElse(run.record());
        GrantedDevice granted = device.granted();
        if (find(record, granted.target()).isPresent()) {
            throw new AlreadyExistsException(DEVICE, granted.target());
        }
        try (RootDir root = engine.executing().root(run);
                DeviceNodes nodes = DeviceNodes.open(root, run.ids())) {
            nodes.make(device.node());
        } catch (LinuxException e) {
            if (e.is(Errno.EEXIST)) {
                throw new AlreadyExistsException("file", granted.target());
            }
            throw e.is(Errno.ELOOP) || e.is(Errno.EXDEV)
                    ? e.withHint("the container has a link or a mount of its own on the way to " + granted.target())
                    : e;
        }
        undo.add(() -> removeNode(run, granted));
        List<GrantedDevice> all = new ArrayList<>(record.devices());
        all.add(granted);
        undo.add(() -> folder.started(record));
        folder.started(record.with(all));
        undo.add(() -> engine.devices().attach(run.cgroup(ACTION), record.devices()));
        engine.devices().attach(run.cgroup(ACTION), all);
    }

    /**
     * Takes a device from the container.
     *
     * @param target where its node is
     */
    public void remove(String target) {
        String action = "remove " + target + " from " + instance.name();
        try (Lock lock = engine.lock(instance.name());
                ContainerFolder folder = folder()) {
            Config config = folder.record().config();
            List<Device> left = new ArrayList<>(config.devices());
            boolean configured = left.removeIf(device -> device.target().equals(target));
            Optional<Run> run = run(action);
            boolean granted = run.isPresent() && removeFrom(run.get(), folder, target);
            if (!configured && !granted) {
                throw new NotFoundException(DEVICE, target, "container " + instance.name() + " has: " + left);
            }
            if (configured) {
                folder.configure(config.devices(left));
            }
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        }
    }

    /** The door is closed first: what is left of a removal that fails can't be used. */
    private boolean removeFrom(Run run, ContainerFolder folder, String target) throws LinuxException {
        RunRecord record = folder.run().orElse(run.record());
        Optional<GrantedDevice> device = find(record, target);
        if (device.isEmpty()) {
            return false;
        }
        List<GrantedDevice> left = new ArrayList<>(record.devices());
        left.remove(device.get());
        Cgroup cgroup = run.cgroup(ACTION);
        engine.devices().attach(cgroup, left);
        folder.started(record.with(left));
        try {
            removeNode(run, device.get());
        } catch (LinuxException e) {
            // The container may have mounted something there, or replaced a folder by a link.
            LOG.warn("The node {} in {} can't be used any more, but is still there", target, instance.name(), e);
        }
        return true;
    }

    private void removeNode(Run run, GrantedDevice device) throws LinuxException {
        DeviceRule rule = device.rule();
        int type = rule.type() == DeviceRule.Type.BLOCK ? Stat.S_IFBLK : Stat.S_IFCHR;
        String path = device.target().substring(Devices.DEV.length());
        try (RootDir root = engine.executing().root(run);
                DeviceNodes nodes = DeviceNodes.open(root, run.ids())) {
            nodes.remove(
                    new Node(path, type, rule.major().getAsInt(), rule.minor().getAsInt()));
        }
    }

    private static Optional<GrantedDevice> find(RunRecord record, String target) {
        return record.devices().stream()
                .filter(device -> device.target().equals(target))
                .findFirst();
    }
}
