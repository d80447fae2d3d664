package io.lxj.lifecycle;

import io.lxj.config.Config;
import io.lxj.config.ImageInfo;
import io.lxj.config.InitSystem;

/** Which kind of init a container boots with: that of its image, unless the configuration says what else to run. */
final class BootedInit {
    private BootedInit() {}

    static InitSystem of(Config config, ImageInfo image) {
        boolean own = config.init().isEmpty()
                || image.init().map(config.init().get(0)::equals).orElse(false);
        return own ? image.initSystem() : InitSystem.OTHER;
    }
}
