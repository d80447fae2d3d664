package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The archive that an image was imported from. Immutable and thread-safe.
 *
 * @param format how it was compressed
 * @param sha256 the SHA-256 of the archive as it was, 64 hexadecimal digits in lower case
 * @param size how large it was
 */
public record ImageSource(ArchiveFormat format, String sha256, ByteSize size) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * Checks the digest.
     *
     * @param format how it was compressed
     * @param sha256 the SHA-256 of the archive as it was, 64 hexadecimal digits in lower case
     * @param size how large it was
     * @throws InvalidConfigException if the digest isn't one
     * @throws NullPointerException if an argument is null
     */
    public ImageSource {
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(size, "size");
        if (!SHA256.matcher(sha256).matches()) {
            throw new InvalidConfigException("sha256", sha256, "64 hexadecimal digits in lower case");
        }
    }
}
