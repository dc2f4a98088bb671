#include "ui/models/servicetexts.h"

#include "ui/models/servicetemplates.h"

#include <QCoreApplication>
#include <QHash>
#include <QList>
#include <QSet>
#include <QStringView>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace PatchPanel::Ui {

namespace {

constexpr qsizetype longestText = 64 * 1024;
constexpr int mostSeparators = 48; // what comes behind them is one part
constexpr int mostLevels = 4; // of texts that are filled into others
constexpr qsizetype mostWork = 400'000; // characters looked at, about a millisecond

QString translated(const char *source)
{
    return QCoreApplication::translate("PatchPanel::Services", source);
}

bool isWordCharacter(QChar c)
{
    return c.isLetterOrNumber();
}

// The words of a text: letters and digits that stand together.
template <typename Use> void forEachWord(QStringView text, Use use)
{
    for (qsizetype at = 0; at < text.size(); ++at) {
        const qsizetype start = at;
        while (at < text.size() && isWordCharacter(text[at])) {
            ++at;
        }
        if (at > start) {
            use(start, at);
        }
    }
}

// A template, taken apart: literals and places take turns, and the literals at both ends may be empty.
struct Template {
    const char *source;
    QStringList literals;
    QList<int> places; // their numbers
    int letters = 0; // of the literals: how much of a text it explains
    int words = 0;
    QStringList wholeWords = {}; // those that end where no place begins
};

Template takenApart(const char *source)
{
    Template taken{source, {QString()}, {}};
    const QString text = QString::fromUtf8(source);
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] == u'%' && at + 1 < text.size() && text[at + 1].isDigit()) {
            taken.places.append(text[++at].digitValue());
            taken.literals.append(QString());
        } else {
            taken.literals.last() += text[at];
        }
    }
    for (qsizetype i = 0; i < taken.literals.size(); ++i) {
        const QString &literal = taken.literals[i];
        forEachWord(literal, [&](qsizetype start, qsizetype end) {
            taken.letters += static_cast<int>(end - start);
            ++taken.words;
            const bool touchesPlace = (start == 0 && i > 0) || (end == literal.size() && i + 1 < taken.literals.size());
            if (!touchesPlace) {
                taken.wholeWords.append(literal.sliced(start, end - start));
            }
        });
    }
    return taken;
}

// All templates, found by the word of theirs that the fewest others have.
class Templates {
public:
    Templates()
    {
        QHash<QString, int> uses;
        for (const char *source : serviceTemplates) {
            m_all.push_back(takenApart(source));
            for (const QString &word : std::as_const(m_all.back().wholeWords)) {
                ++uses[word];
            }
        }
        for (std::size_t i = 0; i < m_all.size(); ++i) {
            const QStringList &words = m_all[i].wholeWords;
            const auto rarest = std::min_element(words.begin(), words.end(), [&](const QString &a, const QString &b) {
                return uses.value(a) < uses.value(b);
            });
            if (rarest != words.end()) {
                m_byWord[*rarest].append(static_cast<int>(i));
            }
        }
    }

    // Those that can stand in the text, the longest first.
    std::vector<const Template *> candidates(const QString &text) const
    {
        std::vector<const Template *> found;
        QSet<QString> seen;
        forEachWord(text, [&](qsizetype start, qsizetype end) {
            const QString word = text.sliced(start, end - start);
            const auto those = m_byWord.constFind(word);
            if (those == m_byWord.constEnd() || seen.contains(word)) {
                return;
            }
            seen.insert(word);
            for (const int index : *those) {
                found.push_back(&m_all[static_cast<std::size_t>(index)]);
            }
        });
        std::stable_sort(found.begin(), found.end(),
                         [](const Template *a, const Template *b) { return a->letters > b->letters; });
        return found;
    }

private:
    std::vector<Template> m_all;
    QHash<QString, QList<int>> m_byWord;
};

const Templates &allTemplates()
{
    static const Templates templates;
    return templates;
}

// A stretch of a text.
struct Range {
    qsizetype from;
    qsizetype to;
    friend bool operator==(const Range &, const Range &) = default;
    friend size_t qHash(const Range &range, size_t seed) { return qHashMulti(seed, range.from, range.to); }
};

// The end of what is quoted at a place of the text, behind the closing mark; the place itself where nothing is.
qsizetype endOfQuoted(const QString &text, qsizetype at)
{
    const QChar mark = text[at];
    if (mark != u'"' && mark != u'`') {
        return at;
    }
    const qsizetype close = text.indexOf(mark, at + 1);
    return close < 0 ? at : close + 1;
}

// Where one text can end and the next begin: what stands between them. Not within quotation marks.
QList<Range> separatorsOf(const QString &text)
{
    QList<Range> found;
    qsizetype at = 0;
    while (at < text.size() && found.size() < mostSeparators) {
        if (const qsizetype end = endOfQuoted(text, at); end > at) {
            at = end;
            continue;
        }
        const QChar c = text[at];
        const QChar next = at + 1 < text.size() ? text[at + 1] : QChar();
        const bool isAlone = c == u'\n' || (c == u')' && next != u' ') || (c == u'.' && at + 1 == text.size());
        const bool isBeforeBlank = next == u' ' && QStringView(u".;:,)").contains(c);
        if (isAlone) {
            found.append({at, at + 1});
        } else if (isBeforeBlank || (c == u' ' && next == u'(')) {
            found.append({at, at + 2});
        }
        if (c == u'.' && next == u' ') { // the full stop may belong to the sentence
            found.append({at + 1, at + 2});
        }
        ++at;
    }
    return found;
}

// One text on its way into another language.
class Translation {
public:
    explicit Translation(const QString &text)
        : m_text(text)
        , m_candidates(allTemplates().candidates(text))
        , m_separators(separatorsOf(text))
    {
    }

    QString translate() { return translate({0, m_text.size()}, 0).text; }

private:
    struct Part {
        QString text;
        int score = 0; // how much of it is known
        bool isOne = false; // all of it is one text that is known
    };

    Part asItIs(Range range) const { return {m_text.sliced(range.from, range.to - range.from), 0}; }

    // A text of one template, else of several with separators between them: whichever explains more.
    Part translate(Range range, int level)
    {
        if (level >= mostLevels || m_candidates.empty()) {
            return asItIs(range);
        }
        if (const auto known = m_known.constFind(range); known != m_known.constEnd()) {
            return *known;
        }
        Part best = ofOneTemplate(range, level);
        if (Part split = ofSeveral(range, level); split.score > best.score) {
            best = std::move(split);
        }
        m_known.insert(range, best);
        return best;
    }

    Part ofSeveral(Range range, int level)
    {
        QList<Range> separators;
        std::copy_if(m_separators.begin(), m_separators.end(), std::back_inserter(separators),
                     [range](Range s) { return s.from >= range.from && s.to <= range.to; });
        if (separators.isEmpty()) {
            return asItIs(range);
        }
        // The best way to get to the end of a separator, in the order of these.
        struct Way {
            qsizetype at;
            Part part;
        };
        std::vector<Way> ways{{range.from, {}}};
        for (const Range separator : std::as_const(separators)) {
            Part best = bestPartTo(separator.from, ways, level);
            best.text += m_text.sliced(separator.from, separator.to - separator.from);
            ways.push_back({separator.to, std::move(best)});
        }
        return bestPartTo(range.to, ways, level);
    }

    template <typename Ways> Part bestPartTo(qsizetype end, const Ways &ways, int level)
    {
        Part best = asItIs({ways.front().at, end});
        for (const auto &way : ways) {
            m_work += 16;
            if (way.at > end || m_work > mostWork) {
                continue;
            }
            const Range rest{way.at, end};
            Part last = m_rests.contains(rest) ? m_rests.value(rest) : ofOneTemplate(rest, level);
            m_rests.insert(rest, last);
            if (way.part.score + last.score > best.score) {
                best = {way.part.text + last.text, way.part.score + last.score};
            }
        }
        return best;
    }

    Part ofOneTemplate(Range range, int level)
    {
        Part best = asItIs(range);
        for (const Template *candidate : m_candidates) {
            for (const Search search : {Search::Leftmost, Search::Rightmost}) {
                if (m_work > mostWork) {
                    return best;
                }
                const std::optional<QList<Range>> filledIn = match(*candidate, range, search);
                if (!filledIn) {
                    break;
                }
                if (const std::optional<Part> part = filled(*candidate, *filledIn, level);
                    part && part->score > best.score) {
                    best = *part;
                }
                if (candidate->places.size() < 2) {
                    break; // there is one way only
                }
            }
        }
        return best;
    }

    enum class Search { Leftmost, Rightmost }; // of each literal between two places

    // What stands in the places of the template when it is all of the range.
    std::optional<QList<Range>> match(const Template &candidate, Range range, Search search)
    {
        const QStringView text = QStringView(m_text).sliced(range.from, range.to - range.from);
        const QString &first = candidate.literals.first();
        const QString &last = candidate.literals.last();
        m_work += 4;
        if (candidate.places.isEmpty()) {
            return text == first ? std::optional(QList<Range>()) : std::nullopt;
        }
        if (text.size() < first.size() + last.size() || !text.startsWith(first) || !text.endsWith(last)) {
            return std::nullopt;
        }
        m_work += text.size();
        qsizetype from = first.size();
        qsizetype to = text.size() - last.size();
        QList<Range> places(candidate.places.size());
        const qsizetype between = candidate.literals.size() - 2;
        for (qsizetype i = 0; i < between; ++i) {
            const qsizetype index = search == Search::Leftmost ? i : between - 1 - i;
            const QString &literal = candidate.literals[index + 1];
            const QStringView rest = text.sliced(from, to - from);
            const qsizetype latest = rest.size() - literal.size();
            const qsizetype at = latest < 0  ? -1
                : search == Search::Leftmost ? rest.indexOf(literal)
                                             : rest.lastIndexOf(literal, latest);
            if (at < 0) {
                return std::nullopt;
            }
            if (search == Search::Leftmost) {
                places[index] = {range.from + from, range.from + from + at};
                from += at + literal.size();
            } else {
                places[index + 1] = {range.from + from + at + literal.size(), range.from + to};
                to = from + at;
            }
        }
        places[search == Search::Leftmost ? between : 0] = {range.from + from, range.from + to};
        return places;
    }

    // Nothing when one of the parts cannot stand in its place.
    std::optional<Part> filled(const Template &candidate, const QList<Range> &places, int level)
    {
        std::array<QString, 10> parts; // by the numbers of the places
        Part whole{{}, 8 * candidate.letters - 1, true}; // of two ways that explain the same, the one with fewer parts
        for (qsizetype i = 0; i < places.size(); ++i) {
            const int number = candidate.places[i];
            if (const qsizetype first = candidate.places.indexOf(number); first < i) {
                if (asItIs(places[i]).text != asItIs(places[first]).text) {
                    return std::nullopt;
                }
                continue;
            }
            const bool quoted = isQuoted(candidate, i);
            Part part = quoted ? asItIs(places[i]) : translate(places[i], level + 1);
            if (!quoted && !fits(candidate, i, part)) {
                return std::nullopt;
            }
            whole.score += part.score - costOf(part);
            parts.at(static_cast<std::size_t>(number)) = std::move(part.text);
        }
        const QString text = translated(candidate.source);
        for (qsizetype at = 0; at < text.size(); ++at) {
            const bool isPlace = text[at] == u'%' && at + 1 < text.size() && text[at + 1].isDigit();
            if (isPlace) {
                whole.text += parts.at(static_cast<std::size_t>(text[++at].digitValue()));
            } else {
                whole.text += text[at];
            }
        }
        return whole;
    }

    // What one text within another costs: beside it is better, and several of them still more. A full stop is the end
    // of a sentence.
    static int costOf(const Part &part)
    {
        if (part.score > 0) {
            return part.isOne ? 1 : 2;
        }
        return part.text.endsWith(u'.') ? 1 : 0;
    }

    static bool isQuoted(const Template &candidate, qsizetype place)
    {
        const QString &before = candidate.literals[place];
        const QString &behind = candidate.literals[place + 1];
        return !before.isEmpty() && !behind.isEmpty() && before.back() == behind.front()
            && (behind.front() == u'"' || behind.front() == u'`');
    }

    // A place holds something, unless it only adds to a word. Around a template of a single word stands nothing that
    // could be the rest of another sentence.
    static bool fits(const Template &candidate, qsizetype place, const Part &part)
    {
        const QString &before = candidate.literals[place];
        if (part.text.isEmpty()) {
            return !before.isEmpty() && before.back().isLetter();
        }
        if (candidate.words > 1 || candidate.places.size() > 1 || part.isOne) {
            return part.text.front() != u' ' && part.text.back() != u' ';
        }
        const auto isOfNumber = [](QChar c) {
            return c.isDigit() || c == u',' || c == u'.';
        };
        return before.isEmpty() ? std::all_of(part.text.begin(), part.text.end(), isOfNumber)
                                : !part.text.contains(u' ');
    }

    const QString &m_text;
    std::vector<const Template *> m_candidates;
    QList<Range> m_separators;
    QHash<Range, Part> m_known; // what has been looked at already
    QHash<Range, Part> m_rests;
    qsizetype m_work = 0;
};

bool isTranslated()
{
    const char *any = *serviceTemplates.begin();
    return translated(any) != QString::fromUtf8(any);
}

} // namespace

QString translatedServiceText(const QString &english)
{
    if (english.isEmpty() || english.size() > longestText || !isTranslated()) {
        return english;
    }
    return Translation(english).translate();
}

QString translatedServiceText(const Error &error)
{
    const QString message = translatedServiceText(error.message);
    const QString text = error.where.isEmpty() ? message : error.where + QStringLiteral(": ") + message;
    return error.hint.isEmpty() ? text
                                : text + QStringLiteral(" (") + translatedServiceText(error.hint) + QLatin1Char(')');
}

} // namespace PatchPanel::Ui
