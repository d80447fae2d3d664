package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How an archive is imported. An immutable value: every method that takes an argument returns a new one. Thread-safe.
 */
public final class ImportOptions {
    private static final Setting<Optional<String>> SHA256 = Setting.optional("sha256");
    private static final Setting<ImportLimits> LIMITS = Setting.of("limits", ImportLimits.defaults());
    private static final List<Setting<?>> ALL = List.of(SHA256, LIMITS);
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final ImportOptions DEFAULTS = new ImportOptions(Settings.NONE);

    private final Settings settings;

    private ImportOptions(Settings settings) {
        this.settings = settings;
    }

    /**
     * No digest to check, and the default limits.
     *
     * @return the defaults
     */
    public static ImportOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The SHA-256 that the archive must have.
     *
     * @return the digest in lower case, or empty if any will do
     */
    public Optional<String> sha256() {
        return settings.get(SHA256);
    }

    /**
     * The same with a SHA-256 that the archive must have. It is checked before anything is unpacked; what comes as a
     * stream is kept in a temporary file for that.
     *
     * @param digest 64 hexadecimal digits
     * @return new options
     * @throws InvalidConfigException if it isn't such a digest
     */
    public ImportOptions sha256(String digest) {
        String lower = digest.toLowerCase(Locale.ROOT);
        if (!DIGEST.matcher(lower).matches()) {
            throw new InvalidConfigException("sha256", digest, "64 hexadecimal digits");
        }
        return new ImportOptions(settings.with(SHA256, Optional.of(lower)));
    }

    /**
     * What the archive may ask for.
     *
     * @return the limits
     */
    public ImportLimits limits() {
        return settings.get(LIMITS);
    }

    /**
     * The same with other limits.
     *
     * @param limits what the archive may ask for
     * @return new options
     */
    public ImportOptions limits(ImportLimits limits) {
        return new ImportOptions(settings.with(LIMITS, limits));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImportOptions options && settings.equals(options.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    /** {@return the options that differ from the defaults} */
    @Override
    public String toString() {
        return "ImportOptions" + settings.show(ALL);
    }
}
