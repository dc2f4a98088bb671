// What the peers share: an app that listens on a free port of loopback and says on which.
"use strict";

const express = require("express");

exports.createApp = () => {
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json());
  return app;
};

// Calls `ready(url)`, which may return a promise, before it says that the service listens.
exports.listen = (app, ready = () => {}) => {
  app.use((error, request, response, next) => {
    response.status(error.status ?? 500).json({ status: "error", message: error.message });
  });
  const server = app.listen(0, "127.0.0.1", async () => {
    const url = `http://127.0.0.1:${server.address().port}`;
    await ready(url);
    console.log(`listening on ${url}`);
  });
  process.on("SIGTERM", () => process.exit(0));
};
