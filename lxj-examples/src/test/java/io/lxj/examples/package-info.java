/** The programs in {@code bin}, run as a user runs them; and a sample of tests that use containers. */
package io.lxj.examples;
