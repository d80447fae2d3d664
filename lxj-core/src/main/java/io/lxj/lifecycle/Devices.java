package io.lxj.lifecycle;

import io.lxj.config.Device;
import io.lxj.config.DeviceAccess;
import io.lxj.config.HostDevice;
import io.lxj.config.IdMap;
import io.lxj.config.NodeDevice;
import io.lxj.error.InvalidConfigException;
import io.lxj.failure.Failures;
import io.lxj.linux.DeviceRule;
import io.lxj.linux.Errno;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Stat;
import io.lxj.linux.UserNamespaces;
import io.lxj.plan.LaunchSpec.Node;
import io.lxj.storage.GrantedDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The devices of a configuration: as nodes to make, and as numbers to allow. */
final class Devices {
    static final String DEV = "/dev/";

    /**
     * A device with what may be done to it.
     *
     * @param node its node in the container
     * @param access what is allowed
     */
    record Allowed(Node node, Set<DeviceAccess> access) {
        /** The same for a container with these ids; who isn't mapped is its root. */
        Allowed in(IdMap ids) {
            long uid = ids.hostUser(node.uid()).orElseGet(() -> ids.hostUser(0).orElseThrow());
            long gid =
                    ids.hostGroup(node.gid()).orElseGet(() -> ids.hostGroup(0).orElseThrow());
            return new Allowed(new Node(node.path(), node.mode(), node.major(), node.minor(), uid, gid), access);
        }

        /** The device as its numbers. */
        GrantedDevice granted() {
            boolean block = (node.mode() & Stat.S_IFMT) == Stat.S_IFBLK;
            int kinds = 0;
            for (DeviceAccess kind : access) {
                kinds |= switch (kind) {
                    case READ -> DeviceRule.READ;
                    case WRITE -> DeviceRule.WRITE;
                    case MKNOD -> DeviceRule.MKNOD;
                };
            }
            DeviceRule rule = new DeviceRule(
                    block ? DeviceRule.Type.BLOCK : DeviceRule.Type.CHARACTER,
                    OptionalInt.of(node.major()),
                    OptionalInt.of(node.minor()),
                    kinds);
            return new GrantedDevice(DEV + node.path(), rule);
        }
    }

    private Devices() {}

    /** As they are now on the host. The action is for an error. */
    static List<Allowed> of(String action, List<Device> devices, Optional<IdMap> ids) {
        return devices.stream().map(device -> of(action, device, ids)).toList();
    }

    static Allowed of(String action, Device device, Optional<IdMap> ids) {
        if (!UserNamespaces.inFirst()) {
            throw InvalidConfigException.problem(
                    "devices",
                    "lxj runs in a container here, where no device node can be made",
                    "the standard nodes, which every container has");
        }
        Allowed allowed = of(action, device);
        return ids.isPresent() ? allowed.in(ids.get()) : allowed;
    }

    static List<GrantedDevice> granted(List<Allowed> devices) {
        return devices.stream().map(Allowed::granted).toList();
    }

    private static Allowed of(String doing, Device device) {
        if (device instanceof NodeDevice node) {
            int type = node.type() == NodeDevice.Type.BLOCK ? Stat.S_IFBLK : Stat.S_IFCHR;
            return new Allowed(
                    new Node(below(node.target()), type | node.mode(), node.major(), node.minor()), node.access());
        }
        HostDevice host = (HostDevice) device;
        try (Fd file = Fd.open(Path.of(host.source()), Open.O_PATH, 0)) {
            Stat stat = file.stat();
            if (stat.type() != Stat.S_IFCHR && stat.type() != Stat.S_IFBLK) {
                throw refusal(host, "a device node; files and folders are mounted with Mount.bind(...)");
            }
            Node node = new Node(
                    below(host.target()), stat.mode(), stat.deviceMajor(), stat.deviceMinor(), stat.uid(), stat.gid());
            return new Allowed(node, host.access());
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                throw refusal(host, "a device node that is there on this host: some come with a kernel module");
            }
            throw Failures.exception(doing + ": device " + host.source(), e);
        }
    }

    private static InvalidConfigException refusal(HostDevice device, String allowed) {
        return new InvalidConfigException("devices: source of " + device.target(), device.source(), allowed);
    }

    private static String below(String target) {
        return target.substring(DEV.length());
    }
}
