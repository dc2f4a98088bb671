#include "ui/desktop/followdialog.h"

#include "app/sharedrunfollower.h"
#include "ui/models/outcome.h"
#include "ui/models/servicetexts.h"
#include "ui/style/labels.h"
#include "ui/views/logview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace PatchPanel::Ui {

FollowDialog::FollowDialog(const QString &redisUrl, QWidget *parent)
    : QDialog(parent)
    , m_redisUrl(redisUrl)
    , m_runId(new QLineEdit)
    , m_follow(new QPushButton(tr("&Follow")))
    , m_copy(new QPushButton(tr("&Copy Result")))
    , m_state(new ToneLabel(Tone::Muted))
    , m_log(new LogView(m_store))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Follow Run"));
    m_runId->setObjectName(QStringLiteral("followRunId"));
    m_runId->setPlaceholderText(tr("Id of a run or a job, of any machine that uses this Redis"));
    m_follow->setObjectName(QStringLiteral("followStart"));
    m_copy->setObjectName(QStringLiteral("followCopy"));
    m_state->setObjectName(QStringLiteral("followState"));
    m_state->elide();
    m_log->setAccessibleName(tr("Log of the run"));

    auto *label = new QLabel(tr("&Run"));
    label->setBuddy(m_runId);
    auto *close = new QPushButton(tr("Close"));
    auto *head = new QHBoxLayout;
    head->addWidget(label);
    head->addWidget(m_runId, 1);
    head->addWidget(m_follow);
    auto *foot = new QHBoxLayout;
    foot->addStretch();
    foot->addWidget(m_copy);
    foot->addWidget(close);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 12, 16, 12);
    layout->setSpacing(8);
    layout->addLayout(head);
    layout->addWidget(m_state);
    layout->addWidget(m_log, 1);
    layout->addLayout(foot);
    resize(860, 560);

    m_follow->setDefault(true);
    m_copy->setAutoDefault(false);
    close->setAutoDefault(false);
    connect(m_follow, &QPushButton::clicked, this, &FollowDialog::follow);
    connect(m_runId, &QLineEdit::textChanged, this, &FollowDialog::refresh);
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(m_result)); });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    refresh();
    m_runId->setFocus();
}

FollowDialog::~FollowDialog() = default;

void FollowDialog::refresh()
{
    m_follow->setEnabled(!m_runId->text().trimmed().isEmpty());
    m_copy->setEnabled(!m_result.isEmpty());
}

void FollowDialog::showState(const QString &text, Tone tone)
{
    m_state->setTone(tone);
    m_state->setText(text);
    m_state->setToolTip(text);
}

void FollowDialog::follow()
{
    using Follower = App::SharedRunFollower;
    m_result.clear();
    m_log->clear();
    const Result<Storage::RedisUrl> redis = Storage::parseRedisUrl(m_redisUrl);
    if (!redis) {
        showState(translatedServiceText(redis.error()), Tone::Error);
        return;
    }
    m_follower = std::make_unique<Follower>(*redis, m_runId->text().trimmed());
    connect(m_follower.get(), &Follower::found, this, [this](const Storage::SharedRun &run) {
        showState(tr("%1 on %2: %3 in %4").arg(run.runner, run.machine, run.task, run.workspace), Tone::Muted);
    });
    connect(m_follower.get(), &Follower::linesCame, this, [this](const QList<Log::Line> &lines) {
        for (const Log::Line &line : lines) {
            m_store.append(line);
        }
    });
    connect(m_follower.get(), &Follower::logCut, this, [this] {
        m_store.append(
            {.level = Log::Level::Warning, .text = tr("The rest of the log is with the runner only.").toUtf8()});
    });
    connect(m_follower.get(), &Follower::stillSilent, this,
            [this](const QString &why) { showState(translatedServiceText(why), Tone::Warn); });
    connect(m_follower.get(), &Follower::ended, this, [this](const Storage::SharedRun &run) {
        m_result = run.result;
        showState(tr("%1 · %2 on %3 · %4").arg(wordFor(run.status), run.runner, run.machine, run.workspace),
                  isSuccess(run.status) ? Tone::Ok : Tone::Error);
        refresh();
    });
    connect(m_follower.get(), &Follower::failed, this,
            [this](const Error &error) { showState(translatedServiceText(error), Tone::Error); });
    showState(tr("Asking Redis…"), Tone::Muted);
    m_follower->start();
    refresh();
}

} // namespace PatchPanel::Ui
