package io.lxj.storage;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.lxj.linux.ProcessIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a container that was started: enough for another process to find it, and to tell whether it still
 * runs. Written when it is started and removed when it has ended. Immutable and thread-safe.
 *
 * <p>The processes are named with start time and boot, so that a process id that was used again is not taken for theirs;
 * a record of another boot describes nothing that still exists.
 *
 * @param init the container's first process, as the host sees it
 * @param keeper the process that stays as the init's parent, if the container may outlive the JVM
 * @param owner the JVM that started the container or took it over
 * @param cgroup the path of the container's cgroup below the root of the hierarchy, for example {@code /lxj/1a2b/web1}
 * @param started when the container was started
 * @param devices what it may use beside the standard devices: what it was started with, and what was added since
 */
public record RunRecord(
        ProcessIdentity init,
        Optional<ProcessIdentity> keeper,
        ProcessIdentity owner,
        String cgroup,
        Instant started,
        List<GrantedDevice> devices) {
    /**
     * Checks that nothing is missing.
     *
     * @throws IllegalArgumentException if the processes are of different boots
     */
    public RunRecord {
        Objects.requireNonNull(keeper, "keeper");
        Objects.requireNonNull(cgroup, "cgroup");
        Objects.requireNonNull(started, "started");
        devices = List.copyOf(devices);
        boolean sameBoot = init.bootId().equals(owner.bootId())
                && keeper.map(process -> process.bootId().equals(init.bootId())).orElse(true);
        if (!sameBoot) {
            throw new IllegalArgumentException("processes of different boots: " + init + ", " + keeper + ", " + owner);
        }
    }

    /**
     * The same container with other devices.
     *
     * @param granted all that it may use beside the standard devices
     * @return a new record
     */
    public RunRecord with(List<GrantedDevice> granted) {
        return new RunRecord(init, keeper, owner, cgroup, started, granted);
    }

    /**
     * The same container, taken over by another JVM.
     *
     * @param newOwner the JVM
     * @return a new record
     */
    public RunRecord ownedBy(ProcessIdentity newOwner) {
        return new RunRecord(init, keeper, newOwner, cgroup, started, devices);
    }

    /**
     * Whether another record is of the same run: what it says beside may have changed meanwhile.
     *
     * @param other the record
     * @return whether both have the same init
     */
    public boolean isSameRun(RunRecord other) {
        return init.equals(other.init);
    }

    /**
     * Which boot of the machine the container was started in.
     *
     * @return the boot id
     */
    public String bootId() {
        return init.bootId();
    }

    /**
     * This record as JSON.
     *
     * @return the text; {@link #fromJson} makes an equal record of it
     */
    public String toJson() {
        JsonObject object = new JsonObject();
        object.addProperty("bootId", bootId());
        object.add("init", write(init));
        keeper.ifPresent(process -> object.add("keeper", write(process)));
        object.add("owner", write(owner));
        object.addProperty("cgroup", cgroup);
        object.addProperty("started", started.toString());
        JsonArray granted = new JsonArray();
        devices.forEach(device -> granted.add(device.toString()));
        object.add("devices", granted);
        return object + "\n";
    }

    static JsonObject write(ProcessIdentity process) {
        JsonObject object = new JsonObject();
        object.addProperty("pid", process.pid());
        object.addProperty("startTime", process.startTime());
        return object;
    }

    /**
     * The record that a text of {@link #toJson} stands for.
     *
     * @param file where the text is from, for an error
     * @param text the text
     * @return the record
     * @throws io.lxj.error.CorruptStateException if it isn't such a text
     */
    static RunRecord fromJson(String file, String text) {
        JsonFields fields = JsonFields.parse(file, text);
        String bootId = fields.string("bootId");
        return new RunRecord(
                fields.object("init", process -> read(process, bootId)),
                fields.optionalObject("keeper", process -> read(process, bootId)),
                fields.object("owner", process -> read(process, bootId)),
                fields.string("cgroup"),
                fields.instant("started"),
                fields.list("devices", GrantedDevice::parse));
    }

    static ProcessIdentity read(JsonFields process, String bootId) {
        return new ProcessIdentity(process.integer("pid"), process.number("startTime"), bootId);
    }
}
