package io.lxj.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.io.TempDir;

/**
 * A field of type {@code Path} that gets a fresh folder to open lxj in. It is a {@code @TempDir}; with
 * {@link LeaksNothing} it is also a leak if a container, or a file under a temporary name, is left in it.
 */
@TempDir(factory = StateFolderFactory.class)
@Documented
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface StateFolder {}
