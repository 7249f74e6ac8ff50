// A server of one's own for a test: the program people run, an empty database, people and API keys.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));
const START_WITHIN = 60_000;

/** The password of everybody in the tests. */
export const PASSWORD = "correct horse battery staple";

/**
 * The program under test: `TOUCHSTONE_BINARY`, or what was built in this checkout.
 * @returns {string}
 */
export function binary() {
  const built = [join(CHECKOUT, "target/release/touchstone"), join(CHECKOUT, "target/debug/touchstone")];
  const found = process.env.TOUCHSTONE_BINARY ?? built.find(existsSync);
  if (!found) throw new Error("There is no server to test. Build it with `cargo xtask build`, or name it in TOUCHSTONE_BINARY.");
  return found;
}

/** An empty database that goes away with `remove`. */
export class Database {
  /** @param {string} url @param {() => Promise<void>} remove */
  constructor(url, remove) {
    this.url = url;
    this.remove = remove;
  }

  /**
   * @param {"sqlite" | "postgresql"} kind
   * @returns {Promise<Database>}
   */
  static create(kind) {
    return kind === "sqlite" ? Database.#sqlite() : Database.#postgresql();
  }

  static async #sqlite() {
    const folder = mkdtempSync(join(tmpdir(), "touchstone-test-"));
    return new Database(`sqlite://${join(folder, "touchstone.db")}`, async () => rmSync(folder, { recursive: true, force: true }));
  }

  static async #postgresql() {
    const server = process.env.TEST_DATABASE_URL;
    if (!server) throw new Error("TEST_DATABASE_URL names no PostgreSQL server.");
    const name = `touchstone_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
    await administer(server, `CREATE DATABASE ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    return new Database(url.toString(), () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  }
}

/** @param {string} url @param {string} statement */
async function administer(url, statement) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A running server. */
export class Server {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #process;
  #log = "";
  /** Where it is, without a slash at the end. */
  origin = "";
  /** The one-time link for the first owner; empty once there is one. */
  setupLink = "";

  /** @param {Database} database */
  constructor(database) {
    this.database = database;
  }

  /**
   * Starts a server on an empty database.
   * @param {"sqlite" | "postgresql"} kind
   * @param {string[]} [flags] more of `touchstone serve`
   * @returns {Promise<Server>}
   */
  static async start(kind, flags = []) {
    const server = new Server(await Database.create(kind));
    await server.run("127.0.0.1:0", true, flags);
    return server;
  }

  /**
   * Starts the program and waits until it says where it listens, and on an empty database how the first owner gets in.
   * @param {string} [listen] @param {boolean} [empty] @param {string[]} [flags]
   */
  async run(listen = "127.0.0.1:0", empty = false, flags = []) {
    const child = spawn(binary(), ["serve", "--listen", listen, "--database-url", this.database.url, ...flags], {
      env: { ...process.env, TOUCHSTONE_LOG: process.env.TOUCHSTONE_LOG ?? "warn" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    child.stderr.on("data", (text) => (this.#log = (this.#log + text).slice(-20_000)));
    const lines = createInterface({ input: child.stdout });
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`The server did not start in time:\n${this.#log}`)), START_WITHIN);
      child.once("exit", (code, signal) => reject(new Error(`The server ended (${code ?? signal}):\n${this.#log}`)));
      lines.on("line", (line) => {
        this.origin = line.match(/^listening on (http:\/\/\S+)/)?.[1] ?? this.origin;
        this.setupLink = line.match(/^set up: (\S+)/)?.[1] ?? this.setupLink;
        if (line.startsWith(empty ? "set up: " : "listening on ")) {
          clearTimeout(late);
          resolve(undefined);
        }
      });
    });
  }

  /** What it wrote to standard error, for messages about failures. */
  get log() {
    return this.#log;
  }

  /**
   * Ends the process and waits for it.
   * @param {"SIGTERM" | "SIGKILL"} [signal]
   * @returns {Promise<number>} the milliseconds it took
   */
  async end(signal = "SIGTERM") {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return 0;
    const started = performance.now();
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
    return performance.now() - started;
  }

  /**
   * Ends the process and starts it again at the same address.
   * @param {"SIGTERM" | "SIGKILL"} signal
   */
  async restart(signal) {
    const took = await this.end(signal);
    await this.run(new URL(this.origin).host);
    return took;
  }

  /** Ends the server and removes its database. */
  async remove() {
    const took = await this.end();
    await this.database.remove();
    return took;
  }

  /**
   * Runs another command of the program on the same database.
   * @param {string[]} words
   * @param {string} [input]
   * @returns {string} its standard output
   */
  command(words, input = "") {
    const ran = spawnSync(binary(), [...words, "--database-url", this.database.url], { input, encoding: "utf8" });
    if (ran.status !== 0) throw new Error(`touchstone ${words.join(" ")} failed (${ran.status}): ${ran.stderr}`);
    return ran.stdout.trim();
  }

  /**
   * Adds a member.
   * @param {string} email @param {string} name @param {string} role
   */
  addPerson(email, name, role) {
    this.command(["user", "add", "--email", email, "--name", name, "--role", role, "--password-stdin"], `${PASSWORD}\n`);
  }

  /**
   * Makes an API key in the name of a member and returns its secret.
   * @param {string} email
   */
  createKey(email) {
    return this.command(["key", "create", "--email", email, "--name", "Tests"]);
  }

  /** Proves that what is stored fits together; throws what differs. */
  verify() {
    return this.command(["verify"]);
  }

  /**
   * Sends a request as a program does.
   * @param {string} key @param {string} method @param {string} path @param {unknown} [body]
   * @returns {Promise<any>} the answer's JSON
   */
  async call(key, method, path, body) {
    const response = await fetch(this.origin + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 2000)}`);
    return text === "" ? null : JSON.parse(text);
  }

  /**
   * Sends rows as the SDKs do.
   * @param {string} key @param {object[]} rows
   */
  async sendTraces(key, rows) {
    const answer = await this.call(key, "POST", "/logs3", { rows, api_version: 2 });
    if (answer.rejected?.length) throw new Error(`rows were rejected: ${JSON.stringify(answer.rejected)}`);
    return answer;
  }
}
