package io.lxj.storage;

import io.lxj.linux.Directory;
import io.lxj.linux.Fd;
import io.lxj.linux.LinuxException;
import java.util.Optional;

final class CopyStorage implements RootStorage {
    @Override
    public boolean needsImage() {
        return false;
    }

    @Override
    public void prepare(Directory folder, ImageTree image, CopyProgress progress) throws LinuxException {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public Optional<EtcFolder> openEtc(Directory folder, ImageTree image) throws LinuxException {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public Fd mount(Directory folder, Optional<ImageTree> image, Use use) throws LinuxException {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public long sizeOnDisk(Directory folder) throws LinuxException {
        return DiskUsage.of(folder, java.util.List.of("rootfs"));
    }
}
