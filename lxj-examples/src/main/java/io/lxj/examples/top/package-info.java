/** A live table of what containers use. */
package io.lxj.examples.top;
