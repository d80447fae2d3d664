/** Rules on the structure of this module that no compiler checks. */
package io.lxj.architecture;
