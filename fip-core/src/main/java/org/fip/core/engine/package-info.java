/** The numerical engine: programs in TorchScript text, run by libtorch in this process. */
package org.fip.core.engine;
