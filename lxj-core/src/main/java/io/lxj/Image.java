package io.lxj;

import io.lxj.config.ImageInfo;
import io.lxj.config.ImageRef;
import io.lxj.lifecycle.Engine;

/**
 * An image: a root file system that containers are made of. A handle; it keeps nothing of the image. Thread-safe.
 */
public final class Image implements ImageRef {
    private final Engine engine;
    private final String name;

    Image(Engine engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * What is known of the image.
     *
     * @return what was found in its content when it was made
     * @throws io.lxj.error.NotFoundException if it was deleted or renamed
     */
    public ImageInfo info() {
        return engine.images().get(name);
    }

    /**
     * Gives the image another name.
     *
     * @param newName the name
     * @return the image under its new name; this handle stands for nothing any more
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed
     * @throws io.lxj.error.NotFoundException if it was deleted or renamed
     * @throws io.lxj.error.InUseException if a container was made of it
     * @throws io.lxj.error.AlreadyExistsException if the name is taken
     */
    public Image rename(String newName) {
        engine.images().rename(name, newName);
        return new Image(engine, newName);
    }

    /**
     * Deletes the image.
     *
     * @throws io.lxj.error.NotFoundException if it was deleted or renamed
     * @throws io.lxj.error.InUseException if a container was made of it
     */
    public void delete() {
        engine.images().delete(name);
    }

    @Override
    public String toString() {
        return "image " + info();
    }
}
