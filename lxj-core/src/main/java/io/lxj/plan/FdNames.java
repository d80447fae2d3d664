package io.lxj.plan;

import java.util.Set;

/** The names under which a launch hands fds to a plan. */
public final class FdNames {
    /** The container's root: a detached mount. */
    public static final String ROOT = "root";
    /** The image's files as a detached mount that maps ids, for an overlay. */
    public static final String LOWER = "lower";
    /** The container's own folder as a detached mount that maps ids, for an overlay. */
    public static final String LAYERS = "layers";
    /**
     * A socket to the JVM. On it comes what isn't ready when the process begins: the root with its ids, the cgroup, and word
     * that a new user namespace has its ids; and the root's mount goes back.
     */
    public static final String JVM = "jvm";
    /** The cgroup that the process is born into. */
    public static final String CGROUP = "cgroup";
    /** A pipe that is closed when the program runs, or when it failed to. */
    public static final String REPORT = "report";
    /** A socket on which the console's PTY master is sent. */
    public static final String CONSOLE = "console";
    /** The root of the host's procfs, for a process that takes a label. */
    public static final String PROC = "proc";
    /** A pidfd of the container's init. */
    public static final String INIT = "init";
    /** Standard input. */
    public static final String STDIN = "stdin";
    /** Standard output. */
    public static final String STDOUT = "stdout";
    /** Standard error. */
    public static final String STDERR = "stderr";
    /** For the keeper: the socket on which it gets the PTY master. */
    public static final String KEEPER = "keeper";
    /** For the keeper: a pipe that gets a byte when the container is on record. */
    public static final String RECORDED = "recorded";
    /** For the keeper: the file that gets the init's wait status. */
    public static final String EXIT = "exit";
    /** For the keeper: console.log. */
    public static final String LOG = "log";
    /** For the keeper: the folder that console.log is in. */
    public static final String LOG_FOLDER = "log-folder";

    /** For an ordinary user: the user namespace in which the stage becomes root. */
    public static final String USER_NAMESPACE = "own-users";
    /** For an ordinary user: the mount namespace that belongs to it. */
    public static final String MOUNT_NAMESPACE = "own-mounts";

    /** The number of a keeper's fd for the console's master, by which the next JVM takes it over. */
    public static final int KEEPER_MASTER_NUMBER = 100;

    /** The number of a keeper's fd for the notify socket. */
    public static final int KEEPER_NOTIFY_NUMBER = 104;

    private static final Set<String> FOR_INIT = Set.of(ROOT, LOWER, LAYERS, JVM, PROC);
    private static final String MOUNT = "mount-";
    private static final String LISTEN = "listen-";

    private FdNames() {}

    /**
     * The name of an inherited mount.
     *
     * @param index its position among the spec's mounts
     * @return the name
     */
    public static String mount(int index) {
        return MOUNT + index;
    }

    /**
     * The name of a listening socket.
     *
     * @param index its position
     * @return the name
     */
    public static String listen(int index) {
        return LISTEN + index;
    }

    /** Whether it is the init's alone. */
    static boolean isForInit(String name) {
        return name.startsWith(MOUNT) || name.startsWith(LISTEN) || FOR_INIT.contains(name);
    }
}
