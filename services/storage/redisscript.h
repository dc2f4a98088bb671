#pragma once

#include <QByteArray>

namespace PatchPanel::Storage {

// A Lua script that a Redis server carries out as one step. Its text is a file in services/storage/scripts, whose head
// says what it takes and returns.
struct RedisScript {
    explicit RedisScript(const char *scriptText);

    QByteArray text;
    QByteArray sha1; // lower-case hexadecimal: by which the server knows it
};

namespace RedisScripts {

const RedisScript &acquireLock();
const RedisScript &extendLock();
const RedisScript &releaseLock();
const RedisScript &queueAdd();
const RedisScript &queueTurn();
const RedisScript &queueKeep();
const RedisScript &queueRecover();
const RedisScript &queueOverview();
const RedisScript &queueFind();
const RedisScript &queueRevive();
const RedisScript &runPublish();
const RedisScript &shareServices();

} // namespace RedisScripts

} // namespace PatchPanel::Storage
