package io.lxj.error;

import java.util.Optional;

/**
 * A file of the state folder isn't what lxj wrote: it was edited by hand, belongs to a later version, or the disk lost
 * a part of it. lxj neither repairs nor ignores it.
 *
 * @serial exclude
 */
public class CorruptStateException extends LxjException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final String key;

    /**
     * A file as a whole can't be understood.
     *
     * @param file the file
     * @param problem what is wrong with it
     * @param cause the exception that led to it, or null
     */
    public CorruptStateException(String file, String problem, Throwable cause) {
        super(Failure.of("read " + file, problem), cause);
        this.file = file;
        this.key = null;
    }

    /**
     * A field of a file can't be understood.
     *
     * @param file the file
     * @param invalid the field and what is wrong with it
     */
    public CorruptStateException(String file, InvalidConfigException invalid) {
        super(Failure.of("read " + file, invalid.getMessage()), invalid);
        this.file = file;
        this.key = invalid.field();
    }

    /**
     * The file.
     *
     * @return its path
     */
    public final String file() {
        return file;
    }

    /**
     * The field at fault.
     *
     * @return its path within the file, or empty if it isn't one field
     */
    public final Optional<String> key() {
        return Optional.ofNullable(key);
    }
}
