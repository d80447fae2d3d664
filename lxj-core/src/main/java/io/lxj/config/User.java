package io.lxj.config;

/**
 * Who a command runs as: ids, or a name that the container's own /etc/passwd gives ids to. Which of the two it is was
 * said by whoever made it, and is never guessed from text: a name that looks like a number must not become another
 * user. Immutable and thread-safe.
 */
public sealed interface User permits User.ById, User.ByName {
    /** The superuser of the container, with the group root. */
    User ROOT = new ById(0, 0);

    /**
     * A user given by numbers. It needs no entry in /etc/passwd, and has no supplementary groups unless some are given.
     *
     * @param uid the user id in the container, 0 to 4294967294
     * @param gid the group id in the container, 0 to 4294967294
     * @return the user
     * @throws io.lxj.error.InvalidConfigException if a number is outside of that range
     */
    static User id(long uid, long gid) {
        return new ById(uid, gid);
    }

    /**
     * A user given by a name of the container's /etc/passwd, with the group from there and the supplementary groups of
     * its /etc/group unless others are given.
     *
     * @param name the name
     * @return the user
     * @throws io.lxj.error.InvalidConfigException if it can't be the name of a user
     */
    static User named(String name) {
        return new ByName(name);
    }

    /**
     * A user given by numbers.
     *
     * @param uid the user id in the container
     * @param gid the group id in the container
     */
    record ById(long uid, long gid) implements User {
        /**
         * Checks the numbers.
         *
         * @param uid see {@link #uid()}
         * @param gid see {@link #gid()}
         * @throws io.lxj.error.InvalidConfigException if one isn't an id
         */
        public ById {
            Ids.check("uid", uid);
            Ids.check("gid", gid);
        }

        /** {@return the ids, for example {@code 33:33}} */
        @Override
        public String toString() {
            return uid + ":" + gid;
        }
    }

    /**
     * A user given by a name.
     *
     * @param name the name
     */
    record ByName(String name) implements User {
        /**
         * Checks the name.
         *
         * @param name see {@link #name()}
         * @throws io.lxj.error.InvalidConfigException if it can't be the name of a user
         */
        public ByName {
            Ids.checkName("user name", name);
        }

        /** {@return the name} */
        @Override
        public String toString() {
            return name;
        }
    }
}
