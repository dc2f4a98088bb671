// One life of a service, through the client library `consul` of npm. Prints one line for each step that went well.
// Arguments: host, port, token.
"use strict";

const assert = require("node:assert/strict");
const Consul = require("consul");

const [host, port, token] = process.argv.slice(2);
const consul = new Consul({ host, port: Number(port), defaults: { token } });
const patience = 20_000; // ms until an event counts as never coming

const id = "web 1/blue"; // what has to be encoded in a path
const checkId = `service:${id}`;

// A watch of the service whose states can be waited for.
function watchService() {
  const watch = consul.watch({ method: consul.health.service, options: { service: "web", wait: "1m" } });
  const seen = [];
  let wake = () => {};
  watch.on("change", (entries) => {
    seen.push(entries.map((entry) => entry.Checks.map((check) => `${check.Status}:${check.Output}`).join()).join("|"));
    wake();
  });
  watch.on("error", (error) => {
    seen.push(`error ${error.message}`);
    wake();
  });
  const until = async (state) => {
    const deadline = Date.now() + patience;
    while (!seen.includes(state)) {
      const left = deadline - Date.now();
      assert.ok(left > 0, `waited in vain for ${JSON.stringify(state)}, saw ${JSON.stringify(seen)}`);
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, left).unref();
      });
    }
    seen.length = 0;
  };
  return { until, end: () => watch.end() };
}

async function readsEverything() {
  assert.equal((await consul.agent.self()).Config.Datacenter, "dc1");
  assert.match(await consul.status.leader(), /:\d+$/);
  assert.equal((await consul.status.peers()).length, 1);
  assert.deepEqual(await consul.catalog.datacenters(), ["dc1"]);
  const [node] = await consul.catalog.node.list();
  assert.ok(node.ID && node.Node);
  assert.deepEqual((await consul.catalog.service.list()).web, ["blue", "v2"]);
  assert.equal((await consul.catalog.service.nodes("web"))[0].ServiceMeta.team, "shop");
  assert.equal((await consul.agent.service.list())[id].Port, 8080);
  assert.equal((await consul.agent.check.list())[checkId].Status, "passing");
  assert.equal((await consul.health.checks("web"))[0].CheckID, checkId);
  assert.ok((await consul.health.state("passing")).some((check) => check.ServiceName === "web"));
  assert.ok((await consul.health.node(node.Node)).some((check) => check.ServiceID === id));
  assert.equal((await consul.health.service({ service: "web", passing: true, tag: "v2" })).length, 1);
  assert.equal((await consul.health.service({ service: "web", tag: "green" })).length, 0);
  assert.equal((await consul.health.service("nobody")).length, 0);
}

async function main() {
  const said = (step) => console.log(`ok ${step}`);
  const watch = watchService();
  await watch.until("");
  await consul.agent.service.register({
    name: "web", id, address: "10.0.0.7", port: 8080, tags: ["blue", "v2"], meta: { team: "shop" },
    check: { ttl: "10m", deregistercriticalserviceafter: "1h" },
  });
  await watch.until("critical:");
  said("register");
  await consul.agent.check.pass({ id: checkId, note: "2 runs & more" });
  await watch.until("passing:2 runs & more");
  said("pass");
  await readsEverything();
  said("read");
  await consul.agent.check.warn({ id: checkId, note: "slow" });
  await watch.until("warning:slow");
  said("warn");
  await consul.agent.check.fail({ id: checkId, note: "down" });
  await watch.until("critical:down");
  said("fail");
  await consul.agent.check.pass(checkId);
  await watch.until("passing:");
  await consul.agent.service.maintenance({ id, enable: true, reason: "new disk" });
  await watch.until("passing:,critical:");
  await consul.agent.service.maintenance({ id, enable: false });
  await watch.until("passing:");
  said("maintenance");
  await consul.agent.service.deregister(id);
  await watch.until("");
  said("deregister");
  await assert.rejects(consul.agent.check.pass(checkId), /not found|Unknown check/i);
  await assert.rejects(consul.agent.service.deregister(id), /not found|Unknown service/i);
  said("unknown");
  watch.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
