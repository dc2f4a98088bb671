#include "ui/models/preferences.h"

#include "services/storage/redisurl.h"
#include "ui/desktop/language.h"
#include "ui/models/servicetexts.h"
#include "ui/models/settings.h"

#include <QFile>

#include <algorithm>
#include <array>

namespace PatchPanel::Ui {

namespace {

constexpr qint64 mebibyte = qint64{1024} * 1024;

// Reads and writes one value after the other: the two directions cannot differ.
class Reader {
public:
    explicit Reader(const Settings &settings)
        : m_settings(settings)
    {
    }

    template <typename Number> void number(QLatin1String key, Number &value, int least, int most)
    {
        bool understood = false;
        const int found = m_settings.value(key).toInt(&understood);
        if (understood && found >= least && found <= most) {
            value = static_cast<Number>(found);
        }
    }
    void text(QLatin1String key, QString &value) { value = m_settings.value(key, value).toString(); }
    void flag(QLatin1String key, bool &value)
    {
        const QString found = m_settings.value(key).toString();
        if (found == QLatin1String("true") || found == QLatin1String("false")) {
            value = found == QLatin1String("true");
        }
    }
    template <typename Choice> void choice(QLatin1String key, Choice &value, const QStringList &words)
    {
        if (const qsizetype index = words.indexOf(m_settings.value(key).toString()); index >= 0) {
            value = static_cast<Choice>(index);
        }
    }

private:
    const Settings &m_settings;
};

class Writer {
public:
    explicit Writer(Settings &settings)
        : m_settings(settings)
    {
    }

    template <typename Value> void put(QLatin1String key, const Value &value, const Value &standard)
    {
        if (value == standard) {
            m_settings.remove(key);
        } else {
            m_settings.setValue(key, value);
        }
    }
    template <typename Choice> void choice(QLatin1String key, Choice value, Choice standard, const QStringList &words)
    {
        put(key, words.at(static_cast<int>(value)), words.at(static_cast<int>(standard)));
    }

private:
    Settings &m_settings;
};

QStringList themeWords()
{
    return {toString(Theme::System), toString(Theme::Light), toString(Theme::Dark)};
}

} // namespace

Preferences Preferences::read(const Settings &settings)
{
    Preferences found;
    Reader reader(settings);
    reader.choice(PreferenceKey::theme, found.theme, themeWords());
    reader.text(PreferenceKey::language, found.language);
    reader.flag(PreferenceKey::tray, found.tray);
    reader.flag(PreferenceKey::notifications, found.notifications);
    reader.number(PreferenceKey::registryPort, found.registryPort, 0, 65'535);
    reader.number(PreferenceKey::runnerPort, found.runnerPort, 0, largestRunnerPort);
    reader.number(PreferenceKey::runners, found.runners, 1, mostRunners);
    reader.number(PreferenceKey::slotCount, found.slots, 1, mostRunners);
    reader.text(PreferenceKey::redisUrl, found.redisUrl);
    reader.flag(PreferenceKey::startServices, found.startServices);
    reader.choice(PreferenceKey::sandbox, found.run.sandbox, sandboxWords());
    reader.choice(PreferenceKey::validateIn, found.run.validateIn, validatePlaceWords());
    reader.choice(PreferenceKey::durability, found.run.durability, durabilityWords());
    reader.flag(PreferenceKey::breakHardlinks, found.run.breakHardlinks);
    reader.flag(PreferenceKey::runGates, found.run.runGates);
    reader.flag(PreferenceKey::commit, found.run.commit);
    reader.flag(PreferenceKey::useCache, found.useCache);
    reader.number(PreferenceKey::commandSeconds, found.commandSeconds, 0, mostCommandSeconds);
    reader.number(PreferenceKey::historyRuns, found.historyRuns, 1, mostHistoryRuns);
    reader.number(PreferenceKey::historyMiB, found.historyMiB, 1, mostHistoryMiB);
    reader.number(PreferenceKey::logMemoryMiB, found.logMemoryMiB, 1, mostLogMemoryMiB);
    reader.text(PreferenceKey::logFont, found.logFont);
    reader.choice(PreferenceKey::logTimes, found.logTimes, logTimesWords());
    if (!languages().contains(found.language)) {
        found.language.clear();
    }
    if (!whatIsWrongWithRedisUrl(found.redisUrl).isEmpty()) {
        found.redisUrl.clear();
    }
    return found;
}

void Preferences::write(Settings &settings) const
{
    const Preferences standard;
    Writer writer(settings);
    writer.choice(PreferenceKey::theme, theme, standard.theme, themeWords());
    writer.put(PreferenceKey::language, language, standard.language);
    writer.put(PreferenceKey::tray, tray, standard.tray);
    writer.put(PreferenceKey::notifications, notifications, standard.notifications);
    writer.put(PreferenceKey::registryPort, int{registryPort}, int{standard.registryPort});
    writer.put(PreferenceKey::runnerPort, int{runnerPort}, int{standard.runnerPort});
    writer.put(PreferenceKey::runners, runners, standard.runners);
    writer.put(PreferenceKey::slotCount, slots, standard.slots);
    writer.put(PreferenceKey::redisUrl, redisUrl, standard.redisUrl);
    writer.put(PreferenceKey::startServices, startServices, standard.startServices);
    writer.choice(PreferenceKey::sandbox, run.sandbox, standard.run.sandbox, sandboxWords());
    writer.choice(PreferenceKey::validateIn, run.validateIn, standard.run.validateIn, validatePlaceWords());
    writer.choice(PreferenceKey::durability, run.durability, standard.run.durability, durabilityWords());
    writer.put(PreferenceKey::breakHardlinks, run.breakHardlinks, standard.run.breakHardlinks);
    writer.put(PreferenceKey::runGates, run.runGates, standard.run.runGates);
    writer.put(PreferenceKey::commit, run.commit, standard.run.commit);
    writer.put(PreferenceKey::useCache, useCache, standard.useCache);
    writer.put(PreferenceKey::commandSeconds, commandSeconds, standard.commandSeconds);
    writer.put(PreferenceKey::historyRuns, historyRuns, standard.historyRuns);
    writer.put(PreferenceKey::historyMiB, historyMiB, standard.historyMiB);
    writer.put(PreferenceKey::logMemoryMiB, logMemoryMiB, standard.logMemoryMiB);
    writer.put(PreferenceKey::logFont, logFont, standard.logFont);
    writer.choice(PreferenceKey::logTimes, logTimes, standard.logTimes, logTimesWords());
    settings.sync();
    // A Redis URL may hold a password.
    QFile::setPermissions(settings.fileName(), QFile::ReadOwner | QFile::WriteOwner);
}

App::ServiceSettings Preferences::services() const
{
    return {.registryPort = registryPort,
            .runnerPort = runnerPort,
            .runners = runners,
            .slots = slots,
            .redisUrl = redisUrl,
            .historyLimits = {.runs = historyRuns, .undoBytes = historyMiB * mebibyte}};
}

bool isPreference(const QString &key)
{
    using namespace PreferenceKey;
    static constexpr std::array keys{theme,        PreferenceKey::language,
                                     tray,         notifications,
                                     registryPort, runnerPort,
                                     runners,      PreferenceKey::slotCount,
                                     redisUrl,     startServices,
                                     sandbox,      validateIn,
                                     durability,   breakHardlinks,
                                     runGates,     commit,
                                     useCache,     commandSeconds,
                                     historyRuns,  historyMiB,
                                     logMemoryMiB, logFont,
                                     logTimes};
    return std::any_of(keys.begin(), keys.end(), [&key](QLatin1String known) { return key == known; });
}

QString optionFor(QLatin1String key)
{
    struct Pair {
        QLatin1String key;
        QLatin1String option;
    };
    static constexpr std::array pairs{
        Pair{PreferenceKey::registryPort, QLatin1String("registry-port")},
        Pair{PreferenceKey::runnerPort, QLatin1String("runner-port")},
        Pair{PreferenceKey::runners, QLatin1String("runners")},
        Pair{PreferenceKey::slotCount, QLatin1String("slots")},
        Pair{PreferenceKey::redisUrl, QLatin1String("redis")},
    };
    const auto found = std::find_if(pairs.begin(), pairs.end(), [key](const Pair &pair) { return pair.key == key; });
    return found == pairs.end() ? QString() : QString(found->option);
}

void applyTo(App::ServiceSettings &settings, const Preferences &before, const Preferences &after,
             const QStringList &given)
{
    const App::ServiceSettings old = before.services();
    const App::ServiceSettings wanted = after.services();
    const auto take = [&](QLatin1String key, auto member) {
        if (wanted.*member != old.*member && !given.contains(optionFor(key))) {
            settings.*member = wanted.*member;
        }
    };
    take(PreferenceKey::registryPort, &App::ServiceSettings::registryPort);
    take(PreferenceKey::runnerPort, &App::ServiceSettings::runnerPort);
    take(PreferenceKey::runners, &App::ServiceSettings::runners);
    take(PreferenceKey::slotCount, &App::ServiceSettings::slots);
    take(PreferenceKey::redisUrl, &App::ServiceSettings::redisUrl);
    take(PreferenceKey::historyRuns, &App::ServiceSettings::historyLimits);
}

void applyTo(Log::Keeping &keeping, const Preferences &preferences)
{
    keeping.memory = preferences.logMemoryMiB * mebibyte;
}

QString whatIsWrongWithRedisUrl(const QString &url)
{
    if (url.isEmpty()) {
        return {};
    }
    const Result<Storage::RedisUrl> parsed = Storage::parseRedisUrl(url);
    return parsed ? QString() : translatedServiceText(parsed.error());
}

} // namespace PatchPanel::Ui
