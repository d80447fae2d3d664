package io.lxj.error;

import java.util.Collection;
import java.util.Objects;
import java.util.Optional;

/**
 * A value isn't allowed where it was given: in a configuration, in its JSON, or as the name of an image or container.
 * The message names the field, shows the value and says what is allowed.
 *
 * @serial exclude
 */
public class InvalidConfigException extends LxjException {
    private static final long serialVersionUID = 1L;
    private static final String ALLOWED = "allowed: ";
    private static final int LONGEST_SHOWN = 200;

    private final String field;
    private final String value;
    private final String problem;
    private final String introduction;
    private final String allowed;

    /**
     * A field has a value that isn't allowed.
     *
     * @param field the path of the field, for example {@code mounts[2].target}
     * @param value the value; its text is shown, cut if it is long
     * @param allowed what is allowed instead, for example {@code an absolute path}
     */
    public InvalidConfigException(String field, Object value, String allowed) {
        this(field, "\"" + cut(value) + "\" is not allowed", cut(value), ALLOWED, allowed, null);
    }

    private InvalidConfigException(
            String field, String problem, String value, String introduction, String allowed, Throwable cause) {
        super(Failure.of(field, problem).hint(introduction + allowed), cause);
        this.field = field;
        this.value = value;
        this.problem = problem;
        this.introduction = introduction;
        this.allowed = allowed;
    }

    /**
     * A value isn't allowed that may be a secret, such as the content of an environment variable: it isn't shown.
     *
     * @param field the path of the field
     * @param allowed what is allowed
     * @return the exception
     */
    public static InvalidConfigException secret(String field, String allowed) {
        return new InvalidConfigException(
                field, "the value (not shown here) is not allowed", null, ALLOWED, allowed, null);
    }

    /**
     * A field that must be there isn't.
     *
     * @param field the path of the field
     * @return the exception
     */
    public static InvalidConfigException missing(String field) {
        return new InvalidConfigException(field, "is missing", null, "needed: ", "a value, as it has no default", null);
    }

    /**
     * Something else than the value of a field is wrong: it is of another type, or given twice.
     *
     * @param field the path of the field
     * @param problem what is wrong, without the value
     * @param allowed what is allowed
     * @return the exception
     */
    public static InvalidConfigException problem(String field, String problem, String allowed) {
        return new InvalidConfigException(field, problem, null, ALLOWED, allowed, null);
    }

    /**
     * A field has a name that isn't known.
     *
     * @param field the path of the field
     * @param known the names that are
     * @return the exception
     */
    public static InvalidConfigException unknown(String field, Collection<String> known) {
        return new InvalidConfigException(field, "unknown key", null, "known are ", String.join(", ", known), null);
    }

    /**
     * The same problem, told of another field: where a value is part of a larger one, its path is known only there.
     *
     * @param path the path of the field within the whole
     * @return an exception with this one as its cause
     */
    public InvalidConfigException relocated(String path) {
        return new InvalidConfigException(path, problem, value, introduction, allowed, this);
    }

    /**
     * The field.
     *
     * @return its path, for example {@code mounts[2].target}
     */
    public final String field() {
        return field;
    }

    /**
     * The value that isn't allowed.
     *
     * @return its text, cut if it is long; empty if there was none or if it may be a secret
     */
    public final Optional<String> value() {
        return Optional.ofNullable(value);
    }

    /**
     * What is allowed.
     *
     * @return a phrase, as it stands in the message after its introduction
     */
    public final String allowed() {
        return allowed;
    }

    private static String cut(Object value) {
        String text = Objects.toString(value);
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }
}
