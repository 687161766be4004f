/** The architectures that come with the library. */
package org.fip.core.network.architecture;
