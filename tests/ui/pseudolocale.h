#pragma once

#include <QCoreApplication>
#include <QMutex>
#include <QRegularExpression>
#include <QTranslator>

#include <set>
#include <utility>

namespace PatchPanel::Test {

// A language that can be read and that no text is written in: other letters, 40 % more of them, and brackets around
// each text. What the program fills in, mnemonics and line breaks stay. Installed while it lives.
class PseudoLocale : public QTranslator {
public:
    static constexpr QChar open = QChar(0x27e6); // "⟦"
    static constexpr QChar close = QChar(0x27e7);

    PseudoLocale() { QCoreApplication::installTranslator(this); }
    ~PseudoLocale() override { QCoreApplication::removeTranslator(this); }

    bool isEmpty() const override { return false; }

    QString translate(const char *context, const char *source, const char *, int) const override
    {
        if (qstrcmp(context, "QShortcut") == 0) {
            return {}; // "Ctrl" is read back from the text of a shortcut
        }
        const QMutexLocker locker(&m_mutex);
        m_asked.insert({context, source});
        return translated(QString::fromUtf8(source));
    }

    // What was asked for, of the program's own texts, and is not in the translation.
    QStringList lackedBy(const QTranslator &translation) const
    {
        QStringList lacked;
        const QMutexLocker locker(&m_mutex);
        for (const auto &[context, source] : m_asked) {
            if (context.startsWith("PatchPanel")
                && translation.translate(context.constData(), source.constData(), nullptr, 1).isEmpty()) {
                lacked.append(QString::fromUtf8(context + ": " + source));
            }
        }
        return lacked;
    }

    static QString translated(const QString &source)
    {
        static const QString plain = QStringLiteral("AaCcDdEeGgIiLlNnOoRrSsTtUuYyZz");
        static const QString accented = QStringLiteral("ÂâÇçĎďÉéĞğÎîĻļÑñÖöŘřŠšŢţÛûÝýŽž");
        static const QRegularExpression placeholder(QStringLiteral("%(?:L?\\d+|n)"));
        QString text = source;
        qsizetype letters = 0;
        qsizetype at = 0;
        const auto change = [&](qsizetype from, qsizetype end) {
            for (qsizetype i = from; i < end; ++i) {
                letters += text[i].isLetter() ? 1 : 0;
                const qsizetype found = plain.indexOf(text[i]);
                text[i] = found < 0 ? text[i] : accented[found];
            }
        };
        for (auto match = placeholder.globalMatch(source); match.hasNext();) {
            const QRegularExpressionMatch kept = match.next();
            change(at, kept.capturedStart());
            at = kept.capturedEnd();
        }
        change(at, text.size());
        return open + text + padding((letters * 2 + 4) / 5) + close;
    }

    // What of a shown text comes from no translation.
    static QString untranslated(const QString &shown)
    {
        QString rest;
        int depth = 0;
        for (const QChar c : shown) {
            depth += c == open ? 1 : 0;
            if (depth == 0) {
                rest += c;
            }
            depth -= c == close ? 1 : 0;
        }
        return rest;
    }

private:
    mutable QMutex m_mutex; // texts are made on other threads, too
    mutable std::set<std::pair<QByteArray, QByteArray>> m_asked; // context and text

    // Words, so that long texts can be wrapped.
    static QString padding(qsizetype letters)
    {
        constexpr qsizetype wordLength = 6;
        QString text;
        for (qsizetype i = 0; i < letters; ++i) {
            text += i % wordLength == wordLength - 1 ? QChar(u' ') : QChar(u'é');
        }
        return text;
    }
};

} // namespace PatchPanel::Test
