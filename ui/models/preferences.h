#pragma once

#include "app/servicehost.h"
#include "services/common/runsettings.h"
#include "services/log/logstore.h"
#include "ui/models/logtimes.h"
#include "ui/style/theme.h"

#include <QString>
#include <QStringList>

namespace PatchPanel::Ui {

class Settings;

inline constexpr int mostRunners = 64; // and slots
inline constexpr int largestRunnerPort = 65'535 - mostRunners + 1;
inline constexpr int mostCommandSeconds = 24 * 3600;
inline constexpr int mostHistoryRuns = 1'000'000;
inline constexpr int mostHistoryMiB = 1024 * 1024;
inline constexpr int mostLogMemoryMiB = 64 * 1024;

// What can be set in the Settings dialog; every member has its default. A value; it lies in the INI file of Settings,
// where what is as by default does not stand.
struct Preferences {
    Theme theme = Theme::System;
    QString language = {}; // code; empty: the system's
    bool tray = false; // an icon there, where there is one
    bool notifications = true; // of runs that end while nobody looks

    quint16 registryPort = 5040;
    quint16 runnerPort = 5050;
    int runners = 1;
    int slots = 1;
    QString redisUrl = {}; // empty: none
    bool startServices = true; // when the window opens

    RunSettings run = {};
    bool useCache = true;
    int commandSeconds = 0; // the longest that a command may take; 0: as the task says
    int historyRuns = 1000;
    int historyMiB = 1024; // of undo slots

    int logMemoryMiB = 256;
    QString logFont = {}; // family; empty: the system's
    LogTimes logTimes = LogTimes::OfDay;

    // What the file says; for a value that is none, the default.
    static Preferences read(const Settings &settings);
    void write(Settings &settings) const;

    App::ServiceSettings services() const;
    bool operator==(const Preferences &) const = default;
};

// Where the values stand in the file: group/name.
namespace PreferenceKey {
inline constexpr QLatin1String theme("window/theme");
inline constexpr QLatin1String language("window/language");
inline constexpr QLatin1String tray("window/tray");
inline constexpr QLatin1String notifications("window/notifications");
inline constexpr QLatin1String registryPort("services/registryPort");
inline constexpr QLatin1String runnerPort("services/runnerPort");
inline constexpr QLatin1String runners("services/runners");
inline constexpr QLatin1String slotCount("services/slots");
inline constexpr QLatin1String redisUrl("services/redis");
inline constexpr QLatin1String startServices("services/startAtLaunch");
inline constexpr QLatin1String sandbox("runs/sandbox");
inline constexpr QLatin1String validateIn("runs/validateIn");
inline constexpr QLatin1String durability("runs/durability");
inline constexpr QLatin1String breakHardlinks("runs/breakHardlinks");
inline constexpr QLatin1String runGates("runs/gates");
inline constexpr QLatin1String commit("runs/commit");
inline constexpr QLatin1String useCache("runs/useCache");
inline constexpr QLatin1String commandSeconds("runs/commandSeconds");
inline constexpr QLatin1String historyRuns("runs/historyRuns");
inline constexpr QLatin1String historyMiB("runs/historyMiB");
inline constexpr QLatin1String logMemoryMiB("log/memoryMiB");
inline constexpr QLatin1String logFont("log/font");
inline constexpr QLatin1String logTimes("log/timestamps");
} // namespace PreferenceKey

bool isPreference(const QString &key);

// The command line's option that says the same as a value and wins over it; empty: there is none.
QString optionFor(QLatin1String key);

// Takes over what differs between `before` and `after`, unless the command line, whose options are `given`, said it.
void applyTo(App::ServiceSettings &settings, const Preferences &before, const Preferences &after,
             const QStringList &given);
void applyTo(Log::Keeping &keeping, const Preferences &preferences);

// What is wrong with a Redis URL; empty: nothing.
QString whatIsWrongWithRedisUrl(const QString &url);

} // namespace PatchPanel::Ui
