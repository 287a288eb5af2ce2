// Validates pages by html-validate: a list of [name, HTML] on standard input, findings on standard
// output, a line each, and nothing where there are none.
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // Blanks at the end of a line are the templates', and mean nothing in HTML.
    "no-trailing-whitespace": "off",
    // A field's id is its name in the public contract ("contact.phone"), which HTML allows.
    "valid-id": ["error", { relaxed: true }],
    // Suggestions below a box are the combobox of WAI-ARIA's patterns; HTML has no element for it.
    "prefer-native-element": ["error", { exclude: ["listbox"] }],
    // Which notice, of what, where: an English title cut at 70 letters would leave out one of them.
    "long-title": ["error", { maxlength: 100 }],
  },
}));

let given = "";
for await (const part of process.stdin) given += part;
for (const [name, html] of JSON.parse(given)) {
  const lines = html.split("\n");
  const { results } = await validator.validateString(html, name);
  for (const { ruleId, message, line, column } of results.flatMap((result) => result.messages)) {
    const around = lines[line - 1].slice(Math.max(0, column - 40), column + 60);
    process.stdout.write(`${name}, line ${line}: ${ruleId}: ${message}: ${around}\n`);
  }
}
