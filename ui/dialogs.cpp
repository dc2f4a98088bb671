#include "ui/dialogs.h"

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

// Asks for consent to something that cannot be taken back; the safe answer is the default.
void confirm(QWidget *parent, const QString &question, const QString &consequence, const QString &yes,
             const QString &no, std::function<void()> confirmed)
{
    QMessageBox *box = makeBox(QMessageBox::Question, QStringLiteral("PatchPanel"), question, parent);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(consequence);
    const QPushButton *consent = box->addButton(yes, QMessageBox::DestructiveRole);
    QPushButton *keep = box->addButton(no, QMessageBox::RejectRole);
    box->setDefaultButton(keep);
    box->setEscapeButton(keep);
    QObject::connect(box, &QDialog::finished, parent, [box, consent, confirmed = std::move(confirmed)] {
        if (box->clickedButton() == consent) {
            confirmed();
        }
    });
    box->open();
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

} // namespace

void askAboutRun(QWidget *parent, const RunQuestion &question, std::function<void(RunChoice)> chosen)
{
    QMessageBox *box = makeBox(QMessageBox::Question, QStringLiteral("PatchPanel"), question.question, parent);
    box->setInformativeText(QMessageBox::tr("Cancelling stops the running command and restores the workspace."));
    const QPushButton *wait = box->addButton(QMessageBox::tr("Wait for the run"), QMessageBox::AcceptRole);
    const QPushButton *cancel = box->addButton(QMessageBox::tr("Cancel the run"), QMessageBox::DestructiveRole);
    const QPushButton *hide =
        question.hideText.isEmpty() ? nullptr : box->addButton(question.hideText, QMessageBox::AcceptRole);
    QPushButton *keep = box->addButton(QMessageBox::tr("Keep running"), QMessageBox::RejectRole);
    box->setDefaultButton(keep);
    box->setEscapeButton(keep);
    QObject::connect(box, &QDialog::finished, parent, [box, wait, cancel, hide, chosen = std::move(chosen)] {
        if (box->clickedButton() == wait) {
            chosen(RunChoice::Wait);
        } else if (hide && box->clickedButton() == hide) {
            chosen(RunChoice::Hide);
        } else {
            chosen(box->clickedButton() == cancel ? RunChoice::CancelRun : RunChoice::Keep);
        }
    });
    box->open();
}

void confirmRollback(QWidget *parent, const QString &runId, const QStringList &files, std::function<void()> confirmed)
{
    confirm(parent, QMessageBox::tr("Roll back run %1?").arg(runId),
            QMessageBox::tr("These files become as they were before it:\n\n%1\n\nCommits stay. The rollback is a run "
                            "of its own and can be rolled back.")
                .arg(namesOf(files)),
            QMessageBox::tr("Roll back"), QMessageBox::tr("Keep the files"), std::move(confirmed));
}

void confirmRemoval(QWidget *parent, const QString &runId, std::function<void()> confirmed)
{
    confirm(parent, QMessageBox::tr("Delete run %1 from the history?").arg(runId),
            QMessageBox::tr("Its report and its undo slots go with it: it cannot be rolled back any more. The files of "
                            "the workspace stay as they are."),
            QMessageBox::tr("Delete"), QMessageBox::tr("Keep it"), std::move(confirmed));
}

} // namespace PatchPanel::Ui
