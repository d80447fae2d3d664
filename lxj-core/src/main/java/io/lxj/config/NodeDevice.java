package io.lxj.config;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * A device given by its numbers, see makedev(3). Made by {@link Device#character(int, int, String)} and {@link
 * Device#block(int, int, String)}.
 *
 * @param type whether it is a character or a block device
 * @param major the major number, 0 to 4095
 * @param minor the minor number, 0 to 1048575
 * @param target where its node is made in the container, below /dev
 * @param mode the mode bits of the node; root owns it
 * @param access what the container may do with it
 */
public record NodeDevice(Type type, int major, int minor, String target, int mode, Set<DeviceAccess> access)
        implements Device {
    static final int DEFAULT_MODE = 0660;
    /** The kernel's dev_t has 12 bits for the major number and 20 for the minor one. */
    private static final int HIGHEST_MAJOR = 0xfff;

    private static final int HIGHEST_MINOR = 0xfffff;

    /** The two types of devices. */
    public enum Type {
        /** A character device. */
        CHARACTER,

        /** A block device. */
        BLOCK
    }

    /**
     * Checks the parts.
     *
     * @param type see {@link #type()}
     * @param major see {@link #major()}
     * @param minor see {@link #minor()}
     * @param target see {@link #target()}
     * @param mode see {@link #mode()}
     * @param access see {@link #access()}
     * @throws io.lxj.error.InvalidConfigException if there is no such number, the target isn't allowed, the mode isn't
     *     mode bits, or no access is given
     */
    public NodeDevice {
        Objects.requireNonNull(type, "type");
        DeviceRules.number("device.major", major, HIGHEST_MAJOR);
        DeviceRules.number("device.minor", minor, HIGHEST_MINOR);
        target = DeviceRules.target(target);
        FileMode.check("device.mode", mode);
        access = DeviceRules.access(access);
    }

    static NodeDevice at(Type type, int major, int minor, String target) {
        return new NodeDevice(type, major, minor, target, DEFAULT_MODE, EnumSet.allOf(DeviceAccess.class));
    }

    /**
     * The same device with other mode bits of its node.
     *
     * @param bits the mode bits, 0 to 07777
     * @return the device
     * @throws io.lxj.error.InvalidConfigException if they aren't mode bits
     */
    public NodeDevice mode(int bits) {
        return new NodeDevice(type, major, minor, target, bits, access);
    }

    @Override
    public NodeDevice access(DeviceAccess first, DeviceAccess... more) {
        return new NodeDevice(type, major, minor, target, mode, EnumSet.of(first, more));
    }

    /** {@return the device in words, for example {@code character 10:200 on /dev/net/tun (rwm, mode 0666)}} */
    @Override
    public String toString() {
        return Enums.text(type) + " " + major + ":" + minor + " on " + target + " (" + DeviceRules.letters(access)
                + ", mode " + FileMode.text(mode) + ")";
    }
}
