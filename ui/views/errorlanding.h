#pragma once

#include "ui/models/firsterror.h"

#include <QObject>
#include <QTimer>

namespace PatchPanel::Ui {

class LogView;

// Brings a log view to the first error of a step that failed, once its lines have been looked through: a slice at a
// time between events. Without one it is the step's first line. Whatever moves the view meanwhile ends it. GUI thread;
// owned by who owns the view.
class ErrorLanding : public QObject {
    Q_OBJECT
public:
    explicit ErrorLanding(LogView *view, QObject *parent = nullptr);

    void start(const QByteArray &runId, Phase phase);
    void cancel();
    bool isOnItsWay() const { return m_search.has_value(); }

private:
    void workSlice();
    void land();

    LogView *m_view;
    std::optional<FirstError> m_search;
    QTimer m_slice;
};

} // namespace PatchPanel::Ui
