#include "app/commands/junitreport.h"

#include "services/common/step.h"

#include <QJsonArray>
#include <QXmlStreamWriter>

#include <algorithm>

namespace PatchPanel::App {

namespace {

constexpr qsizetype mostOutput = 16 * 1024; // characters of a command's output

enum class Verdict { Passed, Failed, Errored, Skipped };

struct TestCase {
    QString name = {};
    Verdict verdict = Verdict::Passed;
    qint64 durationMs = 0;
    QString message = {}; // why it failed or was skipped
    QString kind = {}; // of the failure: the code of an error, "exit code"
    QString output = {};
};

struct Suite {
    QString name = {};
    QString runId = {};
    QString status = {};
    QString startedAt = {};
    qint64 durationMs = 0;
    QList<TestCase> cases = {};

    qsizetype count(Verdict verdict) const
    {
        return std::count_if(cases.begin(), cases.end(), [verdict](const TestCase &c) { return c.verdict == verdict; });
    }
};

// XML 1.0 (2.2) has no place for most control characters, not even escaped, for lone surrogates, U+FFFE and U+FFFF.
QString xmlText(const QString &text)
{
    constexpr char16_t controlPictures = 0x2400;
    QString shown = text;
    for (qsizetype i = 0; i < shown.size(); ++i) {
        const QChar c = shown.at(i);
        if (c.isHighSurrogate() && i + 1 < shown.size() && shown.at(i + 1).isLowSurrogate()) {
            ++i;
        } else if (c.unicode() < 0x20 && c != u'\t' && c != u'\n') {
            shown[i] = QChar(static_cast<char16_t>(controlPictures + c.unicode()));
        } else if (c.isSurrogate() || c.unicode() >= 0xfffe) {
            shown[i] = QChar::ReplacementCharacter;
        }
    }
    return shown;
}

QString seconds(qint64 milliseconds)
{
    return QString::number(static_cast<double>(milliseconds) / 1000, 'f', 3);
}

// The last lines, as many as fit.
QString endOf(const QString &output)
{
    if (output.size() <= mostOutput) {
        return output;
    }
    const qsizetype cut = output.size() - mostOutput;
    const qsizetype line = output.indexOf(u'\n', cut);
    return QStringLiteral("…\n") + output.mid(line < 0 ? cut : line + 1);
}

QString reasonOfSkip(StepState state)
{
    switch (state) {
    case StepState::WouldRun:
        return QStringLiteral("would run");
    case StepState::Skipped:
        return QStringLiteral("switched off for this run");
    default:
        return QStringLiteral("not reached");
    }
}

Verdict verdictOf(StepState state)
{
    switch (state) {
    case StepState::Failed:
        return Verdict::Failed;
    case StepState::Passed:
    case StepState::Warned:
        return Verdict::Passed;
    default:
        return Verdict::Skipped;
    }
}

TestCase caseOfGate(const QJsonObject &gate)
{
    const StepState state =
        stepStateFromString(gate[QStringLiteral("state")].toString()).value_or(StepState::NotReached);
    const QString note = gate[QStringLiteral("note")].toString();
    const QString exit = QStringLiteral("exited with %1").arg(gate[QStringLiteral("exitCode")].toInt());
    TestCase test{.name = gate[QStringLiteral("phase")].toString() + QStringLiteral(": ")
                      + gate[QStringLiteral("command")].toString().simplified(),
                  .verdict = verdictOf(state),
                  .durationMs = gate[QStringLiteral("durationMs")].toInteger(),
                  .output = endOf(gate[QStringLiteral("output")].toString())};
    if (test.verdict == Verdict::Failed) {
        test.kind = gate[QStringLiteral("timedOut")].toBool() ? QStringLiteral("time-out") : QStringLiteral("exit");
        test.message = note.isEmpty() ? exit : note;
    } else if (test.verdict == Verdict::Skipped) {
        test.message = reasonOfSkip(state);
    } else if (state == StepState::Warned) {
        test.output.prepend(QStringLiteral("warning: %1\n").arg(note.isEmpty() ? exit : note));
    }
    return test;
}

// The case of a step that has no commands of its own.
TestCase caseOfStep(const Step &step, const std::optional<Error> &error)
{
    TestCase test{
        .name = toString(step.phase), .verdict = verdictOf(step.state), .durationMs = step.durationMs, .message = {}};
    if (test.verdict == Verdict::Failed) {
        test.message = error ? error->toString() : step.summary;
        test.kind = error ? QString::fromLatin1(traitsOf(error->code).name) : QStringLiteral("failed");
    } else if (test.verdict == Verdict::Skipped) {
        test.message = reasonOfSkip(step.state);
    } else {
        test.output = step.summary;
    }
    return test;
}

QList<TestCase> casesOf(const QJsonObject &response, const std::optional<Error> &error)
{
    const QJsonArray gates = response[QStringLiteral("gates")].toArray();
    QList<TestCase> cases;
    for (const QJsonValue &value : response[QStringLiteral("steps")].toArray()) {
        const Step step = Step::fromJson(value.toObject());
        const qsizetype before = cases.size();
        for (const QJsonValue &gate : gates) {
            if (gate[QStringLiteral("phase")].toString() == toString(step.phase)) {
                cases.append(caseOfGate(gate.toObject()));
            }
        }
        if (cases.size() == before && step.state != StepState::None) {
            cases.append(caseOfStep(step, error));
        }
    }
    return cases;
}

Suite suiteOf(const TaskOutcome &task)
{
    const QJsonObject &response = task.outcome.response;
    const std::optional<Error> error = task.error();
    Suite suite{.name = task.task,
                .runId = task.outcome.runId,
                .status = toString(task.outcome.status),
                .startedAt = response[QStringLiteral("startedAt")].toString(),
                .durationMs = response[QStringLiteral("durationMs")].toInteger(task.outcome.totalMs),
                .cases = casesOf(response, error)};
    if (!isFinal(task.outcome.status)) {
        suite.cases.append({.name = QStringLiteral("run"),
                            .verdict = Verdict::Skipped,
                            .message = reasonOfSkip(StepState::NotReached)});
    } else if (error && suite.count(Verdict::Failed) == 0) {
        suite.cases.append({.name = QStringLiteral("run"),
                            .verdict = Verdict::Errored,
                            .message = error->toString(),
                            .kind = QString::fromLatin1(traitsOf(error->code).name)});
    }
    return suite;
}

class JunitWriter {
public:
    JunitWriter()
        : m_xml(&m_text)
    {
        m_xml.setAutoFormatting(true);
        m_xml.setAutoFormattingIndent(2);
    }

    QByteArray write(const QList<Suite> &suites)
    {
        m_xml.writeStartDocument();
        m_xml.writeStartElement(QStringLiteral("testsuites"));
        attribute("name", QStringLiteral("PatchPanel"));
        for (const Suite &suite : suites) {
            write(suite);
        }
        m_xml.writeEndElement();
        m_xml.writeEndDocument();
        return m_text;
    }

private:
    void write(const Suite &suite)
    {
        m_xml.writeStartElement(QStringLiteral("testsuite"));
        attribute("name", suite.name);
        attribute("tests", QString::number(suite.cases.size()));
        attribute("failures", QString::number(suite.count(Verdict::Failed)));
        attribute("errors", QString::number(suite.count(Verdict::Errored)));
        attribute("skipped", QString::number(suite.count(Verdict::Skipped)));
        attribute("time", seconds(suite.durationMs));
        if (!suite.startedAt.isEmpty()) {
            attribute("timestamp", suite.startedAt);
        }
        m_xml.writeStartElement(QStringLiteral("properties"));
        property("run", suite.runId);
        property("status", suite.status);
        m_xml.writeEndElement();
        for (const TestCase &test : suite.cases) {
            write(test, suite.name);
        }
        m_xml.writeEndElement();
    }

    void write(const TestCase &test, const QString &task)
    {
        m_xml.writeStartElement(QStringLiteral("testcase"));
        attribute("classname", task);
        attribute("name", test.name);
        attribute("time", seconds(test.durationMs));
        const bool isFailure = test.verdict == Verdict::Failed || test.verdict == Verdict::Errored;
        if (isFailure) {
            m_xml.writeStartElement(test.verdict == Verdict::Failed ? QStringLiteral("failure")
                                                                    : QStringLiteral("error"));
            attribute("type", test.kind);
            attribute("message", test.message);
            m_xml.writeCharacters(xmlText(test.output.isEmpty() ? test.message : test.output));
            m_xml.writeEndElement();
        } else if (test.verdict == Verdict::Skipped) {
            m_xml.writeEmptyElement(QStringLiteral("skipped"));
            attribute("message", test.message);
        } else if (!test.output.isEmpty()) {
            m_xml.writeTextElement(QStringLiteral("system-out"), xmlText(test.output));
        }
        m_xml.writeEndElement();
    }

    void property(const char *name, const QString &value)
    {
        m_xml.writeEmptyElement(QStringLiteral("property"));
        attribute("name", QLatin1String(name));
        attribute("value", value);
    }

    void attribute(const char *name, const QString &value)
    {
        m_xml.writeAttribute(QLatin1String(name), xmlText(value));
    }

    QByteArray m_text;
    QXmlStreamWriter m_xml;
};

} // namespace

QByteArray junitReport(const QList<TaskOutcome> &outcomes)
{
    QList<Suite> suites;
    for (const TaskOutcome &outcome : outcomes) {
        suites.append(suiteOf(outcome));
    }
    return JunitWriter().write(suites);
}

} // namespace PatchPanel::App
