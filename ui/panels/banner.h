#pragma once

#include "ui/style/shape.h"

#include <QWidget>

class QLabel;

namespace PatchPanel::Ui {

class ShapeLabel;
class ToneLabel;

// One line that tells a state: shape, words, and at most one link that does something about it. Hidden while it has
// nothing to say.
class Banner : public QWidget {
    Q_OBJECT
public:
    explicit Banner(QWidget *parent = nullptr);

    struct Message {
        Shape shape = Shape::Dot;
        Tone tone = Tone::Info;
        QString text = {}; // empty: hidden
        QString linkText = {};
        QString link = {}; // what linkActivated says
    };

    void setMessage(const Message &message);
    QString text() const;

Q_SIGNALS:
    void linkActivated(const QString &link);

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void showLink();

    Message m_message;
    ShapeLabel *m_shape;
    ToneLabel *m_text;
    QLabel *m_link;
};

} // namespace PatchPanel::Ui
