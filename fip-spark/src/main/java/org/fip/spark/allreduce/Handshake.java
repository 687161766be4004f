package org.fip.spark.allreduce;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * How two members make sure of one another: each answers the other's nonce with a proof that takes
 * the group's secret and says who called whom, so that a proof is of no use in another place.
 */
final class Handshake {
  private static final int MAGIC = 0x46495031;
  private static final byte CALLED = 1;
  private static final byte CALLER = 2;

  private Handshake() {}

  /**
   * The caller's part.
   *
   * @param patience for all of it
   */
  static void call(SocketChannel channel, Secret secret, int self, int other, Duration patience)
      throws IOException {
    Socket socket = channel.socket();
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    DataInputStream in = new DataInputStream(new DeadlineInput(socket, patience));
    byte[] mine = Secret.nonce();
    out.write(ByteBuffer.allocate(8 + Secret.LENGTH).putInt(MAGIC).putInt(self).put(mine).array());
    byte[] theirs = in.readNBytes(Secret.LENGTH);
    byte[] proof = in.readNBytes(Secret.LENGTH);
    if (!secret.isProof(proof, parties(CALLED, self, other), mine, theirs)) {
      throw new IOException("rank " + other + " does not have the secret of this group");
    }
    out.write(secret.proof(parties(CALLER, self, other), mine, theirs));
  }

  /**
   * The called one's part.
   *
   * @param patience for all of it
   * @return the caller's rank
   * @throws IOException when the caller is not of the group
   */
  static int answer(SocketChannel channel, Secret secret, int self, Duration patience)
      throws IOException {
    Socket socket = channel.socket();
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    DataInputStream in = new DataInputStream(new DeadlineInput(socket, patience));
    if (in.readInt() != MAGIC) {
      throw new IOException("not a member of a group");
    }
    int caller = in.readInt();
    byte[] theirs = in.readNBytes(Secret.LENGTH);
    byte[] mine = Secret.nonce();
    byte[] proof = secret.proof(parties(CALLED, caller, self), theirs, mine);
    out.write(ByteBuffer.allocate(2 * Secret.LENGTH).put(mine).put(proof).array());
    byte[] given = in.readNBytes(Secret.LENGTH);
    if (!secret.isProof(given, parties(CALLER, caller, self), theirs, mine)) {
      throw new IOException("the caller does not have the secret of this group");
    }
    return caller;
  }

  private static byte[] parties(byte role, int caller, int called) {
    return ByteBuffer.allocate(9).put(role).putInt(caller).putInt(called).array();
  }
}
