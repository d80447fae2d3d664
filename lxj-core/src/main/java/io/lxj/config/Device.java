package io.lxj.config;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * A device that a container can use, beside those that every one has (null, zero, full, random, urandom, tty). An
 * immutable value; every method returns a new one. Thread-safe.
 *
 * <p>The target is a path below /dev in the container that lxj doesn't make itself.
 */
public sealed interface Device permits HostDevice, NodeDevice {

    /**
     * A device node of the host, at the same place in the container, with full access. What device it is, its mode and
     * its owner are looked up when the container starts.
     *
     * @param node the node on the host, for example /dev/fuse
     * @return the device
     * @throws io.lxj.error.InvalidConfigException if the node isn't below /dev; then name a target too
     */
    static HostDevice host(Path node) {
        String source = HostPath.of("device.source", node);
        return host(node, source);
    }

    /**
     * A device node of the host, at another place in the container, with full access.
     *
     * @param node the node on the host
     * @param target where it is in the container, below /dev
     * @return the device
     * @throws io.lxj.error.InvalidConfigException if the target isn't allowed
     */
    static HostDevice host(Path node, String target) {
        return new HostDevice(HostPath.of("device.source", node), target, EnumSet.allOf(DeviceAccess.class));
    }

    /**
     * A character device, with full access and mode 0660.
     *
     * @param major the major number, 0 to 4095
     * @param minor the minor number, 0 to 1048575
     * @param target where its node is made in the container, below /dev
     * @return the device
     * @throws io.lxj.error.InvalidConfigException if there is no such number, or the target isn't allowed
     */
    static NodeDevice character(int major, int minor, String target) {
        return NodeDevice.at(NodeDevice.Type.CHARACTER, major, minor, target);
    }

    /**
     * A block device, with full access and mode 0660.
     *
     * @param major the major number, 0 to 4095
     * @param minor the minor number, 0 to 1048575
     * @param target where its node is made in the container, below /dev
     * @return the device
     * @throws io.lxj.error.InvalidConfigException if there is no such number, or the target isn't allowed
     */
    static NodeDevice block(int major, int minor, String target) {
        return NodeDevice.at(NodeDevice.Type.BLOCK, major, minor, target);
    }

    /**
     * Where the node is in the container.
     *
     * @return an absolute path below /dev
     */
    String target();

    /**
     * What the container may do with it.
     *
     * @return at least one kind of access; can't be changed
     */
    Set<DeviceAccess> access();

    /**
     * The same device with other access.
     *
     * @param first a kind of access
     * @param more others
     * @return the device
     */
    Device access(DeviceAccess first, DeviceAccess... more);
}
