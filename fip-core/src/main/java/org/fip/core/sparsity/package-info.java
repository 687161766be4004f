/** Where the zeros of a sparse network may lie, and which weights become zero next. */
package org.fip.core.sparsity;
