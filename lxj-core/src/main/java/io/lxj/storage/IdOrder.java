package io.lxj.storage;

import io.lxj.error.Failure;
import io.lxj.error.LxjException;
import io.lxj.linux.Directory;
import io.lxj.linux.FileName;
import io.lxj.linux.LinuxException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * In which order an ordinary user's ids follow each other in the user namespace: as they did when a container got some first,
 * whatever lines of /etc/subuid and /etc/subgid were added since, and where. Containers have their ids by place in that
 * order, and their files on disk the host's. Noted in the folder of {@link IdRegistry} as the target of a symbolic link for this machine,
 * which is made at once.
 */
final class IdOrder {
    private static final Path MACHINE = Path.of("/etc/machine-id");
    private static final Logger LOG = LoggerFactory.getLogger(IdOrder.class);
    private static final String SEPARATOR = "/";

    private IdOrder() {}

    /**
     * The ids in the order in which they were, and behind them those that the user has got since. Once no container has any,
     * they may be others.
     *
     * @param now the user's ids as the files have them
     * @param noted what was noted, if anything was
     * @param folder where
     */
    static OwnIds of(OwnIds now, Optional<OwnIds> noted, Path folder) {
        if (noted.isEmpty()) {
            return now;
        }
        try {
            return new OwnIds(
                    now.user(),
                    now.group(),
                    order(now.users(), noted.get().users(), "/etc/subuid", folder),
                    order(now.groups(), noted.get().groups(), "/etc/subgid", folder));
        } catch (LxjException e) {
            if (isInUse(folder)) {
                throw e;
            }
            LOG.debug("The order of ids in {} is nobody's", folder, e);
            return now;
        }
    }

    /** Whether a container has ids. */
    private static boolean isInUse(Path folder) {
        try (Stream<Path> links = Files.list(folder)) {
            return links.anyMatch(
                    link -> IdNote.of(link.getFileName().toString()).isPresent());
        } catch (IOException e) {
            throw wrong(folder, "can't be compared with who has ids", e);
        }
    }

    private static List<IdPool.Range> order(
            List<IdPool.Range> now, List<IdPool.Range> noted, String file, Path folder) {
        List<IdPool.Range> rest = now;
        for (IdPool.Range range : noted) {
            List<IdPool.Range> without = without(rest, range);
            if (count(rest) - count(without) < range.end() - range.first()) {
                throw new LxjException(Failure.of(
                                "find ids for containers",
                                file + " doesn't give this user the ids " + range.first() + " to " + (range.end() - 1)
                                        + " any more, and containers have some of those that it gave")
                        .hint(
                                "put the line back as root, and others beside it; or remove all state folders of this user, and "
                                        + folder + ", as root"));
            }
            rest = without;
        }
        List<IdPool.Range> all = new ArrayList<>(noted);
        all.addAll(rest);
        return all;
    }

    private static long count(List<IdPool.Range> ranges) {
        return ranges.stream().mapToLong(range -> range.end() - range.first()).sum();
    }

    private static List<IdPool.Range> without(List<IdPool.Range> ranges, IdPool.Range removed) {
        List<IdPool.Range> rest = new ArrayList<>();
        for (IdPool.Range range : ranges) {
            addPart(rest, range.first(), Math.min(range.end(), removed.first()));
            addPart(rest, Math.max(range.first(), removed.end()), range.end());
        }
        return rest;
    }

    private static void addPart(List<IdPool.Range> ranges, long first, long end) {
        if (first < end) {
            ranges.add(new IdPool.Range(first, end));
        }
    }

    /** What is noted in a folder. */
    static Optional<OwnIds> read(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    parse(Files.readSymbolicLink(folder.resolve(name())).toString(), folder));
        } catch (NotLinkException e) {
            throw wrong(folder, "is no link", e);
        } catch (NoSuchFileException | AccessDeniedException e) {
            // Where nothing can be read, nothing can be noted: no container gets ids, or is started with some.
            LOG.debug("No order of ids is noted in {}", folder, e);
            return Optional.empty();
        } catch (IOException e) {
            throw wrong(folder, "can't be read", e);
        }
    }

    /** /etc/subuid is about one machine, and a home folder may be on several. */
    private static String name() {
        try {
            String machine = Files.readString(MACHINE).strip();
            return machine.matches("[0-9a-f]{32}") ? "order-" + machine : "order";
        } catch (IOException e) {
            LOG.debug("This machine has no id", e);
            return "order";
        }
    }

    private static LxjException wrong(Path folder, String problem, Exception cause) {
        return new LxjException(
                Failure.of("find ids for containers", folder.resolve(name()) + " " + problem)
                        .hint("remove it if this user has no containers"),
                cause);
    }

    /**
     * Notes the order, before a container gets ids by it. Nobody else may do so meanwhile.
     *
     * @param links the folder
     * @param folder its path
     * @param own the order that this process has
     */
    static void note(Directory links, Path folder, OwnIds own) throws LinuxException {
        Optional<OwnIds> noted = read(folder);
        boolean isLonger = noted.isEmpty() || begins(own, noted.get());
        boolean isOther = !isLonger && !begins(noted.get(), own);
        if (isOther && isInUse(folder)) {
            throw new LxjException(Failure.of(
                            "note the order of ids",
                            "lines of this user in /etc/subuid or /etc/subgid have changed since this process opened lxj, and"
                                    + " another one has noted others in " + folder)
                    .hint("close lxj and open it again"));
        }
        if ((isLonger || isOther) && !noted.equals(Optional.of(own))) {
            IdRegistry.replace(links, FileName.bytes(name()), text(own));
        }
    }

    private static boolean begins(OwnIds longer, OwnIds shorter) {
        return begins(longer.users(), shorter.users()) && begins(longer.groups(), shorter.groups());
    }

    private static boolean begins(List<IdPool.Range> longer, List<IdPool.Range> shorter) {
        return longer.size() >= shorter.size()
                && longer.subList(0, shorter.size()).equals(shorter);
    }

    /** A file name can't have a slash, so that the two lists and who they are for are told apart by it. */
    private static String text(OwnIds ids) {
        return String.join(SEPARATOR, ids.user() + ":" + ids.group(), text(ids.users()), text(ids.groups()));
    }

    private static String text(List<IdPool.Range> ranges) {
        return ranges.stream()
                .map(range -> range.first() + ":" + (range.end() - range.first()))
                .collect(Collectors.joining(","));
    }

    private static OwnIds parse(String text, Path folder) {
        try {
            String[] parts = text.split(SEPARATOR, 3);
            IdPool.Range own = ranges(parts[0]).get(0);
            return new OwnIds(own.first(), own.end() - own.first(), ranges(parts[1]), ranges(parts[2]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw wrong(folder, "leads to " + text, e);
        }
    }

    private static List<IdPool.Range> ranges(String text) {
        return Arrays.stream(text.split(","))
                .map(range -> range.split(":"))
                .map(range ->
                        new IdPool.Range(Long.parseLong(range[0]), Long.parseLong(range[0]) + Long.parseLong(range[1])))
                .toList();
    }
}
