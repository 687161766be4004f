/** Flat folders of files behind one interface, so that core code works on any file system. */
package org.fip.core.storage;
