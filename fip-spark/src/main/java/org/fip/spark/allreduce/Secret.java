package org.fip.spark.allreduce;

import java.io.Serializable;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A random key that the members of one group have, and nobody else. */
public final class Secret implements Serializable {
  private static final long serialVersionUID = 1;
  private static final String ALGORITHM = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Length of a nonce and of a proof in bytes. */
  static final int LENGTH = 32;

  private final byte[] key;

  private Secret(byte[] key) {
    this.key = key;
  }

  /** A new key. */
  public static Secret random() {
    return new Secret(nonce());
  }

  /** Bytes that nobody has seen before. */
  static byte[] nonce() {
    byte[] bytes = new byte[LENGTH];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /** What only a holder of the key can make of these parts, each of a fixed length. */
  byte[] proof(byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether that is the proof of these parts. */
  boolean isProof(byte[] given, byte[]... parts) {
    return MessageDigest.isEqual(given, proof(parts));
  }

  @Override
  public String toString() {
    return "Secret";
  }
}
