// Registry: keeps services in a map and answers in the shape of Consul's HTTP API. No arguments.
"use strict";

const { createApp, listen } = require("./service.js");

const TTL = 15_000; // ms
const node = {
  ID: "5f0b3a7e-8d4c-4a51-9a39-0c8ef3c1b7d2",
  Node: "localhost",
  Address: "127.0.0.1",
  Datacenter: "dc1",
  TaggedAddresses: { lan: "127.0.0.1", wan: "127.0.0.1" },
  Meta: {},
};
const services = new Map(); // by id
let index = 1;

function statusOf(service) {
  return Date.now() < service.expires ? service.status : "critical";
}

function entryOf(service) {
  const { Name, ID, Tags, Address, Port, Meta } = service;
  return {
    Node: node,
    Service: { ID, Service: Name, Tags, Address, Port, Meta, Weights: { Passing: 1, Warning: 1 } },
    Checks: [
      {
        Node: node.Node,
        CheckID: `service:${ID}`,
        Name: `Service '${Name}' check`,
        Status: statusOf(service),
        Notes: "",
        Output: service.output,
        ServiceID: ID,
        ServiceName: Name,
        ServiceTags: Tags,
        Type: "ttl",
      },
    ],
  };
}

const app = createApp();

app.put("/v1/agent/service/register", (request, response) => {
  const { Name, ID = Name, Tags = [], Address = "", Port = 0, Meta = {}, Check = {} } = request.body;
  if (!Name) {
    response.status(400).send("Missing service name");
    return;
  }
  const status = Check.Status ?? "critical";
  services.set(ID, { Name, ID, Tags, Address, Port, Meta, status, output: "", expires: Date.now() + TTL });
  index += 1;
  response.end();
});

app.put("/v1/agent/check/pass/service\\::id", (request, response) => {
  const service = services.get(request.params.id);
  if (!service) {
    response.status(404).send("Unknown check");
    return;
  }
  if (statusOf(service) !== "passing") {
    index += 1;
  }
  Object.assign(service, { status: "passing", output: request.query.note ?? "", expires: Date.now() + TTL });
  response.end();
});

app.get("/v1/health/service/:name", (request, response) => {
  const found = [];
  for (const service of services.values()) {
    if (service.Name === request.params.name) {
      found.push(entryOf(service));
    }
  }
  const passing = "passing" in request.query;
  response.set({ "X-Consul-Index": String(index), "X-Consul-KnownLeader": "true", "X-Consul-LastContact": "0" });
  response.json(passing ? found.filter((entry) => entry.Checks[0].Status === "passing") : found);
});

listen(app);
