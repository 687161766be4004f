/** Iterative solvers, written once for vectors on the host and on a device. */
package org.fip.core.solver;
