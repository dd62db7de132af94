// Prints what the AsyncAPI parser finds in each document: node asyncapi.cjs FILE…
const { readFileSync } = require("node:fs");
const { Parser } = require("@asyncapi/parser");

const ERROR = 0;

async function found(file) {
  const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"));
  const errors = diagnostics.filter((each) => each.severity === ERROR);
  const said = errors.map((each) => `${(each.path || []).join("/")}: ${each.message}`);
  const messages = document ? document.allMessages().all().length : 0;
  return { errors: said, messages };
}

async function main(files) {
  const all = [];
  for (const file of files) all.push(await found(file));
  process.stdout.write(JSON.stringify(all));
}

main(process.argv.slice(2));
