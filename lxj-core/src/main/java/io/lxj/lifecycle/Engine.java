package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.config.Names;
import io.lxj.config.SeccompProfile;
import io.lxj.config.Security;
import io.lxj.error.IllegalTransitionException;
import io.lxj.error.LxjException;
import io.lxj.error.NotFoundException;
import io.lxj.failure.Failures;
import io.lxj.image.ImageStore;
import io.lxj.launch.InitLauncher;
import io.lxj.launch.SpawnThread;
import io.lxj.linux.Cgroup;
import io.lxj.linux.Deputy;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Pidfd;
import io.lxj.linux.ProcFs;
import io.lxj.linux.ProcessIdentity;
import io.lxj.plan.Confinement;
import io.lxj.storage.Checkpoints;
import io.lxj.storage.ContainerFolder;
import io.lxj.storage.ContainerRecord;
import io.lxj.storage.ContainerStore;
import io.lxj.storage.GrantedDevice;
import io.lxj.storage.ImageTree;
import io.lxj.storage.Lock;
import io.lxj.storage.LockName;
import io.lxj.storage.RootLayers;
import io.lxj.storage.RootStorage;
import io.lxj.storage.Settler;
import io.lxj.storage.StateFolder;
import io.lxj.supervise.OomVictims;
import io.lxj.supervise.Registration;
import io.lxj.supervise.Supervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the containers of one open state folder share. Thread-safe. */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    private final StateFolder folder;
    private final Checkpoints checkpoints;
    private final ContainerStore store;
    private final ImageStore images;
    private final Settler settler;
    private final ProcFs proc;
    private final Supervisor supervisor;
    private final SpawnThread spawnThread = new SpawnThread();
    private final CgroupTree cgroups;
    private final Confinements confinements;
    private final ContainerIds ids;
    private final Shifting shifting;
    private final ProcessIdentity self;
    private final Map<String, Instance> instances = new ConcurrentHashMap<>();
    private final Starter starter;
    private final BuildRoom buildRoom;
    private final Joining joining;
    private final Ending ending;
    private final Executing executing;
    private final Consoles consoles;
    private final OpenRoots roots = new OpenRoots(this);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final DeviceRules devices = new DeviceRules();
    private final OomVictims oomVictims = new OomVictims();
    private final Sampling sampling;
    private final AllListeners listeners = new AllListeners();

    private Engine(StateFolder folder, ProcFs proc, Supervisor supervisor, CgroupTree cgroups, Checkpoints checkpoints)
            throws LinuxException {
        this.folder = folder;
        this.store = new ContainerStore(folder, checkpoints);
        this.checkpoints = checkpoints;
        this.images = new ImageStore(folder, store, checkpoints);
        this.settler = new Settler(folder);
        this.proc = proc;
        this.ids = new ContainerIds(proc, folder.path(), folder.deputy());
        this.shifting = new Shifting(this);
        this.supervisor = supervisor;
        this.sampling = new Sampling(supervisor);
        this.cgroups = cgroups;
        this.confinements = Confinements.ofThisProcess(folder.deputy());
        this.self = self(proc);
        this.starter = new Starter(this, new InitLauncher(spawnThread, folder.deputy()));
        this.buildRoom = new BuildRoom(this, new InitLauncher(spawnThread, folder.deputy()));
        this.joining = new Joining(this);
        this.ending = new Ending(this);
        this.executing = new Executing(this);
        this.consoles = new Consoles(this);
    }

    private static ProcessIdentity self(ProcFs proc) throws LinuxException {
        try {
            return ProcessIdentity.of(proc, (int) ProcessHandle.current().pid());
        } catch (LinuxException e) {
            // Others of the user's JVMs could not be seen either, and would be taken for dead.
            throw e.is(Errno.ESRCH)
                    ? e.withHint(
                            "/proc hides this process from the one that acts for it: have it mounted without hidepid,"
                                    + " as root: mount -o remount,hidepid=0 /proc")
                    : e;
        }
    }

    /**
     * Opens a state folder, and removes what dead processes left in it.
     *
     * @param folder the folder; closed with the engine
     * @return the engine
     */
    public static Engine open(StateFolder folder) {
        return open(folder, Checkpoints.NONE);
    }

    /**
     * Opens a state folder, and tells of each step of what is done to it.
     *
     * @param folder the folder; closed with the engine, or if this fails
     * @param checkpoints is told of each step
     * @return the engine
     */
    public static Engine open(StateFolder folder, Checkpoints checkpoints) {
        Undo undo = new Undo();
        undo.add(folder::close);
        try {
            Optional<Deputy> deputy = folder.deputy();
            ProcFs proc = deputy.isPresent()
                    ? ProcFs.of(deputy.get().open("/proc", Open.O_PATH | Open.O_DIRECTORY))
                    : ProcFs.open();
            undo.add(proc::close);
            CgroupTree cgroups = CgroupTree.open(proc, folder.id(), folder.path(), deputy);
            undo.add(cgroups::close);
            Supervisor supervisor = Supervisor.open();
            undo.add(supervisor::close);
            Engine engine = new Engine(folder, proc, supervisor, cgroups, checkpoints);
            undo.add(engine.spawnThread::close);
            undo.add(engine.ids::close);
            List<String> rebooting = new Repair(engine).run();
            cgroups.tidy();
            engine.settle();
            rebooting.forEach(engine::startAgain);
            new TakeOver(engine).run();
            return engine;
        } catch (IOException e) {
            LxjException failure = Failures.exception("open " + folder, e);
            undo.run(failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            undo.run(e);
            throw e;
        }
    }

    /** A kept container asked for a reboot when no JVM was there. */
    void startAgain(String container) {
        try {
            instance(container).start();
        } catch (IllegalTransitionException e) {
            LOG.debug("Container {} asked for a reboot, and another process has seen to it", container, e);
        } catch (LxjException e) {
            LOG.error("Container {} asked for a reboot and could not be started again", container, e);
        }
    }

    /**
     * Refuses whatever comes after the end.
     *
     * @throws IllegalStateException if this was closed
     */
    public void check() {
        if (isClosed()) {
            throw new IllegalStateException("lxj in " + folder.path() + " was closed");
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    Checkpoints checkpoints() {
        return checkpoints;
    }

    /** Repairs a container whose lock is held; whether it asked for a reboot that nobody has seen to. */
    boolean repair(String container) {
        try {
            Repair repair = new Repair(this);
            return repair.repair(container) && repair.isRebooting(container);
        } catch (LinuxException e) {
            throw Failures.exception("repair " + container, e);
        }
    }

    /** The same for one whose init is gone; whether another process has yet to note that. */
    boolean leavesToOwner(String container, boolean patient) {
        try {
            return new Repair(this).leavesToOwner(container, patient);
        } catch (LinuxException e) {
            throw Failures.exception("repair " + container, e);
        }
    }

    /** Whether a process is alive that was noted once. */
    boolean isAlive(ProcessIdentity identity) {
        try (Pidfd process = identity.open(proc).orElse(null)) {
            return process != null && process.isAlive();
        } catch (LinuxException e) {
            throw Failures.exception("look for process " + identity.pid(), e);
        }
    }

    StateFolder folder() {
        return folder;
    }

    /** {@return the containers on disk} */
    public ContainerStore store() {
        return store;
    }

    /** {@return the images on disk} */
    public ImageStore images() {
        check();
        return images;
    }

    /** Lets new images and copies get to disk in the background. */
    public void settle() {
        settler.request();
    }

    /** {@return the thread that waits for all} */
    public Supervisor supervisor() {
        return supervisor;
    }

    ProcFs proc() {
        return proc;
    }

    ContainerLimits limits() {
        return new ContainerLimits(cgroups, proc);
    }

    CgroupTree cgroups() {
        return cgroups;
    }

    /** {@return the ids of containers} */
    ContainerIds ids() {
        return ids;
    }

    Shifting shifting() {
        return shifting;
    }

    /** The limits of the processes of a container that is about to start; a bad one is refused here. */
    Confinement confinement(Config config, boolean userNamespace) {
        return confinement(config, userNamespace, folder.deputy().isEmpty() || cgroups.isThere());
    }

    /** The same of one that has a cgroup, or has none. */
    Confinement confinement(Config config, boolean userNamespace, boolean cgroup) {
        Security security = config.security();
        boolean usersOwn =
                folder.deputy().filter(deputy -> !deputy.hasSeveralIds()).isPresent();
        if (usersOwn && security.seccomp().isFilter()) {
            SeccompProfile profile = UsersOwn.profile(security.seccomp(), cgroup);
            return confinements.of(config.security(security.seccomp(profile)), userNamespace, cgroup);
        }
        return confinements.of(config, userNamespace, cgroup);
    }

    ProcessIdentity self() {
        return self;
    }

    Starter starter() {
        return starter;
    }

    BuildRoom buildRoom() {
        return buildRoom;
    }

    Joining joining() {
        return joining;
    }

    Ending ending() {
        return ending;
    }

    /** Ends commands that nobody waits for any more. */
    Reaping reaping() {
        return new Reaping(supervisor);
    }

    Executing executing() {
        return executing;
    }

    Sampling sampling() {
        return sampling;
    }

    AllListeners listeners() {
        return listeners;
    }

    /**
     * Adds a listener for the changes of all containers, and takes part in whatever run is going on, to hear of its end.
     *
     * @param listener the listener
     * @return removes it when it is closed
     */
    public Registration listen(AllListeners.Listener listener) {
        check();
        Registration registration = listeners.add(listener);
        instances().forEach(Instance::join);
        return registration;
    }

    OomVictims oomVictims() {
        return oomVictims;
    }

    DeviceRules devices() {
        return devices;
    }

    /** Refuses what this user can't give a container. */
    void checkUser(Config config) {
        if (folder.deputy().isPresent()) {
            OrdinaryUser.check(config);
        }
    }

    /** Limits the devices of a container; an ordinary user's can't make any node that works. */
    void attach(Optional<Cgroup> cgroup, List<GrantedDevice> allowed) throws LinuxException {
        if (cgroup.isPresent() && folder.deputy().isEmpty()) {
            devices.attach(cgroup.get(), allowed);
        }
    }

    OpenRoots roots() {
        return roots;
    }

    Consoles consoles() {
        return consoles;
    }

    /** {@return where everything is kept} */
    public Path path() {
        return folder.path();
    }

    Lock lock(String container) {
        return folder.locks().exclusive(LockName.container(container));
    }

    HaltSignals signals(Instance instance, Config config) {
        return HaltSignals.of(config, imageOf(instance));
    }

    ImageInfo imageOf(Instance instance) {
        try (ContainerFolder container = store.open(instance.name())) {
            return images.of(container);
        }
    }

    /**
     * A container.
     *
     * @param name its name
     * @return the container
     * @throws NotFoundException if there is none
     */
    public Instance instance(String name) {
        check();
        Names.container(name);
        try (ContainerFolder found = store.find(name).orElse(null)) {
            if (found == null) {
                instances.remove(name);
                throw new NotFoundException("container", name, "there are: " + store.names());
            }
            Instance known = instances.get(name);
            return known == null ? instance(name, found.record()) : known;
        }
    }

    /** A container that is there. */
    Instance instance(String name, ContainerRecord record) {
        return instances.computeIfAbsent(name, key -> new Instance(this, key, record));
    }

    /**
     * Creates a container.
     *
     * @param name its name
     * @param config what it is to be
     * @return the container, stopped
     */
    public Instance create(String name, Config config) {
        check();
        Names.container(name);
        return new Creating(this).create(name, config);
    }

    /**
     * Creates a container and starts it.
     *
     * @param name its name
     * @param config what it is to be
     * @return the container, which runs
     */
    public Instance launch(String name, Config config) {
        check();
        Names.container(name);
        return new Launching(this).launch(name, config);
    }

    /** {@return all containers, sorted by name} */
    public List<Instance> instances() {
        check();
        return store.names().stream().map(this::instance).toList();
    }

    /** The root file system of a container that isn't running, or that is about to, as a mount without a place. */
    Fd mountRoot(String name, RootStorage.Use use) throws LinuxException {
        try (ContainerFolder container = store.open(name)) {
            return mountRoot(container, container.record().config(), use);
        }
    }

    Fd mountRoot(ContainerFolder container, Config config, RootStorage.Use use) throws LinuxException {
        RootStorage storage = RootStorage.of(config.storage(), container.directory());
        try (ImageTree image = storage.needsImage() ? ImageTree.open(folder, config.image()) : null) {
            return storage.mount(container.directory(), Optional.ofNullable(image), use);
        }
    }

    /** What the root file system of a container is made of that is about to run in a user namespace of its own. */
    RootLayers layers(ContainerFolder container, Config config) throws LinuxException {
        RootStorage storage = RootStorage.of(config.storage(), container.directory());
        try (ImageTree image = storage.needsImage() ? ImageTree.open(folder, config.image()) : null) {
            return storage.layers(container.directory(), Optional.ofNullable(image));
        }
    }

    void forget(String name) {
        instances.remove(name);
    }

    /** Ends the containers that die with this JVM, and lets go of the others. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        instances.values().forEach(instance -> instance.life().leave());
        instances.values().forEach(instance -> instance.background().await());
        spawnThread.close();
        devices.close();
        supervisor.close();
        settler.close();
        try {
            cgroups.tidy();
        } catch (LinuxException e) {
            throw Failures.exception("close " + folder, e);
        } finally {
            cgroups.close();
            ids.close();
            proc.close();
            folder.close();
        }
    }
}
