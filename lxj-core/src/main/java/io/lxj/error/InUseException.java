package io.lxj.error;

import java.util.Collection;
import java.util.List;

/**
 * Something can't be changed or removed, because others need it: an image has containers made from it.
 *
 * @serial exclude
 */
public class InUseException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final String[] users;

    /**
     * Something is in use.
     *
     * @param action what was being done, for example {@code delete image debian-12}
     * @param users who uses it, for example {@code container web1}
     * @param hint what to do
     */
    public InUseException(String action, Collection<String> users, String hint) {
        super(Failure.of(action, "in use by " + String.join(", ", users)).hint(hint));
        this.users = users.toArray(String[]::new);
    }

    /**
     * Who uses it.
     *
     * @return the users, in the order of the message
     */
    public final List<String> users() {
        return List.of(users);
    }
}
