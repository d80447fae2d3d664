/**
 * What parses hostile input, under a coverage-guided fuzzer: Jazzer, in JVMs of its own. The targets are beside what they
 * test. A target's contract is in what it throws: anything but the exceptions that are documented is a finding, and so is
 * a result that breaks what the parser promises.
 */
package io.lxj.fuzz;
