#pragma once

#include <QByteArrayView>
#include <QRegularExpression>
#include <QString>

#include <optional>
#include <vector>

namespace PatchPanel::Ui {

// What find looks for within a line: a text or a regular expression. A text is searched 16 bytes at a time; where case
// does not matter, that of ASCII letters does not, and a text with other letters is compared as Unicode folds case. A
// value; for one thread.
class TextMatcher {
public:
    enum Option { Plain = 0, Regex = 1, CaseSensitive = 2 };
    Q_DECLARE_FLAGS(Options, Option)

    // UTF-16 columns.
    struct Span {
        qsizetype column = 0;
        qsizetype length = 0;
        bool operator==(const Span &) const = default;
    };

    TextMatcher() = default;
    TextMatcher(const QString &pattern, Options options);

    // Why the expression is invalid, and at which character; empty when it is valid.
    QString problem() const;

    // Matches within a line of UTF-8 that do not overlap; empty ones do not count. Nothing when the expression is too
    // complex for the line.
    std::optional<qsizetype> count(QByteArrayView utf8) const;
    // Whether count() is more than nothing, without counting.
    bool isIn(QByteArrayView utf8) const;
    // Bytes of UTF-8 of a text that is compared byte by byte; 0: an expression is searched for.
    qsizetype literalSize() const { return static_cast<qsizetype>(m_needle.size()); }
    // Where it is found from `from` on; -1: nowhere. Precondition: literalSize() > 0.
    qsizetype indexOf(QByteArrayView text, qsizetype from) const;

    std::vector<Span> matches(const QString &line) const;

private:
    struct Letter { // matches the bytes b of which (b | ignored) == value
        unsigned char ignored;
        unsigned char value;
    };

    bool isRegex() const { return m_needle.empty(); }
    bool matchesAt(const char *at) const;

    std::vector<Letter> m_needle; // empty: m_expression is searched for
    QRegularExpression m_expression;
};

} // namespace PatchPanel::Ui

Q_DECLARE_OPERATORS_FOR_FLAGS(PatchPanel::Ui::TextMatcher::Options)
