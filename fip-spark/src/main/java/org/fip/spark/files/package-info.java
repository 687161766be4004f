/** Which files a run may touch. */
package org.fip.spark.files;
