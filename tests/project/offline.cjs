// Loaded into the language server before its own code: it can reach nothing, and what it tries is noted in $TRIED.
"use strict";
const fs = require("node:fs");
const net = require("node:net");
const dns = require("node:dns");

function refuse(what) {
  fs.appendFileSync(process.env.TRIED, `${what}\n`);
  throw new Error(`a test tried to use the network: ${what}`);
}
net.Socket.prototype.connect = (...to) => refuse(JSON.stringify(to[0]));
dns.lookup = (name) => refuse(name);
