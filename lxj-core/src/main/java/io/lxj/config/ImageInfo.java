package io.lxj.config;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of an image. Everything but the name and the time was found in its content, which isn't trusted. An
 * immutable value; thread-safe.
 *
 * @param name the name in the state folder
 * @param created when it was imported or built
 * @param source the archive that it was imported from; empty for an image that was built
 * @param size the content of its files together
 * @param entries how many files, folders, links and nodes it has
 * @param os what it says of itself, where it has an os-release file
 * @param architecture the machine that its programs run on, as uname(2) calls it ({@code x86_64}, {@code aarch64}), where
 *     a program was found
 * @param initSystem what it boots with
 * @param init the path of its init in the image; empty where there is none
 * @param warnings what was left out of it, and what a Linux system has and this image hasn't, as sentences
 * @param defaults what it brings along for its containers, which its builder said
 */
public record ImageInfo(
        String name,
        Instant created,
        Optional<ImageSource> source,
        ByteSize size,
        long entries,
        Optional<OsRelease> os,
        Optional<String> architecture,
        InitSystem initSystem,
        Optional<String> init,
        List<String> warnings,
        ImageDefaults defaults)
        implements ImageRef {

    /**
     * Checks that nothing is missing.
     *
     * @param name the name in the state folder
     * @param created when it was imported or built
     * @param source the archive that it was imported from
     * @param size the content of its files together
     * @param entries how many files, folders, links and nodes it has
     * @param os what it says of itself
     * @param architecture the machine that its programs run on, as uname(2) calls it
     * @param initSystem what it boots with
     * @param init the path of its init in the image
     * @param warnings what was left out of it, and what a Linux system has and this image hasn't, as sentences
     * @param defaults what it brings along for its containers
     * @throws NullPointerException if an argument is null
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     */
    public ImageInfo {
        Names.image(name);
        Objects.requireNonNull(created, "created");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(size, "size");
        Objects.requireNonNull(os, "os");
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(initSystem, "initSystem");
        Objects.requireNonNull(init, "init");
        Objects.requireNonNull(defaults, "defaults");
        warnings = List.copyOf(warnings);
    }

    /**
     * An image that brings nothing along.
     *
     * @param name the name in the state folder
     * @param created when it was imported or built
     * @param source the archive that it was imported from
     * @param size the content of its files together
     * @param entries how many files, folders, links and nodes it has
     * @param os what it says of itself
     * @param architecture the machine that its programs run on, as uname(2) calls it
     * @param initSystem what it boots with
     * @param init the path of its init in the image
     * @param warnings what was left out of it, and what a Linux system has and this image hasn't, as sentences
     * @throws NullPointerException if an argument is null
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     */
    public ImageInfo(
            String name,
            Instant created,
            Optional<ImageSource> source,
            ByteSize size,
            long entries,
            Optional<OsRelease> os,
            Optional<String> architecture,
            InitSystem initSystem,
            Optional<String> init,
            List<String> warnings) {
        this(name, created, source, size, entries, os, architecture, initSystem, init, warnings, ImageDefaults.NONE);
    }

    /**
     * The same under another name.
     *
     * @param newName the name
     * @return new information
     */
    public ImageInfo name(String newName) {
        return new ImageInfo(
                newName, created, source, size, entries, os, architecture, initSystem, init, warnings, defaults);
    }

    /** {@return one line for people: name, system, architecture, init, size} */
    @Override
    public String toString() {
        return name + " (" + os.map(OsRelease::prettyName).orElse("unknown system") + ", "
                + architecture.orElse("unknown architecture") + ", " + Enums.text(initSystem) + ", " + mebibytes()
                + ", " + entries + " files)";
    }

    private String mebibytes() {
        long mib = 1 << 20;
        return (size.bytes() + mib - 1) / mib + " MiB";
    }
}
