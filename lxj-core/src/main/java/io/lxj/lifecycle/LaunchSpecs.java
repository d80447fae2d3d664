package io.lxj.lifecycle;

import io.lxj.config.ByteSize;
import io.lxj.config.Config;
import io.lxj.config.ConsoleSettings;
import io.lxj.config.IdMap;
import io.lxj.config.ImageInfo;
import io.lxj.config.OnExit;
import io.lxj.linux.FileName;
import io.lxj.linux.UserNamespaces;
import io.lxj.plan.Confinement;
import io.lxj.plan.LaunchSpec;
import io.lxj.storage.ContainerRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns a container's record into what the launch needs. */
final class LaunchSpecs {
    private LaunchSpecs() {}

    static LaunchSpec of(
            String name,
            ContainerRecord record,
            ImageInfo image,
            List<LaunchSpec.MountSpec> mounts,
            List<Devices.Allowed> devices,
            Confinement confinement,
            Optional<IdMap> ids) {
        Config config = image.defaults().under(record.config());
        ConsoleSettings console = config.console();
        String uuid = record.machineId().text();
        HostRelease release = HostRelease.get();
        return new LaunchSpec(
                name,
                HostNames.of(config, name),
                uuid,
                config.init().isEmpty() ? List.of(image.init().orElseThrow()) : config.init(),
                Environments.init(config, image, uuid, release.fields()),
                bytes(config.credentials()),
                config.listen().size(),
                config.workingDirectory(),
                mounts,
                devices.stream().map(Devices.Allowed::node).toList(),
                new LaunchSpec.Terminals(console.size().rows(), console.size().columns(), config.ttys()),
                release.content(),
                confinement,
                config.onExit() == OnExit.KEEP,
                new LaunchSpec.LogSpec(
                        console.hasLog()
                                ? console.logSize().bytes()
                                : ByteSize.kib(4).bytes(),
                        console.logRotations()),
                ids.map(LaunchSpecs::userNamespace),
                !UserNamespaces.inFirst() || confinement.process().deputized().isPresent());
    }

    static LaunchSpec.UserNamespace userNamespace(IdMap ids) {
        return new LaunchSpec.UserNamespace(
                ids.hostUser(0).orElseThrow(),
                ids.hostGroup(0).orElseThrow(),
                ids.hostGroup(LaunchSpec.TERMINAL_GROUP).isPresent());
    }

    private static Map<String, byte[]> bytes(Map<String, String> texts) {
        Map<String, byte[]> bytes = new TreeMap<>();
        texts.forEach((name, text) -> bytes.put(name, FileName.bytes(text)));
        return bytes;
    }
}
