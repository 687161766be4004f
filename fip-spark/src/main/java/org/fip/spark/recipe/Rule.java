package org.fip.spark.recipe;

import java.util.List;

/**
 * What a value of a recipe may be: what a message asks for when it is something else, and what the
 * reference of recipes and their JSON Schema are generated from.
 */
sealed interface Rule {

  /** What the value must be, as messages say it after "must be". */
  String expected();

  /** An integer in a range, ends included. */
  record Whole(long least, long most) implements Rule {
    @Override
    public String expected() {
      return "an integer from %d to %d".formatted(least, most);
    }
  }

  /** A number in a range. */
  record Real(Range range) implements Rule {
    @Override
    public String expected() {
      return range.describe();
    }
  }

  /** A value, or a word in its place. */
  record Or(Rule rule, String word) implements Rule {
    @Override
    public String expected() {
      return word + " or " + rule.expected();
    }
  }

  /** True or false. */
  record Flag() implements Rule {
    @Override
    public String expected() {
      return "true or false";
    }
  }

  /** Text, of which more may be asked than a rule says. */
  record Text(String expected) implements Rule {}

  /** One of some words. */
  record Choice(List<String> words) implements Rule {
    @Override
    public String expected() {
      return "one of " + String.join(", ", words);
    }
  }

  /** A list of different values. */
  record Several(Rule each) implements Rule {
    @Override
    public String expected() {
      return "a list, for example [a, b]";
    }
  }

  /** A mapping whose keys are the components of a record. */
  record Keys(Class<? extends Record> schema) implements Rule {
    @Override
    public String expected() {
      return "a mapping with the keys " + String.join(", ", Section.keys(schema));
    }
  }

  /** A mapping whose keys are names that the recipe gives. */
  record Named(Rule each, String expected) implements Rule {}

  /** A mapping that is passed on as it is. */
  record Anything(String expected) implements Rule {}
}
