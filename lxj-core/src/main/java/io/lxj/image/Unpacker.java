package io.lxj.image;

import io.lxj.config.ArchiveFormat;
import io.lxj.config.ImportLimits;
import io.lxj.linux.Directory;
import io.lxj.linux.FileName;
import io.lxj.linux.Open;
import io.lxj.linux.RootDir;
import java.io.IOException;

/** Unpacks one archive into the folder of an image. */
final class Unpacker {
    /**
     * What was unpacked.
     *
     * @param format how the archive was compressed
     * @param entries how many entries it had
     * @param bytes the content of all files
     */
    record Result(ArchiveFormat format, long entries, long bytes) {}

    private final Directory image;
    private final ImportLimits limits;
    private final ImportWarnings warnings;
    private final ImportWatch watch;

    Unpacker(Directory image, ImportLimits limits, ImportWarnings warnings, ImportWatch watch) {
        this.image = image;
        this.limits = limits;
        this.warnings = warnings;
        this.watch = watch;
    }

    /**
     * Unpacks into a new folder {@code rootfs}.
     *
     * @param input the archive; closed with this
     * @param isFile whether it is a file
     */
    Result unpack(ArchiveInput input, boolean isFile) throws IOException {
        byte[] rootfs = FileName.bytes(ImageFile.ROOTFS);
        try (UncompressedArchive archive = UncompressedArchive.open(input, isFile)) {
            image.mkdir(rootfs, 0700);
            try (RootDir root = new RootDir(image.open(rootfs, Open.O_PATH | Open.O_DIRECTORY, 0));
                    TreeWriter writer = new TreeWriter(root, Credentials.of(root.fd()), limits, warnings, watch)) {
                return write(archive, writer, new UserOwners(root.fd(), warnings));
            }
        }
    }

    private Result write(UncompressedArchive archive, TreeWriter writer, EntryRules owners) throws IOException {
        TarReader reader = new TarReader(new ChunkReader(archive.content(), limits.totalBytes()), limits);
        long bytes = 0;
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            watch.entry(entry);
            writer.write(owners.apply(entry), reader);
            bytes += entry.stored();
        }
        writer.finish();
        if (reader.entries() == 0) {
            throw new ArchiveException("it is an empty archive, without any entry");
        }
        reader.warnings().forEach(warnings::add);
        return new Result(archive.format(), reader.entries(), bytes);
    }
}
