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

const RedisScript &queueAdd()
{
    static const RedisScript script(RedisScriptTexts::queue_add);
    return script;
}

const RedisScript &queueTurn()
{
    static const RedisScript script(RedisScriptTexts::queue_turn);
    return script;
}

const RedisScript &queueKeep()
{
    static const RedisScript script(RedisScriptTexts::queue_keep);
    return script;
}

const RedisScript &queueRecover()
{
    static const RedisScript script(RedisScriptTexts::queue_recover);
    return script;
}

const RedisScript &queueOverview()
{
    static const RedisScript script(RedisScriptTexts::queue_overview);
    return script;
}

const RedisScript &queueFind()
{
    static const RedisScript script(RedisScriptTexts::queue_find);
    return script;
}

const RedisScript &queueRevive()
{
    static const RedisScript script(RedisScriptTexts::queue_revive);
    return script;
}

const RedisScript &runPublish()
{
    static const RedisScript script(RedisScriptTexts::run_publish);
    return script;
}

const RedisScript &shareServices()
{
    static const RedisScript script(RedisScriptTexts::share_services);
    return script;
}

} // namespace RedisScripts

} // namespace PatchPanel::Storage
