/**
 * Linux as Java: system calls, file descriptors, mounts, processes and cgroup v2 files. It knows nothing of containers,
 * and is there for whoever needs Linux from Java.
 */
module io.lxj.linux {
    requires com.sun.jna;

    exports io.lxj.linux;
}
