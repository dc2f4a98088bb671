#pragma once

#include <QStringList>

#include <functional>

class QWidget;

namespace PatchPanel::Ui {

// What to do with a run that is in the way.
enum class RunChoice { Wait, CancelRun, Keep, Hide };

struct RunQuestion {
    QString question;
    QString hideText = {}; // of the button for RunChoice::Hide; empty: it is not offered
};

// Asks without blocking the window; `chosen` is called once, also with Keep when the dialog is closed.
void askAboutRun(QWidget *parent, const RunQuestion &question, std::function<void(RunChoice)> chosen);

// Asks before a past run is taken back, naming it and its files; `confirmed` is called only with consent.
void confirmRollback(QWidget *parent, const QString &runId, const QStringList &files, std::function<void()> confirmed);

// The same before a run goes from the history, with its undo slots.
void confirmRemoval(QWidget *parent, const QString &runId, std::function<void()> confirmed);

} // namespace PatchPanel::Ui
