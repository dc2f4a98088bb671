#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QMap>
#include <QRegularExpression>
#include <QSet>
#include <QString>

#include <cmath>
#include <optional>

namespace PatchPanel::Test {

// A strict reader of the Prometheus text format 0.0.4: it refuses what a scraper may refuse, and what the format's
// description asks for beside the grammar (HELP and TYPE once and before the samples, families in one block, no sample
// twice, histograms that cumulate up to +Inf and agree with their count).
class PrometheusParser {
public:
    using Labels = QMap<QByteArray, QByteArray>;
    struct Sample {
        QByteArray name;
        Labels labels;
        double value;
    };

    // Empty when `text` is valid, otherwise what is wrong.
    QString parse(const QByteArray &text)
    {
        if (!text.endsWith('\n')) {
            return QStringLiteral("the last line has no end");
        }
        const QList<QByteArray> lines = text.chopped(1).split('\n');
        for (const QByteArray &line : lines) {
            if (const QString wrong = line.startsWith('#') ? comment(line) : sample(line); !wrong.isEmpty()) {
                return wrong + QStringLiteral(": ") + QString::fromUtf8(line);
            }
        }
        return checkHistograms();
    }

    std::optional<double> value(const QByteArray &name, const Labels &labels = {}) const
    {
        for (const Sample &each : m_samples) {
            if (each.name == name && each.labels == labels) {
                return each.value;
            }
        }
        return std::nullopt;
    }
    QByteArray typeOf(const QByteArray &family) const { return m_types.value(family); }
    const QList<Sample> &samples() const { return m_samples; }

private:
    static bool isName(const QByteArray &text)
    {
        static const QRegularExpression name(QStringLiteral("\\A[a-zA-Z_:][a-zA-Z0-9_:]*\\z"));
        return name.match(QString::fromUtf8(text)).hasMatch();
    }

    QString comment(const QByteArray &line)
    {
        const QList<QByteArray> words = line.split(' ');
        if (words.size() < 4 || words[0] != "#" || !isName(words[2])) {
            return QStringLiteral("neither HELP nor TYPE of a name");
        }
        if (words[1] == "HELP") {
            if (m_family == words[2] || m_helped.contains(words[2])) {
                return QStringLiteral("a second HELP");
            }
            m_helped.insert(words[2]);
            m_family = words[2];
            return {};
        }
        static const QSet<QByteArray> types{"counter", "gauge", "histogram", "summary", "untyped"};
        if (words[1] != "TYPE" || words.size() != 4 || !types.contains(words[3])) {
            return QStringLiteral("no type");
        }
        if (m_family != words[2] || m_types.contains(words[2])) {
            return QStringLiteral("TYPE without its HELP, or twice");
        }
        m_types.insert(words[2], words[3]);
        return {};
    }

    QString sample(const QByteArray &line)
    {
        qsizetype at = 0;
        while (at < line.size() && line[at] != '{' && line[at] != ' ') {
            ++at;
        }
        Sample found{line.first(at), {}, 0};
        if (!isName(found.name) || !belongs(found.name)) {
            return QStringLiteral("a sample outside its family");
        }
        if (at < line.size() && line[at] == '{' && !labels(line, at, found.labels)) {
            return QStringLiteral("labels");
        }
        bool isNumber = false;
        const QByteArray number = line.mid(at + 1);
        found.value = number == "+Inf" ? INFINITY : number == "NaN" ? NAN : number.toDouble(&isNumber);
        if (line.mid(at, 1) != " " || (!isNumber && std::isfinite(found.value)) || number.trimmed() != number) {
            return QStringLiteral("no value");
        }
        if (value(found.name, found.labels)) {
            return QStringLiteral("the same sample twice");
        }
        if (m_types.value(m_family) == "counter" && !found.name.endsWith("_total")) {
            return QStringLiteral("a counter's name ends in _total");
        }
        m_samples.append(found);
        return {};
    }

    bool belongs(const QByteArray &name) const
    {
        const QByteArray type = m_types.value(m_family);
        if (type == "histogram") {
            return name == m_family + "_bucket" || name == m_family + "_sum" || name == m_family + "_count";
        }
        return !type.isEmpty() && name == m_family;
    }

    static bool labels(const QByteArray &line, qsizetype &at, Labels &found)
    {
        do {
            ++at;
            const qsizetype equals = line.indexOf("=\"", at);
            const QByteArray name = equals < 0 ? QByteArray() : line.mid(at, equals - at);
            if (!isName(name) || name.contains(':') || name.startsWith("__") || found.contains(name)) {
                return false;
            }
            at = equals + 2;
            QByteArray text;
            for (; at < line.size() && line[at] != '"'; ++at) {
                if (line[at] != '\\') {
                    text += line[at];
                    continue;
                }
                static const QHash<char, char> escapes{{'\\', '\\'}, {'"', '"'}, {'n', '\n'}};
                if (++at == line.size() || !escapes.contains(line[at])) {
                    return false;
                }
                text += escapes[line[at]];
            }
            found.insert(name, text);
            ++at;
        } while (at < line.size() && line[at] == ',');
        return at < line.size() && line[at++] == '}';
    }

    QString checkHistograms() const
    {
        for (auto type = m_types.begin(); type != m_types.end(); ++type) {
            if (type.value() == "histogram" && !isHistogram(type.key())) {
                return QStringLiteral("no histogram: ") + QString::fromUtf8(type.key());
            }
        }
        return {};
    }

    bool isHistogram(const QByteArray &family) const
    {
        double last = 0;
        double bound = -INFINITY;
        for (const Sample &each : m_samples) {
            if (each.name != family + "_bucket") {
                continue;
            }
            const QByteArray le = each.labels.value("le");
            const double next = le == "+Inf" ? INFINITY : le.toDouble();
            if (next <= bound || each.value < last) {
                return false;
            }
            bound = next;
            last = each.value;
        }
        return std::isinf(bound) && value(family + "_count") == last && value(family + "_sum").has_value();
    }

    QByteArray m_family; // of the block that is being read
    QSet<QByteArray> m_helped;
    QHash<QByteArray, QByteArray> m_types;
    QList<Sample> m_samples;
};

} // namespace PatchPanel::Test
