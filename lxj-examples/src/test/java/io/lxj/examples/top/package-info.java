/** Tests of the live table. */
package io.lxj.examples.top;
