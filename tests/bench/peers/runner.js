// Runner: answers whether the change of a task file is there already, which is all that it can do; a task with anything
// left to do is refused. Arguments: the workspace, the URL of the registry where it registers itself.
"use strict";

const { randomUUID } = require("node:crypto");
const { readFile } = require("node:fs/promises");
const path = require("node:path");
const { createApp, listen } = require("./service.js");

const HEARTBEAT = 5_000; // ms
const [workspace, registry] = process.argv.slice(2);

// Throws an error with status 403 for a path that leaves the workspace.
function inWorkspace(file) {
  const full = path.resolve(workspace, file);
  if (!full.startsWith(workspace + path.sep)) {
    throw Object.assign(new Error(`${file} is outside the workspace`), { status: 403 });
  }
  return full;
}

async function isThere(mutation) {
  const text = await readFile(inWorkspace(mutation.path), "utf8");
  switch (mutation.op) {
    case "create":
      return text === mutation.contents;
    case "replace":
      return !text.includes(mutation.find) && text.includes(mutation.replace);
    default:
      return false;
  }
}

async function run(file) {
  const started = performance.now();
  const steps = [];
  const step = async (name, work) => {
    const begun = performance.now();
    const result = await work();
    steps.push({ name, status: "ok", durationMs: performance.now() - begun });
    return result;
  };
  const task = await step("read", async () => JSON.parse(await readFile(inWorkspace(file), "utf8")));
  const done = await step("plan", () => Promise.all(task.mutations.map(isThere)));
  const status = done.every(Boolean) ? "noop" : "failed";
  const durationMs = performance.now() - started;
  return { status, runId: randomUUID(), task: { file, title: task.title }, steps, changes: [], durationMs };
}

const app = createApp();

app.post("/run-patch", async (request, response, next) => {
  try {
    response.json(await run(request.body.file));
  } catch (error) {
    next(error);
  }
});

async function put(resource, body) {
  const answer = await fetch(registry + resource, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`PUT ${resource}: ${answer.status} ${text}`);
  }
}

listen(app, async (url) => {
  const { hostname, port } = new URL(url);
  await put("/v1/agent/service/register", {
    Name: "runner",
    ID: "runner-1",
    Tags: ["patch"],
    Address: hostname,
    Port: Number(port),
    Meta: { slots: "1" },
    Check: { TTL: "15s", Status: "passing" },
  });
  setInterval(() => put("/v1/agent/check/pass/service:runner-1"), HEARTBEAT);
});
