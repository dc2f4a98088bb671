#include "ui/panels/statusbar.h"

#include "ui/models/format.h"
#include "ui/models/servicetexts.h"
#include "ui/style/labels.h"

#include <QDir>
#include <QPainter>
#include <QPushButton>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

QPushButton *makePart()
{
    auto *button = new QPushButton;
    button->setFlat(true);
    button->setIconSize({12, 12});
    return button;
}

void setPart(QPushButton *button, const QString &text)
{
    button->setText(text);
    button->setAccessibleName(text.isEmpty() ? StatusBar::tr("No run yet") : text);
    button->setVisible(!text.isEmpty());
}

QString shortPath(const QString &path)
{
    const QString home = QDir::homePath();
    return path.startsWith(home + QLatin1Char('/')) ? QLatin1Char('~') + path.mid(home.size()) : path;
}

} // namespace

StatusBar::StatusBar(QWidget *parent)
    : QStatusBar(parent)
    , m_services(makePart())
    , m_redis(makePart())
    , m_log(makePart())
    , m_message(new ToneLabel(Tone::Muted))
    , m_step(new ToneLabel(Tone::Running))
    , m_run(makePart())
    , m_workspace(new ToneLabel(Tone::Muted))
{
    m_message->elide();
    m_workspace->setContentsMargins(6, 0, 8, 0);
    setContentsMargins(6, 0, 0, 0);
    setSizeGripEnabled(false);
    addWidget(m_services);
    addWidget(m_redis);
    addWidget(m_log);
    addWidget(m_message, 1);
    addPermanentWidget(m_step);
    addPermanentWidget(m_run);
    addPermanentWidget(m_workspace);
    connect(m_services, &QPushButton::clicked, this, &StatusBar::servicesActivated);
    connect(m_redis, &QPushButton::clicked, this, &StatusBar::servicesActivated);
    connect(m_log, &QPushButton::clicked, this, &StatusBar::logActivated);
    connect(m_run, &QPushButton::clicked, this, &StatusBar::runActivated);
    setServices({});
    setRedis({});
    setLogLines(0, 0);
    setStep({});
    setRun({}, {});
}

void StatusBar::setServices(const QList<App::ServiceInfo> &services)
{
    const auto up = std::count_if(services.begin(), services.end(), [](const App::ServiceInfo &service) {
        return service.state == App::ServiceState::Up;
    });
    const bool allUp = up == services.size();
    setPart(m_services, tr("%1/%2 services up").arg(up).arg(services.size()));
    m_services->setIcon(up == 0 ? shapeIcon(Shape::DashedRing, Tone::Muted)
                                : shapeIcon(allUp ? Shape::Dot : Shape::Triangle, allUp ? Tone::Ok : Tone::Warn));
}

void StatusBar::setRedis(const App::RedisState &redis)
{
    using enum App::RedisState::Kind;
    setPart(m_redis,
            redis.kind == NotUsed           ? QString()
                : redis.kind == Ok          ? tr("Redis ok")
                : redis.kind == Unreachable ? tr("Redis unreachable")
                                            : tr("Redis…"));
    m_redis->setIcon(redis.kind == Unreachable ? shapeIcon(Shape::Triangle, Tone::Warn) : QIcon());
    m_redis->setToolTip(translatedServiceText(redis.reason));
}

void StatusBar::setLogLines(qsizetype lines, qsizetype dropped)
{
    QString text = counted(lines, tr("log line"), tr("log lines"));
    if (dropped > 0) {
        text += tr(", %1 dropped").arg(formatCount(dropped));
    }
    m_logText = text;
    showLog();
}

void StatusBar::setSilence(qint64 ms)
{
    m_silence = ms;
    showLog();
}

void StatusBar::showLog()
{
    const QString silence = tr("no output for %1").arg(formatUptime(m_silence / 1000));
    setPart(m_log, m_silence > 0 ? QStringLiteral("%1 · %2").arg(m_logText, silence) : m_logText);
    m_log->setIcon(m_silence > 0 ? shapeIcon(Shape::Triangle, Tone::Warn) : QIcon());
}

void StatusBar::setMessage(const QString &text)
{
    m_message->setText(text);
    m_message->setToolTip(text);
    m_message->setAccessibleName(text);
}

void StatusBar::setStep(const QString &text)
{
    m_step->setText(text);
    m_step->setAccessibleName(text); // which assistive technology is told of
    m_step->setVisible(!text.isEmpty());
}

void StatusBar::setRun(const QString &runner, const QString &runId)
{
    setPart(m_run, runId.isEmpty() ? QString() : tr("%1 · run %2").arg(runner, shortRunId(runId)));
}

void StatusBar::setWorkspace(const QString &path, const QString &branch)
{
    m_workspace->setText(branch.isEmpty() ? shortPath(path)
                                          : QStringLiteral("%1 · %2").arg(QDir(path).dirName(), branch));
    m_workspace->setToolTip(path);
}

QString StatusBar::message() const
{
    return m_message->text();
}

void StatusBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this); // a line above, and no frames around the parts
    painter.fillRect(0, 0, width(), 1, colorsFor(palette()).border);
}

} // namespace PatchPanel::Ui
