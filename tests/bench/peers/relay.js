// Relay: asks the registry for a runner that passes and forwards the request to it. Argument: the URL of the registry.
"use strict";

const { createApp, listen } = require("./service.js");

const [registry] = process.argv.slice(2);
let turn = 0;

async function resolveRunner() {
  const answer = await fetch(`${registry}/v1/health/service/runner?passing`);
  const runners = await answer.json();
  if (runners.length === 0) {
    throw Object.assign(new Error("no healthy runner"), { status: 503 });
  }
  turn = (turn + 1) % runners.length;
  const { Address, Port } = runners[turn].Service;
  return `http://${Address}:${Port}`;
}

const app = createApp();

app.post("/run-patch", async (request, response, next) => {
  try {
    const runner = await resolveRunner();
    const answer = await fetch(`${runner}/run-patch`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request.body),
    });
    response.status(answer.status).json(await answer.json());
  } catch (error) {
    next(error);
  }
});

listen(app);
