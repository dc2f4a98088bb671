#include "ui/dialogs.h"

#include <QAction>
#include <QMessageBox>
#include <QPushButton>

namespace PatchPanel::Ui {

namespace {

QMessageBox *makeBox(QMessageBox::Icon icon, const QString &title, const QString &text, QWidget *parent)
{
    auto *box = new QMessageBox(icon, title, text, QMessageBox::NoButton, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    return box;
}

QString namesOf(const QStringList &files)
{
    constexpr qsizetype mostNamed = 10;
    QString text = files.mid(0, mostNamed).join(u'\n');
    if (files.size() > mostNamed) {
        text += QMessageBox::tr("\nand %1 more").arg(files.size() - mostNamed);
    }
    return text;
}

QString withoutMnemonic(QString text)
{
    return text.remove(QLatin1Char('&')).remove(QChar(0x2026));
}

} // namespace

void askAboutRun(QWidget *parent, const QString &question, const QString &keepText,
                 std::function<void(RunChoice)> chosen)
{
    QMessageBox *box = makeBox(QMessageBox::Question, QStringLiteral("PatchPanel"), question, parent);
    box->setInformativeText(QMessageBox::tr("Cancelling stops the running command and restores the workspace."));
    const QPushButton *wait = box->addButton(QMessageBox::tr("Wait for the run"), QMessageBox::AcceptRole);
    const QPushButton *cancel = box->addButton(QMessageBox::tr("Cancel the run"), QMessageBox::DestructiveRole);
    QPushButton *keep = box->addButton(keepText, QMessageBox::RejectRole);
    box->setDefaultButton(keep);
    box->setEscapeButton(keep);
    QObject::connect(box, &QDialog::finished, parent, [box, wait, cancel, chosen = std::move(chosen)] {
        if (box->clickedButton() == wait) {
            chosen(RunChoice::Wait);
        } else {
            chosen(box->clickedButton() == cancel ? RunChoice::CancelRun : RunChoice::Keep);
        }
    });
    box->open();
}

void confirmRollback(QWidget *parent, const QString &runId, const QStringList &files, std::function<void()> confirmed)
{
    QMessageBox *box = makeBox(QMessageBox::Question, QStringLiteral("PatchPanel"),
                               QMessageBox::tr("Roll back run %1?").arg(runId), parent);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(QMessageBox::tr("These files become as they were before it:\n\n%1\n\nCommits stay. The "
                                            "rollback is a run of its own and can be rolled back.")
                                .arg(namesOf(files)));
    const QPushButton *rollBack = box->addButton(QMessageBox::tr("Roll back"), QMessageBox::DestructiveRole);
    QPushButton *keep = box->addButton(QMessageBox::tr("Keep the files"), QMessageBox::RejectRole);
    box->setDefaultButton(keep);
    box->setEscapeButton(keep);
    QObject::connect(box, &QDialog::finished, parent, [box, rollBack, confirmed = std::move(confirmed)] {
        if (box->clickedButton() == rollBack) {
            confirmed();
        }
    });
    box->open();
}

void showAbout(QWidget *parent)
{
    QMessageBox *box = makeBox(QMessageBox::NoIcon, QMessageBox::tr("About PatchPanel"),
                               QMessageBox::tr("PatchPanel %1").arg(QStringLiteral(PATCHPANEL_VERSION)), parent);
    box->setInformativeText(
        QMessageBox::tr("Runs machine-written patch tasks safely and visibly.\n\nQt %1 · MIT licence")
            .arg(QString::fromLatin1(qVersion())));
    box->addButton(QMessageBox::Close);
    box->open();
}

void showShortcuts(QWidget *window)
{
    QString rows;
    for (const QAction *action : window->findChildren<QAction *>()) {
        if (!action->shortcut().isEmpty()) {
            rows += QStringLiteral("<tr><td>%1&nbsp;&nbsp;&nbsp;&nbsp;</td><td>%2</td></tr>")
                        .arg(withoutMnemonic(action->text()).toHtmlEscaped(),
                             action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped());
        }
    }
    QMessageBox *box = makeBox(QMessageBox::NoIcon, QMessageBox::tr("Shortcuts"),
                               QStringLiteral("<table>%1</table>").arg(rows), window);
    box->addButton(QMessageBox::Close);
    box->open();
}

} // namespace PatchPanel::Ui
