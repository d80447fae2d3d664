package io.lxj.storage;

import com.google.gson.JsonObject;
import io.lxj.config.ExitStatus;
import io.lxj.config.Signal;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How and when a container ended last. Immutable and thread-safe.
 *
 * @param status how it ended
 * @param ended when
 */
public record ExitRecord(ExitStatus status, Instant ended) {
    /** Checks that nothing is missing. */
    public ExitRecord {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(ended, "ended");
    }

    /**
     * This record as JSON.
     *
     * @return the text; {@link #fromJson} makes an equal record of it
     */
    public String toJson() {
        JsonObject object = new JsonObject();
        object.addProperty("cause", status.cause().name().toLowerCase(Locale.ROOT));
        status.code().ifPresent(code -> object.addProperty("code", code));
        status.signal().ifPresent(signal -> object.addProperty("signal", signal.toString()));
        status.reason().ifPresent(reason -> object.addProperty("reason", reason));
        object.addProperty("ended", ended.toString());
        return object + "\n";
    }

    /**
     * The record that a text of {@link #toJson} stands for.
     *
     * @param file where the text is from, for an error
     * @param text the text
     * @return the record
     * @throws io.lxj.error.CorruptStateException if it isn't such a text
     */
    static ExitRecord fromJson(String file, String text) {
        JsonFields fields = JsonFields.parse(file, text);
        ExitStatus status = new ExitStatus(
                fields.parsed("cause", cause -> ExitStatus.Cause.valueOf(cause.toUpperCase(Locale.ROOT))),
                fields.has("code") ? OptionalInt.of(fields.integer("code")) : OptionalInt.empty(),
                fields.has("signal") ? Optional.of(fields.parsed("signal", Signal::parse)) : Optional.empty(),
                fields.has("reason") ? Optional.of(fields.string("reason")) : Optional.empty());
        return new ExitRecord(status, fields.instant("ended"));
    }
}
