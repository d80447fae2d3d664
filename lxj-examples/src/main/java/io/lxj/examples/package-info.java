/**
 * Programs that use lxj, to be read and run: {@code bin/quickstart}, {@code bin/jshell}, {@code bin/top}, {@code
 * bin/benchmark}.
 */
package io.lxj.examples;
