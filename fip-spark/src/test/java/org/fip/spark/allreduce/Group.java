package org.fip.spark.allreduce;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.fip.core.manifold.Wire;

/** The members of a group as threads of this process, over real sockets. */
public final class Group {
  private Group() {}

  /** What a member does. */
  public interface Member<T> {
    /** Sums with the others. */
    T run(int rank, AllReduce sums) throws Exception;
  }

  /** Runs all members and returns what each of them says, by rank; a failure is thrown. */
  public static <T> List<T> run(int size, Wire wire, Member<T> member) throws Exception {
    return run(size, wire, Limits.DEFAULT, member);
  }

  static <T> List<T> run(int size, Wire wire, Limits limits, Member<T> member) throws Exception {
    List<T> results = new ArrayList<>();
    for (Future<T> result : start(size, wire, limits, member)) {
      try {
        results.add(result.get());
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception failure ? failure : e;
      }
    }
    return results;
  }

  /** Runs all members until they end, and returns their results or failures by rank. */
  static <T> List<Future<T>> start(int size, Wire wire, Limits limits, Member<T> member)
      throws Exception {
    Secret secret = Secret.random();
    List<Mesh> meshes = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      meshes.add(listen(secret, rank, size, limits));
    }
    List<String> addresses = meshes.stream().map(Mesh::address).toList();
    List<Callable<T>> members = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      Mesh mesh = meshes.get(rank);
      int own = rank;
      members.add(
          () -> {
            mesh.connect(addresses);
            try (AllReduce sums = new AllReduce(mesh, wire, 7)) {
              return member.run(own, sums);
            }
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      return threads.invokeAll(members);
    } finally {
      threads.shutdownNow();
      meshes.forEach(Mesh::close);
    }
  }

  static Mesh listen(Secret secret, int rank, int size, Limits limits) {
    return Mesh.listen(InetAddress.getLoopbackAddress(), Ports.ANY, secret, rank, size, limits);
  }
}
