#pragma once

#include "ui/style/shape.h"

#include <QWidget>

class QGridLayout;
class QLabel;

namespace PatchPanel::Ui {

class ShapeLabel;
class ToneLabel;

// One line that tells a state: shape, words, and the links that do something about it. Hidden while it has nothing to
// say.
class Banner : public QWidget {
    Q_OBJECT
public:
    explicit Banner(QWidget *parent = nullptr);

    struct Link {
        QString text = {};
        QString action = {}; // what linkActivated says
    };

    struct Message {
        Shape shape = Shape::Dot;
        Tone tone = Tone::Info;
        QString text = {}; // empty: hidden
        QList<Link> links = {};
    };

    void setMessage(const Message &message);
    const Message &message() const { return m_message; }
    QString text() const { return m_message.text; }

Q_SIGNALS:
    void linkActivated(const QString &action);

protected:
    void changeEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void showLinks();
    void placeLinks();

    Message m_message;
    ShapeLabel *m_shape;
    ToneLabel *m_text;
    QLabel *m_links;
    QGridLayout *m_layout;
    bool m_areLinksBelow = false;
};

} // namespace PatchPanel::Ui
