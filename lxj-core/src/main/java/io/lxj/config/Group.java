package io.lxj.config;

/**
 * A group that a command runs with: an id, or a name that the container's own /etc/group gives an id to. Which of the
 * two it is was said by whoever made it, and is never guessed from text. Immutable and thread-safe.
 */
public sealed interface Group permits Group.ById, Group.ByName {

    /**
     * A group given by a number. It needs no entry in /etc/group.
     *
     * @param gid the group id in the container, 0 to 4294967294
     * @return the group
     * @throws io.lxj.error.InvalidConfigException if the number is outside of that range
     */
    static Group id(long gid) {
        return new ById(gid);
    }

    /**
     * A group given by a name of the container's /etc/group.
     *
     * @param name the name
     * @return the group
     * @throws io.lxj.error.InvalidConfigException if it can't be the name of a group
     */
    static Group named(String name) {
        return new ByName(name);
    }

    /**
     * A group given by a number.
     *
     * @param gid the group id in the container
     */
    record ById(long gid) implements Group {
        /**
         * Checks the number.
         *
         * @param gid see {@link #gid()}
         * @throws io.lxj.error.InvalidConfigException if it isn't an id
         */
        public ById {
            Ids.check("gid", gid);
        }

        /** {@return the id} */
        @Override
        public String toString() {
            return Long.toString(gid);
        }
    }

    /**
     * A group given by a name.
     *
     * @param name the name
     */
    record ByName(String name) implements Group {
        /**
         * Checks the name.
         *
         * @param name see {@link #name()}
         * @throws io.lxj.error.InvalidConfigException if it can't be the name of a group
         */
        public ByName {
            Ids.checkName("group name", name);
        }

        /** {@return the name} */
        @Override
        public String toString() {
            return name;
        }
    }
}
