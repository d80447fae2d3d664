package io.lxj.storage;

import com.google.gson.JsonObject;
import io.lxj.config.Config;
import io.lxj.error.CorruptStateException;
import io.lxj.error.InvalidConfigException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a container is, as container.json has it. Immutable and thread-safe.
 *
 * @param machineId the container's own, for its lifetime
 * @param created when it was created
 * @param config what it is to be
 * @param firstId what root is on the host, of the {@link IdPool#SIZE} ids that were set apart for the container
 */
public record ContainerRecord(MachineId machineId, Instant created, Config config, Optional<Long> firstId) {
    private static final String FIRST_ID = "firstId";
    private static final String CONFIG = "config";

    /** Checks that nothing is missing. */
    public ContainerRecord {
        Objects.requireNonNull(machineId, "machineId");
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(config, CONFIG);
        Objects.requireNonNull(firstId, FIRST_ID);
    }

    /**
     * The same container with another configuration.
     *
     * @param newConfig the configuration
     * @return a new record
     */
    public ContainerRecord with(Config newConfig) {
        return new ContainerRecord(machineId, created, newConfig, firstId);
    }

    /**
     * The same container with ids set apart for it.
     *
     * @param first the first of them
     * @return a new record
     */
    public ContainerRecord withIds(long first) {
        return new ContainerRecord(machineId, created, config, Optional.of(first));
    }

    /**
     * This record as JSON.
     *
     * @return the text; {@link #fromJson} makes an equal record of it
     */
    public String toJson() {
        JsonObject object = new JsonObject();
        object.addProperty("machineId", machineId.text());
        object.addProperty("created", created.toString());
        firstId.ifPresent(first -> object.addProperty(FIRST_ID, first));
        String head = object.toString();
        // The configuration is put in as the text that its own codec writes, which escapes what isn't text.
        return head.substring(0, head.length() - 1) + ",\n\"" + CONFIG + "\": "
                + config.toJson().strip() + "}\n";
    }

    /**
     * The record that a text of {@link #toJson} stands for.
     *
     * @param file where the text is from, for an error
     * @param text the text
     * @return the record
     * @throws CorruptStateException if it isn't such a text
     */
    static ContainerRecord fromJson(String file, String text) {
        JsonFields fields = JsonFields.parse(file, text);
        try {
            return new ContainerRecord(
                    fields.parsed("machineId", MachineId::new),
                    fields.instant("created"),
                    Config.fromJson(fields.json(CONFIG)),
                    fields.has(FIRST_ID) ? Optional.of(fields.number(FIRST_ID)) : Optional.empty());
        } catch (InvalidConfigException e) {
            throw new CorruptStateException(file, e.relocated(CONFIG + "." + e.field()));
        }
    }
}
