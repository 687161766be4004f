package org.fip.core.network;

import java.util.List;

/**
 * A tensor of a network's file, in the file's order.
 *
 * @param name key in the file
 * @param parameter the tensor that it is to the graph, or null
 * @param dtype name of its type in the file
 * @param shape its dimensions
 * @param bytes what the file has; null for a tensor of the graph whose floats are all of it
 */
@SuppressWarnings("ArrayRecordComponent")
record StoredTensor(String name, String parameter, String dtype, List<Long> shape, byte[] bytes) {}
