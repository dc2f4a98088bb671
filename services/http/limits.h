#pragma once

#include <QtGlobal>

#include <chrono>

namespace PatchPanel::Http {

// What one server takes from its clients (services are local, but any program on the machine can connect).
struct Limits {
    qint64 requestLineBytes = 8 * 1024;
    qint64 headerBytes = 32 * 1024; // all header lines together; one line is held to 8 KiB, as Qt from 6.5 does itself
    int headerCount = 100;
    qint64 bodyBytes = 8 * 1024 * 1024;
    std::chrono::milliseconds requestTime = std::chrono::seconds(15); // first byte to last
    std::chrono::milliseconds idleTime = std::chrono::seconds(30); // between requests, and for an answer nobody reads
    int connections = 512; // over that the oldest idle one goes; of the registry more, for the queries that wait
    int eventStreams = 100;
    qint64 streamBacklogBytes = 1024 * 1024;
    std::chrono::milliseconds streamKeepAlive = std::chrono::seconds(10);
};

} // namespace PatchPanel::Http
