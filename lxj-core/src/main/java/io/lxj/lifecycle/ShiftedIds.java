package io.lxj.lifecycle;

import io.lxj.config.IdMap;
import io.lxj.config.IdRange;
import io.lxj.error.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a mount maps ids so that files have certain owners in a container. A mount knows ids of files and ids of the host;
 * what the caller says is in ids of the container, which are something else on the host.
 */
final class ShiftedIds {
    private ShiftedIds() {}

    /**
     * The ids of the user namespace for the mount.
     *
     * @param target where the mount is in the container
     * @param owners the ids in the container, and those that the files have
     * @param container the ids of the container, or empty if they are the host's
     * @throws InvalidConfigException if the container has none of them
     */
    static IdMap of(String target, IdMap owners, Optional<IdMap> container) {
        String field = "mounts: " + target + ": shifted: ";
        return new IdMap(
                compose(field + "users", owners.users(), container.map(IdMap::users)),
                compose(field + "groups", owners.groups(), container.map(IdMap::groups)));
    }

    private static List<IdRange> compose(String field, List<IdRange> owners, Optional<List<IdRange>> container) {
        List<IdRange> composed = new ArrayList<>();
        for (IdRange owner : owners) {
            if (container.isEmpty()) {
                composed.add(new IdRange(owner.outside(), owner.inside(), owner.count()));
                continue;
            }
            for (IdRange range : container.get()) {
                long first = Math.max(owner.inside(), range.inside());
                long end = Math.min(owner.inside() + owner.count(), range.inside() + range.count());
                if (first < end) {
                    composed.add(new IdRange(
                            owner.outside() + first - owner.inside(),
                            range.outside() + first - range.inside(),
                            end - first));
                }
            }
        }
        if (composed.isEmpty()) {
            throw new InvalidConfigException(
                    field,
                    owners,
                    "ranges of which one has ids of the container inside; it has " + container.orElseThrow());
        }
        return composed;
    }
}
