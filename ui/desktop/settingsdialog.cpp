#include "ui/desktop/settingsdialog.h"

#include "ui/desktop/language.h"
#include "ui/desktop/settingrows.h"
#include "ui/panels/banner.h"

#include <QDialogButtonBox>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace PatchPanel::Ui {

namespace {

const Preferences standard;

// Access to a member of the values, of the type that its editor has.
template <typename Value, typename Member> SettingRows::Access<Value> access(Member Preferences::*member)
{
    return {[member](const Preferences &values) { return static_cast<Value>(values.*member); },
            [member](Preferences &values, const Value &value) {
                values.*member = static_cast<Member>(value);
            }};
}

template <typename Choice> SettingRows::Access<int> access(Choice RunSettings::*member)
{
    return {[member](const Preferences &values) { return static_cast<int>(values.run.*member); },
            [member](Preferences &values, int value) {
                values.run.*member = static_cast<Choice>(value);
            }};
}

SettingRows::Access<bool> access(bool RunSettings::*member)
{
    return {[member](const Preferences &values) { return values.run.*member; },
            [member](Preferences &values, bool value) {
                values.run.*member = value;
            }};
}

QString onOrOff(bool on)
{
    return on ? SettingsDialog::tr("on") : SettingsDialog::tr("off");
}

QString atNextStart()
{
    return SettingsDialog::tr("Counts from the next start of PatchPanel.");
}

} // namespace

SettingsDialog::SettingsDialog(const Preferences &values, const QStringList &given, QWidget *parent)
    : QDialog(parent)
    , m_values(values)
    , m_given(given)
    , m_titles(new QListWidget)
    , m_stack(new QStackedWidget)
    , m_restart(new Banner)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Settings"));
    m_titles->setAccessibleName(tr("Pages"));
    m_titles->setFrameShape(QFrame::NoFrame);
    connect(m_titles, &QListWidget::currentRowChanged, m_stack, &QStackedWidget::setCurrentIndex);
    addGeneralPage();
    addServicesPage();
    addRunsPage();
    addLogPage();
    m_titles->setCurrentRow(0);
    int width = 0;
    for (int row = 0; row < m_titles->count(); ++row) {
        width = std::max(width, m_titles->fontMetrics().horizontalAdvance(m_titles->item(row)->text()));
    }
    m_titles->setFixedWidth(width + 56);
    setValues(values);

    connect(m_restart, &Banner::linkActivated, this, &SettingsDialog::restartRequested);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close | QDialogButtonBox::RestoreDefaults);
    buttons->button(QDialogButtonBox::RestoreDefaults)->setText(tr("Defaults of This Page"));
    buttons->button(QDialogButtonBox::RestoreDefaults)->setAutoDefault(false);
    buttons->setContentsMargins(16, 0, 16, 0);
    connect(buttons->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, this,
            &SettingsDialog::restoreDefaults);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto *middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_titles);
    middle->addWidget(m_stack, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(middle, 1);
    layout->addWidget(m_restart);
    layout->addSpacing(12);
    layout->addWidget(buttons);
    layout->addSpacing(12);
    for (SettingRows *page : std::as_const(m_pages)) { // in no language is anything cut
        auto *scroll = qobject_cast<QScrollArea *>(page->parentWidget()->parentWidget());
        scroll->setMinimumWidth(page->minimumSizeHint().width() + scroll->verticalScrollBar()->sizeHint().width());
    }
    resize(std::max(760, minimumSizeHint().width()), 560);
}

void SettingsDialog::setValues(const Preferences &values)
{
    m_values = values;
    for (SettingRows *page : std::as_const(m_pages)) {
        page->show(values);
    }
}

void SettingsDialog::setRestartNeeded(const QStringList &services)
{
    m_restart->setMessage(
        services.isEmpty()
            ? Banner::Message{}
            : Banner::Message{Shape::HalfDot,
                              Tone::Info,
                              tr("Counts once it starts again: %1.").arg(services.join(QStringLiteral(", "))),
                              {{tr("Restart now"), QStringLiteral("restart")}}});
}

SettingRows *SettingsDialog::addPage(const QString &title)
{
    auto *rows = new SettingRows(m_given);
    connect(rows, &SettingRows::edited, this, [this](const std::function<void(Preferences &)> &change) {
        const Preferences before = m_values;
        change(m_values);
        if (m_values != before) {
            Q_EMIT changed(m_values);
        }
    });
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(title);
    scroll->setWidget(rows);
    auto *item = new QListWidgetItem(title, m_titles);
    item->setSizeHint(QSize(0, m_titles->fontMetrics().height() + 14));
    m_stack->addWidget(scroll);
    m_pages.append(rows);
    return rows;
}

void SettingsDialog::addGeneralPage()
{
    SettingRows *rows = addPage(tr("General"));
    rows->addChoice({PreferenceKey::theme, tr("&Theme"), tr("System"), tr("System follows the desktop.")},
                    {tr("System"), tr("Light"), tr("Dark")}, access<int>(&Preferences::theme));
    QStringList names{tr("System")};
    for (const QString &language : languages()) {
        names.append(nativeName(language));
    }
    rows->addChoice(
        {PreferenceKey::language, tr("&Language"), tr("System"), atNextStart()}, names,
        {[](const Preferences &values) { return static_cast<int>(languages().indexOf(values.language) + 1); },
         [](Preferences &values, int index) {
             values.language = index == 0 ? QString() : languages().at(index - 1);
         }});
    rows->addSwitch({PreferenceKey::notifications, tr("&Tell when a run ends while the window is not in front"),
                     onOrOff(standard.notifications)},
                    access<bool>(&Preferences::notifications));
    rows->addSwitch({PreferenceKey::tray, tr("&Icon in the tray"), onOrOff(standard.tray),
                     tr("With it, closing the window can leave a run going on. A desktop without a tray shows none.")},
                    access<bool>(&Preferences::tray));
    rows->endRows();
}

void SettingsDialog::addServicesPage()
{
    SettingRows *rows = addPage(tr("Services"));
    const QString anyPort = tr("any free one");
    rows->addNumber({PreferenceKey::registryPort, tr("&Registry port"), QString::number(standard.registryPort)}, 0,
                    65'535, {}, access<int>(&Preferences::registryPort), anyPort);
    rows->addNumber({PreferenceKey::runnerPort, tr("Ru&nner port"), QString::number(standard.runnerPort),
                     tr("Of the first runner; the next ones follow.")},
                    0, largestRunnerPort, {}, access<int>(&Preferences::runnerPort), anyPort);
    rows->addFact(tr("Address"),
                  m_given.contains(QStringLiteral("host")) ? tr("as --host says") : QStringLiteral("127.0.0.1"),
                  tr("Only this machine reaches the services. For others start with --host and --tls-cert."));
    rows->addNumber({PreferenceKey::runners, tr("Ru&nners"), QString::number(standard.runners)}, 1, mostRunners, {},
                    access<int>(&Preferences::runners));
    rows->addNumber({PreferenceKey::slotCount, tr("Workspaces &at once"), QString::number(standard.slots),
                     tr("For each runner; in one workspace it is always one run after the other.")},
                    1, mostRunners, {}, access<int>(&Preferences::slots));
    rows->addText({PreferenceKey::redisUrl, tr("Re&dis"), tr("none"),
                   tr("Remembers which runs succeeded. A password in it lies in the settings file, which only you may "
                      "read.")},
                  QStringLiteral("redis://127.0.0.1:6379/0"), whatIsWrongWithRedisUrl,
                  access<QString>(&Preferences::redisUrl));
    rows->addSwitch({PreferenceKey::startServices, tr("&Start the services when the window opens"),
                     onOrOff(standard.startServices)},
                    access<bool>(&Preferences::startServices));
    rows->endRows();
}

void SettingsDialog::addRunsPage()
{
    SettingRows *rows = addPage(tr("Runs"));
    rows->addSwitch({PreferenceKey::runGates, tr("Run the &gates of a task: its commands"),
                     onOrOff(standard.run.runGates),
                     tr("Without them nothing proves that what a task changes works; its report says so.")},
                    access(&RunSettings::runGates));
    rows->addSwitch({PreferenceKey::commit, tr("&Commit where the task asks for it"), onOrOff(standard.run.commit)},
                    access(&RunSettings::commit));
    rows->addChoice({PreferenceKey::sandbox, tr("&Sandbox of commands"), tr("where it works")},
                    {tr("Where it works"), tr("Required"), tr("Off")}, access(&RunSettings::sandbox));
    rows->addChoice({PreferenceKey::validateIn, tr("Commands run &in"), tr("the workspace"),
                     tr("In a copy, the workspace is written after they have passed.")},
                    {tr("The workspace"), tr("A copy of it")}, access(&RunSettings::validateIn));
    rows->addNumber({PreferenceKey::commandSeconds, tr("&Longest command"), tr("as the task says")}, 0,
                    mostCommandSeconds, tr(" s"), access<int>(&Preferences::commandSeconds), tr("as the task says"));
    rows->addChoice({PreferenceKey::durability, tr("A run &outlives"), tr("a power cut")},
                    {tr("A power cut"), tr("The death of the process (faster)")}, access(&RunSettings::durability));
    rows->addSwitch({PreferenceKey::breakHardlinks, tr("Change files that have several &names"),
                     onOrOff(standard.run.breakHardlinks),
                     tr("Each gets a name of its own; else the task is refused.")},
                    access(&RunSettings::breakHardlinks));
    rows->addSwitch(
        {PreferenceKey::useCache, tr("S&kip runs that Redis knows to have succeeded"), onOrOff(standard.useCache)},
        access<bool>(&Preferences::useCache));
    rows->addNumber({PreferenceKey::historyRuns, tr("Past &runs kept"), QString::number(standard.historyRuns),
                     tr("Older ones go after the next run, which the log tells.")},
                    1, mostHistoryRuns, {}, access<int>(&Preferences::historyRuns));
    rows->addNumber({PreferenceKey::historyMiB, tr("&Undo data kept"), tr("%1 MiB").arg(standard.historyMiB)}, 1,
                    mostHistoryMiB, tr(" MiB"), access<int>(&Preferences::historyMiB));
    rows->endRows();
}

void SettingsDialog::addLogPage()
{
    SettingRows *rows = addPage(tr("Log"));
    rows->addNumber({PreferenceKey::logMemoryMiB, tr("&Memory"), tr("%1 MiB").arg(standard.logMemoryMiB),
                     tr("Older lines go to a file and stay readable.")},
                    1, mostLogMemoryMiB, tr(" MiB"), access<int>(&Preferences::logMemoryMiB));
    rows->addFont({PreferenceKey::logFont, tr("&Font"), tr("the system's")}, access<QString>(&Preferences::logFont));
    rows->addChoice({PreferenceKey::logTimes, tr("&Timestamps"), tr("time of day")},
                    {tr("None"), tr("Time of day"), tr("Time since the start of the run")},
                    access<int>(&Preferences::logTimes));
    rows->endRows();
}

void SettingsDialog::restoreDefaults()
{
    SettingRows *page = m_pages.at(m_stack->currentIndex());
    page->restoreDefaults();
    page->show(m_values);
}

} // namespace PatchPanel::Ui
