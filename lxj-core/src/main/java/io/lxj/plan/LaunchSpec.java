package io.lxj.plan;

import io.lxj.linux.Stat;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that the launch of a container's init depends on. Immutable and thread-safe.
 *
 * @param name the container
 * @param hostname set with sethostname(2)
 * @param uuid the container's machine id as 32 hex digits
 * @param argv the init and its arguments; empty for a container in which commands are executed and nothing else runs
 * @param environment of the init, complete
 * @param credentials files for the init, by name
 * @param listening how many listening sockets the init gets, from fd 3 on
 * @param workingDirectory of the init, in the container
 * @param mounts what is mounted besides the API file systems, in this order
 * @param devices nodes in /dev besides the standard ones
 * @param terminals the console and what is beside it
 * @param osRelease the host's os-release, shown in /run/host
 * @param confinement limits and privileges, the same for every process of the container
 * @param keep whether the container outlives the process that started it
 * @param log what the keeper needs to keep the console's log
 * @param userNamespace the container's own user namespace, if it has one
 * @param nested whether it is launched inside a container, where no device nodes can be made
 */
public record LaunchSpec(
        String name,
        String hostname,
        String uuid,
        List<String> argv,
        Map<String, String> environment,
        Map<String, byte[]> credentials,
        int listening,
        String workingDirectory,
        List<MountSpec> mounts,
        List<Node> devices,
        Terminals terminals,
        byte[] osRelease,
        Confinement confinement,
        boolean keep,
        LogSpec log,
        Optional<UserNamespace> userNamespace,
        boolean nested) {
    /** The group that terminals belong to on every distribution: tty. */
    public static final int TERMINAL_GROUP = 5;

    /** Takes copies of the collections. */
    public LaunchSpec {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        credentials = Collections.unmodifiableMap(new TreeMap<>(credentials));
        mounts = List.copyOf(mounts);
        devices = List.copyOf(devices);
    }

    /**
     * The terminals that the container is given: its console and others, all of one size.
     *
     * @param rows how many lines
     * @param columns how many characters in a line
     * @param ttys how many others there are; a container that is kept has none
     */
    public record Terminals(int rows, int columns, int ttys) {}

    /**
     * The console's log file.
     *
     * @param maxBytes when it is rotated
     * @param rotations how many old files are kept
     */
    public record LogSpec(long maxBytes, int rotations) {}

    /**
     * A user namespace of the container's own.
     *
     * @param rootUid what root is on the host
     * @param rootGid what root's group is on the host
     * @param terminalGroup whether the group that terminals belong to is mapped
     */
    public record UserNamespace(long rootUid, long rootGid, boolean terminalGroup) {}

    /**
     * The root file system, if it is an overlay that the container's root has to mount: one above layers that map ids.
     * What the root is made of is known only when it has been opened, while the launch is under way.
     *
     * @param ownLower whether the lower layer is a mount of its own, or a folder beside the upper one
     * @param lower the path of the lower layer below its mount; empty for the mount itself
     * @param upper the path of the upper layer below the container's own mount
     * @param work the path of the work directory there
     * @param options more options by name
     */
    public record Overlay(boolean ownLower, String lower, String upper, String work, Map<String, String> options) {
        /** Takes a copy of the options. */
        public Overlay {
            options = Collections.unmodifiableMap(new TreeMap<>(options));
        }
    }

    /**
     * A mount below the container's root.
     *
     * @param target absolute, in the container
     * @param directory whether the target is a directory or a file
     * @param tmpfs options of a new tmpfs (name and value); null if the mount is inherited as an fd
     * @param attributes what it forbids: MOUNT_ATTR_ flags; an inherited mount has them already
     */
    public record MountSpec(String target, boolean directory, Map<String, String> tmpfs, long attributes) {
        /**
         * Whether the mount is made by the init itself.
         *
         * @return true for a tmpfs
         */
        public boolean isTmpfs() {
            return tmpfs != null;
        }
    }

    /**
     * A device node.
     *
     * @param path below /dev, without a leading slash
     * @param mode type and permissions
     * @param major device number
     * @param minor device number
     * @param uid owner, as the host counts
     * @param gid group, as the host counts
     */
    public record Node(String path, int mode, int major, int minor, long uid, long gid) {
        /**
         * A node of root.
         *
         * @param path see {@link #path()}
         * @param mode see {@link #mode()}
         * @param major see {@link #major()}
         * @param minor see {@link #minor()}
         */
        public Node(String path, int mode, int major, int minor) {
            this(path, mode, major, minor, 0, 0);
        }

        static Node character(String path, int permissions, int major, int minor) {
            return new Node(path, Stat.S_IFCHR | permissions, major, minor);
        }
    }
}
