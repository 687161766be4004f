/**
 * Reading and writing of safetensors files and of sharded sets of them, with every header checked
 * before a byte of data is used.
 */
package org.fip.core.safetensors;
