#pragma once

#include "services/relay/relay.h"
#include "tests/services/relay/fakerunner.h"
#include "tests/support/registryfixture.h"

#include <QStringList>

#include <algorithm>
#include <map>

namespace PatchPanel::Test {

inline constexpr quint64 ticket = 7;

// A relay with what came of its runs.
class RelayFixture {
public:
    explicit RelayFixture(const QUrl &registry, std::chrono::milliseconds lease = std::chrono::seconds(15))
        : relay({.registry = registry, .client = {.token = "test-token"}, .lease = lease}, Log::Writer(log, "relay"))
    {
        using Source = Relay::Relay;
        QObject::connect(
            &relay, &Source::runAccepted, &relay,
            [this](quint64, const QString &runId, const QString &runner) { accepted.append(runId + u'@' + runner); });
        QObject::connect(&relay, &Source::stepChanged, &relay,
                         [this](quint64, const Step &step) { steps.append(step); });
        QObject::connect(&relay, &Source::lineReceived, &relay,
                         [this](quint64, const QUrl &, const Log::Line &line) { lines.append(line.toText()); });
        QObject::connect(&relay, &Source::runFinished, &relay,
                         [this](quint64 number, const Relay::RunOutcome &outcome) { outcomes[number] = outcome; });
        relay.start();
    }

    void run(quint64 number = ticket, const QString &workspace = {})
    {
        relay.run(number, Relay::RunRequest{.file = QStringLiteral("tasks/test.json"), .workspace = workspace});
    }

    // Empty while the run goes on.
    QString status(quint64 number = ticket) const
    {
        const auto found = outcomes.find(number);
        return found == outcomes.end() ? QString() : toString(found->second.status);
    }

    const Relay::RunOutcome &outcome() const { return outcomes.at(ticket); }
    ErrorCode errorCode() const { return outcome().error ? outcome().error->code : ErrorCode::Internal; }
    QList<QByteArray> logLines() const
    {
        QList<QByteArray> found;
        for (qsizetype i = 0; i < log.size(); ++i) {
            found.append(log.at(i).toText());
        }
        return found;
    }
    bool hasLogged(QByteArrayView part) const
    {
        const QList<QByteArray> all = logLines();
        return std::any_of(all.begin(), all.end(), [part](const QByteArray &line) { return line.contains(part); });
    }
    QByteArray lastLine() const { return log.size() == 0 ? QByteArray() : log.at(log.size() - 1).toText(); }

    Log::Store log;
    Relay::Relay relay;
    QStringList accepted;
    QList<Step> steps;
    QList<QByteArray> lines;
    std::map<quint64, Relay::RunOutcome> outcomes;
};

} // namespace PatchPanel::Test
