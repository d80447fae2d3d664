package io.lxj.storage;

import com.google.gson.JsonObject;
import io.lxj.config.ExitStatus;
import io.lxj.config.Signal;
import io.lxj.linux.ProcessIdentity;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How and when a container ended last. Immutable and thread-safe.
 *
 * @param init the process whose end it was
 * @param status how it ended
 * @param ended when
 */
public record ExitRecord(ProcessIdentity init, ExitStatus status, Instant ended) {
    /** Checks that nothing is missing. */
    public ExitRecord {
        Objects.requireNonNull(init, "init");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(ended, "ended");
    }

    /**
     * Whether this is the end of a run, and not of one before.
     *
     * @param run the run
     * @return whether both have the same init
     */
    public boolean isOf(RunRecord run) {
        return init.equals(run.init());
    }

    /**
     * This record as JSON.
     *
     * @return the text; {@link #fromJson} makes an equal record of it
     */
    public String toJson() {
        JsonObject object = new JsonObject();
        object.addProperty("bootId", init.bootId());
        object.add("init", RunRecord.write(init));
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
        String bootId = fields.string("bootId");
        ProcessIdentity init = fields.object("init", process -> RunRecord.read(process, bootId));
        return new ExitRecord(init, status, fields.instant("ended"));
    }
}
