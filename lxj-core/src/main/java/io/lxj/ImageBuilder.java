package io.lxj;

import io.lxj.config.Command;
import io.lxj.config.ExecResult;
import io.lxj.config.ImageDefaults;
import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.image.NewFile;
import io.lxj.image.OwnerMap;
import io.lxj.image.TreeFiles;
import io.lxj.image.TreeTransfer;
import io.lxj.lifecycle.Engine;
import io.lxj.lifecycle.ImageBuild;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Makes an image step by step, from nothing or from another image.
 *
 * <pre>{@code
 * try (ImageBuilder builder = lxj.images().builder(alpine)) {
 *     Image web = builder.run("apk", "add", "--no-network", "--allow-untrusted", "/packages/nginx.apk")
 *             .add(Path.of("site"), "/var/www")
 *             .env("LANG", "C.UTF-8")
 *             .build("web");
 * }
 * }</pre>
 *
 * <p>Until {@link #build} nobody else sees anything of it, and without it nothing is left when the builder is closed or
 * the JVM killed. Every step is done when its method returns; after one that failed the image is as far as that step
 * came. Paths are absolute and have no {@code ..}; links in the image are followed within it. Not thread-safe.
 */
public final class ImageBuilder implements AutoCloseable {
    private static final int SHOWN_OUTPUT = 2000;

    private final Engine engine;
    private final ImageBuild build;
    private ImageDefaults defaults;

    ImageBuilder(Engine engine, ImageBuild build, ImageDefaults defaults) {
        this.engine = engine;
        this.build = build;
        this.defaults = defaults;
    }

    private interface Step {
        void on(TreeFiles files) throws IOException;
    }

    private ImageBuilder step(String action, Step step) {
        try {
            step.on(new TreeFiles(build.root(), OwnerMap.ofBuild(build.root().fd())));
            return this;
        } catch (IOException e) {
            throw TreeTransfer.failure("build an image: " + action, e);
        }
    }

    /**
     * Copies a file, or a folder with all that is in it, from the host. Folders that are missing above it are made; a
     * folder is merged with what is there. Everything is kept but the owner: that becomes root.
     *
     * @param host the file or folder; a link in its place is followed, others are copied as links
     * @param path where it goes: the path of the copy
     * @return this
     * @throws LxjException if it can't be copied
     */
    public ImageBuilder add(Path host, String path) {
        Objects.requireNonNull(host, "host");
        return step("add " + host + " as " + path, files -> TreeTransfer.add(host, build.root(), path));
    }

    /**
     * Writes a file with mode 0644; a file that exists keeps its mode and owner. Folders that are missing above it are
     * made.
     *
     * @param path the file
     * @param text what it is to contain, encoded as UTF-8
     * @return this
     * @throws LxjException if it can't be written
     */
    public ImageBuilder write(String path, String text) {
        return write(path, file -> file.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Writes a text file with a mode. Folders that are missing above it are made.
     *
     * @param path the file
     * @param text what it is to contain, encoded as UTF-8
     * @param mode the lower 12 bits of its mode
     * @return this
     * @throws LxjException if it can't be written
     */
    public ImageBuilder write(String path, String text, int mode) {
        return write(path, text.getBytes(StandardCharsets.UTF_8), mode);
    }

    /**
     * Writes a file with a mode. Folders that are missing above it are made.
     *
     * @param path the file
     * @param content what it is to contain
     * @param mode the lower 12 bits of its mode
     * @return this
     * @throws LxjException if it can't be written
     */
    public ImageBuilder write(String path, byte[] content, int mode) {
        FileRules.mode(mode);
        return write(path, file -> file.write(content).mode(mode));
    }

    private interface Filling {
        void fill(NewFile file) throws IOException;
    }

    private ImageBuilder write(String path, Filling filling) {
        return step("write " + path, files -> {
            makeParent(files, path);
            try (NewFile file = files.create(path)) {
                filling.fill(file);
                file.commit();
            }
        });
    }

    private static void makeParent(TreeFiles files, String path) throws IOException {
        files.mkdirs(path.substring(0, path.lastIndexOf('/') + 1), 0755);
    }

    /**
     * Makes a folder with mode 0755, and those above it where they are missing.
     *
     * @param path the folder
     * @return this
     * @throws LxjException if it can't be made
     */
    public ImageBuilder folder(String path) {
        return step("make folder " + path, files -> files.mkdirs(path, 0755));
    }

    /**
     * Makes a folder, and those above it with mode 0755 where they are missing.
     *
     * @param path the folder
     * @param mode the lower 12 bits of its mode, which it gets if it exists, too
     * @return this
     * @throws LxjException if it can't be made
     */
    public ImageBuilder folder(String path, int mode) {
        FileRules.mode(mode);
        return step("make folder " + path, files -> {
            files.mkdirs(path, 0755);
            files.chmod(path, mode);
        });
    }

    /**
     * Makes a symbolic link. Folders that are missing above it are made.
     *
     * @param target where it leads, as it is written in the link
     * @param path where the link is
     * @return this
     * @throws LxjException if it can't be made; EEXIST if something is there
     */
    public ImageBuilder link(String target, String path) {
        return step("link " + path + " to " + target, files -> {
            makeParent(files, path);
            files.link(target, path);
        });
    }

    /**
     * Sets the owner of a file or folder. For an ordinary user whose containers have a single id, all of an image is root's,
     * here as in an import.
     *
     * @param path the file; links are followed
     * @param uid the id of its owner
     * @param gid the id of its group
     * @return this
     * @throws LxjException if that fails
     */
    public ImageBuilder owner(String path, long uid, long gid) {
        int owner = FileRules.id("uid", uid);
        int group = FileRules.id("gid", gid);
        return step("chown " + path, files -> files.chown(path, owner, group));
    }

    /**
     * Removes a file, or a folder with all that is in it.
     *
     * @param path what to remove; a symbolic link is removed and not followed
     * @return this
     * @throws LxjException if that fails; ENOENT if there is none
     */
    public ImageBuilder delete(String path) {
        return step("delete " + path, files -> files.deleteTree(path));
    }

    /**
     * Adds a user without a password to /etc/passwd, with a home folder of mode 0755 where there is none.
     *
     * @param name letters, digits, dots, hyphens and underscores, of which the first is a letter or underscore
     * @param uid the user id
     * @param gid the group id
     * @param home the path of the home folder
     * @param shell the path of the shell
     * @return this
     * @throws io.lxj.error.InvalidConfigException if a value can't stand in the file
     * @throws io.lxj.error.AlreadyExistsException if there is a user of that name
     */
    public ImageBuilder user(String name, long uid, long gid, String home, String shell) {
        FileRules.account("user", name);
        int owner = FileRules.id("uid", uid);
        int group = FileRules.id("gid", gid);
        FileRules.field("home", home);
        FileRules.field("shell", shell);
        String line = name + ":x:" + uid + ":" + gid + "::" + home + ":" + shell;
        return step("add user " + name, files -> {
            AccountFile.add(files, "/etc/passwd", "user", name, line);
            if (files.exists("/etc/shadow")) {
                AccountFile.add(files, "/etc/shadow", "user", name, name + ":!:::::::");
            }
            if (!files.exists(home)) {
                files.mkdirs(home, 0755);
                files.chown(home, owner, group);
            }
        });
    }

    /**
     * Adds a group to /etc/group.
     *
     * @param name letters, digits, dots, hyphens and underscores, of which the first is a letter or underscore
     * @param gid the group id
     * @param members the names of the users that are in it
     * @return this
     * @throws io.lxj.error.InvalidConfigException if a value can't stand in the file
     * @throws io.lxj.error.AlreadyExistsException if there is a group of that name
     */
    public ImageBuilder group(String name, long gid, String... members) {
        FileRules.account("group", name);
        FileRules.id("gid", gid);
        for (String member : members) {
            FileRules.account("member", member);
        }
        String line = name + ":x:" + gid + ":" + String.join(",", members);
        return step("add group " + name, files -> AccountFile.add(files, "/etc/group", "group", name, line));
    }

    /**
     * Runs a command in the image as root, see {@link #run(Command)}.
     *
     * @param program a path in the image, or a name that is looked for in its PATH
     * @param arguments the arguments
     * @return this
     * @throws LxjException if the command can't be run or doesn't exit with 0; the message has the end of its output
     */
    public ImageBuilder run(String program, String... arguments) {
        return run(Command.of(program, arguments));
    }

    /**
     * Runs a command in the image: in a temporary container whose root is the image as it is so far, with the image's
     * environment, without a network and without an init. What it leaves running is killed.
     *
     * @param command the command, with its environment, user and all
     * @return this
     * @throws LxjException if the command can't be run or doesn't exit with 0; the message has the end of its output
     */
    public ImageBuilder run(Command command) {
        ExecResult result = build.run(Objects.requireNonNull(command, "command"), defaults);
        if (result.exitCode() != 0) {
            String output = (result.stdout() + result.stderr()).strip();
            String end = output.substring(Math.max(0, output.length() - SHOWN_OUTPUT));
            throw new LxjException(Failure.of(
                    "build an image: run " + String.join(" ", command.arguments()),
                    "exit code " + result.exitCode() + (end.isEmpty() ? "" : ": " + end)));
        }
        return this;
    }

    /**
     * Sets an environment variable for the commands that follow and for all processes of the image's containers. The
     * configuration of a container wins.
     *
     * @param name its name
     * @param value its value
     * @return this
     * @throws io.lxj.error.InvalidConfigException if it is none that Linux can pass on
     */
    public ImageBuilder env(String name, String value) {
        defaults = defaults.env(name, value);
        return this;
    }

    /**
     * Sets what the image's containers start first, instead of the init that is found in it. The configuration of a
     * container wins.
     *
     * @param program an absolute path in the image
     * @param arguments its arguments
     * @return this
     * @throws io.lxj.error.InvalidConfigException if the path isn't absolute
     */
    public ImageBuilder init(String program, String... arguments) {
        defaults = defaults.init(program, arguments);
        return this;
    }

    /**
     * Completes the image. The builder is closed then. If the image has a machine id, see machine-id(5), it is taken out:
     * each container gets its own.
     *
     * @param name of the new image: up to 128 letters, digits, dots, hyphens and underscores, the first a letter or digit
     * @return the image
     * @throws io.lxj.error.InvalidConfigException if the name isn't allowed; the builder stays open
     * @throws io.lxj.error.AlreadyExistsException if the name is taken; the builder stays open
     */
    public Image build(String name) {
        build.publish(name, defaults);
        close();
        return new Image(engine, name);
    }

    /** Removes all that was made so far, unless the image was built. Twice is harmless. */
    @Override
    public void close() {
        build.close();
    }
}
