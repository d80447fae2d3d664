package io.lxj.lifecycle;

import io.lxj.config.Device;
import io.lxj.config.DeviceAccess;
import io.lxj.config.HostDevice;
import io.lxj.config.IdMap;
import io.lxj.config.NodeDevice;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.failure.Failures;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import io.lxj.linux.Open;
import io.lxj.linux.Stat;
import io.lxj.plan.LaunchSpec.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The devices of a configuration: as nodes to make, and as numbers to allow. */
final class Devices {
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
    }

    private Devices() {}

    static List<Allowed> of(String container, List<Device> devices, Optional<IdMap> ids) {
        return devices.stream()
                .map(device -> of(container, device))
                .map(device -> ids.isPresent() ? device.in(ids.get()) : device)
                .toList();
    }

    private static Allowed of(String container, Device device) {
        if (device instanceof NodeDevice node) {
            int type = node.type() == NodeDevice.Type.BLOCK ? Stat.S_IFBLK : Stat.S_IFCHR;
            return new Allowed(
                    new Node(below(node.target()), type | node.mode(), node.major(), node.minor()), node.access());
        }
        HostDevice host = (HostDevice) device;
        String action = "start " + container + ": device " + host.source();
        try (Fd file = Fd.open(Path.of(host.source()), Open.O_PATH, 0)) {
            Stat stat = file.stat();
            if (stat.type() != Stat.S_IFCHR && stat.type() != Stat.S_IFBLK) {
                throw new LxjException(Failure.of(action, "it is no device node")
                        .hint("mount files and folders with Mount.bind(...)"));
            }
            Node node = new Node(
                    below(host.target()), stat.mode(), stat.deviceMajor(), stat.deviceMinor(), stat.uid(), stat.gid());
            return new Allowed(node, host.access());
        } catch (LinuxException e) {
            throw Failures.exception(action, e);
        }
    }

    private static String below(String target) {
        return target.substring("/dev/".length());
    }
}
