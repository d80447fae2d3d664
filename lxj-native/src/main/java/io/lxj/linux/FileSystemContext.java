package io.lxj.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file system that is being configured before it is mounted, see fsopen(2). What the kernel has to say about an option
 * becomes the hint of the exception. Not thread-safe.
 */
public final class FileSystemContext implements AutoCloseable {
    private static final int MESSAGE = 4096;

    private final Fd fd;
    private final String type;

    private FileSystemContext(Fd fd, String type) {
        this.fd = fd;
        this.type = type;
    }

    /**
     * Begins with nothing configured.
     *
     * @param type as in /proc/filesystems
     * @return the context
     * @throws LinuxException ENODEV if the kernel has no such file system, EPERM without CAP_SYS_ADMIN
     */
    public static FileSystemContext open(String type) throws LinuxException {
        return open(type, Optional.empty());
    }

    /**
     * Begins a file system that is made of others.
     *
     * @param type see {@link #open(String)}
     * @param part one of them: who acts for it makes this one
     * @return the context
     * @throws LinuxException see {@link #open(String)}
     */
    public static FileSystemContext open(String type, Fd part) throws LinuxException {
        return open(type, part.deputy());
    }

    private static FileSystemContext open(String type, Optional<Deputy> deputy) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long name = scratch.string(type);
            long result = deputy.isPresent()
                    ? deputy.get().call(Syscall.FSOPEN, name, MountFlags.FSOPEN_CLOEXEC, 0, 0, 0, 0)
                    : Kernel.call(Syscall.FSOPEN, name, MountFlags.FSOPEN_CLOEXEC);
            if (result < 0) {
                LinuxException failure =
                        LinuxException.of(result, "fsopen", FileName.quote(FileName.bytes(type)), "FSOPEN_CLOEXEC");
                throw hint(failure, type).map(failure::withHint).orElse(failure);
            }
            return new FileSystemContext(new Fd((int) result, deputy.orElse(null)), type);
        }
    }

    private static Optional<String> hint(LinuxException failure, String type) {
        if (failure.is(Errno.EPERM)) {
            return Optional.of("mounting needs CAP_SYS_ADMIN in the user namespace that owns the mount namespace; "
                    + (SecurityModules.isRootRestricted() ? "" : "if this process has it, ")
                    + SecurityModules.advice() + "; see Host.check()");
        }
        if (failure.is(Errno.ENODEV)) {
            return Optional.of("the kernel has no file system " + type + ", not even as a module that it could load");
        }
        return Optional.empty();
    }

    /**
     * Sets an option.
     *
     * @param key its name
     * @param value its value, as {@link FileName#bytes(String)} takes it
     * @throws LinuxException EINVAL if the file system refuses it
     */
    public void set(String key, String value) throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            configure(MountFlags.FSCONFIG_SET_STRING, "FSCONFIG_SET_STRING", key, scratch.string(value), 0, value);
        }
    }

    /**
     * Sets an option that has no value.
     *
     * @param key its name
     * @throws LinuxException EINVAL if the file system refuses it
     */
    public void flag(String key) throws LinuxException {
        configure(MountFlags.FSCONFIG_SET_FLAG, "FSCONFIG_SET_FLAG", key, 0, 0, "NULL");
    }

    /**
     * Sets an option to an open file. Overlay takes its layers so, from kernel 6.13 on.
     *
     * @param key its name
     * @param value the file
     * @throws LinuxException EINVAL if the file system refuses it
     */
    public void set(String key, Fd value) throws LinuxException {
        configure(MountFlags.FSCONFIG_SET_FD, "FSCONFIG_SET_FD", key, 0, value.number(), value);
    }

    private void configure(int command, String name, String key, long value, int auxiliary, Object shown)
            throws LinuxException {
        try (Scratch scratch = Scratch.open()) {
            long keyAddress = key == null ? 0 : scratch.string(key);
            long result = fd.call(Syscall.FSCONFIG, command, keyAddress, value, auxiliary);
            if (result < 0) {
                throw explain(LinuxException.of(result, "fsconfig", type, name, key, shown, auxiliary));
            }
        }
    }

    /**
     * Creates the file system and mounts it nowhere.
     *
     * @param attributes MOUNT_ATTR bits of {@link MountFlags}
     * @return the mount
     * @throws LinuxException if the file system can't be made as configured
     */
    public DetachedMount mount(long attributes) throws LinuxException {
        configure(MountFlags.FSCONFIG_CMD_CREATE, "FSCONFIG_CMD_CREATE", null, 0, 0, "NULL");
        long result = fd.call(Syscall.FSMOUNT, MountFlags.FSMOUNT_CLOEXEC, attributes);
        if (result < 0) {
            throw explain(
                    LinuxException.of(result, "fsmount", type, "FSMOUNT_CLOEXEC", "0x" + Long.toHexString(attributes)));
        }
        return new DetachedMount(fd.derived(result), type);
    }

    private LinuxException explain(LinuxException failure) {
        List<String> messages = messages();
        return messages.isEmpty() ? failure : failure.withHint(String.join("; ", messages));
    }

    // Each read(2) of the context takes one message: a letter for its kind (e, w, i), a blank, and the text.
    private List<String> messages() {
        List<String> messages = new ArrayList<>();
        try (Scratch scratch = Scratch.open()) {
            Block block = scratch.block(MESSAGE);
            long length;
            while ((length = fd.call(Syscall.READ, block.address(), block.length())) > 0) {
                byte[] message = new byte[(int) length];
                block.buffer().get(0, message);
                String text = FileName.string(message).strip();
                messages.add(text.length() > 2 && text.charAt(1) == ' ' ? text.substring(2) : text);
            }
        }
        return messages;
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "context of " + type + ", " + fd;
    }
}
