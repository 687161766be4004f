/** Anchors that are kept of what was learned: how they are chosen, and the memory they are in. */
package org.fip.core.anchors;
