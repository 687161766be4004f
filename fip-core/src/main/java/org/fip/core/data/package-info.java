/**
 * Examples in the form that networks take them: from stored records, through the preprocessing that
 * a network's folder asks for, to named arrays.
 */
package org.fip.core.data;
