package io.lxj.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Fails a test that leaves a mount, cgroup, network interface, process, open file or temporary file behind, naming each.
 * On a class it holds for every test of it, and once more for the class as a whole, so that what {@code @BeforeAll} makes
 * {@code @AfterAll} has to remove. What the kernel takes down asynchronously gets a few seconds to go. What was left is
 * removed after it was reported, so that it can't disturb the tests that follow.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LeakCheck.class)
public @interface LeaksNothing {}
