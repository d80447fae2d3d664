/** Measures lxj beside other tools, interleaved in one run: {@code bin/benchmark}. */
package io.lxj.examples.benchmark;
