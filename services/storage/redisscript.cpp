#include "services/storage/redisscript.h"

#include "services/storage/redisscripttexts.h"

#include <QCryptographicHash>

namespace PatchPanel::Storage {

RedisScript::RedisScript(const char *scriptText)
    : text(scriptText)
    , sha1(QCryptographicHash::hash(text, QCryptographicHash::Sha1).toHex())
{
}

namespace RedisScripts {

const RedisScript &acquireLock()
{
    static const RedisScript script(RedisScriptTexts::acquire_lock);
    return script;
}

const RedisScript &extendLock()
{
    static const RedisScript script(RedisScriptTexts::extend_lock);
    return script;
}

const RedisScript &releaseLock()
{
    static const RedisScript script(RedisScriptTexts::release_lock);
    return script;
}

} // namespace RedisScripts

} // namespace PatchPanel::Storage
