/** Linux as Java: system calls, file descriptors, mounts, processes and cgroup v2 files. */
module io.lxj.linux {
    requires com.sun.jna;

    exports io.lxj.linux;
}
