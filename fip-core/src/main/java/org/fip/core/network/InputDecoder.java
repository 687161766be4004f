package org.fip.core.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.fip.core.FipException;
import org.fip.core.data.EncodedExamples;
import org.fip.core.data.Examples;
import org.fip.core.data.ImageInput;
import org.fip.core.data.ImagePreprocessor;
import org.fip.core.data.PixelRange;
import org.fip.core.data.TextTokenizer;

/**
 * Decodes examples into the inputs of a network, as the files beside its weights say. Safe for
 * several threads; may own native memory.
 */
public interface InputDecoder extends AutoCloseable {

  /**
   * The inputs in the order that the network takes them, and the labels.
   *
   * @throws FipException with category DATA, naming the row, when an example does not fit
   */
  Examples decode(EncodedExamples encoded);

  /**
   * Where the pixels of images lie in the network's input.
   *
   * @throws FipException with category DATA for texts, which have none
   */
  PixelRange pixelRange();

  @Override
  void close();

  /**
   * The decoder of a network.
   *
   * @param inputs what the network reads
   * @param companions the files beside its weights, by name
   * @param folder where these are, for messages
   * @throws FipException with category DATA when a file is missing or wrong
   */
  static InputDecoder of(List<Input> inputs, Map<String, byte[]> companions, String folder) {
    return inputs.get(0).name().equals(Examples.PIXEL_VALUES)
        ? new Images(inputs.get(0), companions.get(Network.PREPROCESSOR), folder)
        : new Texts(inputs, new TextTokenizer(companions, folder, inputs.get(0).longest()));
  }

  /** Images. */
  final class Images implements InputDecoder {
    private final ImagePreprocessor preprocessor;
    private final ImageInput form;

    private Images(Input input, byte[] preprocessor, String folder) {
      String file = folder + "/" + Network.PREPROCESSOR;
      if (preprocessor == null) {
        throw FipException.data(
            "%s: no such file; it must say how images become inputs of the network", file);
      }
      this.preprocessor = new ImagePreprocessor(parse(preprocessor, file), file);
      form = new ImageInput(input.shape().get(0), side(input, 1), side(input, 2));
    }

    private static OptionalInt side(Input input, int axis) {
      int side = input.shape().get(axis);
      return side == Value.ANY ? OptionalInt.empty() : OptionalInt.of(side);
    }

    private static JsonNode parse(byte[] text, String file) {
      try {
        return new ObjectMapper().readTree(text);
      } catch (JsonProcessingException e) {
        throw FipException.data("%s: not JSON: %s", file, e.getOriginalMessage());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Examples decode(EncodedExamples encoded) {
      return encoded.decode(preprocessor, form);
    }

    @Override
    public PixelRange pixelRange() {
      return preprocessor.range(form.channels());
    }

    @Override
    public void close() {}
  }

  /** Texts. */
  final class Texts implements InputDecoder {
    private final List<Input> inputs;
    private final TextTokenizer tokenizer;

    private Texts(List<Input> inputs, TextTokenizer tokenizer) {
      this.inputs = inputs;
      this.tokenizer = tokenizer;
    }

    @Override
    public Examples decode(EncodedExamples encoded) {
      Examples tokens = tokenizer.decode(encoded);
      List<Examples.Input> ordered = new ArrayList<>();
      for (Input input : inputs) {
        Examples.Input found =
            tokens.inputs().stream()
                .filter(candidate -> candidate.name().equals(input.name()))
                .findFirst()
                .orElseThrow();
        requireBelow(input, found, encoded);
        ordered.add(found);
      }
      return new Examples(tokens.size(), ordered, tokens.labels());
    }

    private static void requireBelow(Input input, Examples.Input found, EncodedExamples encoded) {
      for (int i = 0; i < found.integers().length; i++) {
        if (found.integers()[i] >= input.limit()) {
          throw FipException.data(
              "row %d of %s: the tokenizer gives %d in %s and the network takes 0 to %d; the two do"
                  + " not belong together",
              encoded.rows()[i / found.stride()],
              encoded.source(),
              found.integers()[i],
              input.name(),
              input.limit() - 1);
        }
      }
    }

    @Override
    public PixelRange pixelRange() {
      throw FipException.data(
          "texts cannot be perturbed by small steps; adversarial inputs are for networks that read"
              + " images");
    }

    @Override
    public void close() {
      tokenizer.close();
    }
  }
}
