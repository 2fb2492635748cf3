#!/usr/bin/env node
// Lets forge (and slither, halmos through it) use the pinned npm compiler: standard JSON in, standard JSON out.
const fs = require("fs");
const solc = require("solc");

if (process.argv.includes("--version")) {
  const version = solc.version().replace("Emscripten.clang", "Linux.g++");
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${version}`);
} else {
  fs.writeFileSync(1, solc.compile(fs.readFileSync(0, "utf8")));
}
