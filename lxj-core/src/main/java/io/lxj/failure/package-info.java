/** Turns failures of the Linux layer into those of the API: the one place where the two are known together. */
package io.lxj.failure;
