/**
 * What the tests of every module share: conditions that say what a test needs from its host, root filesystems to boot,
 * and a check that a test leaves nothing behind on the host.
 */
package io.lxj.testing;
